// SPDX-License-Identifier: Apache-2.0
#include "fhir/weights.h"

#include <algorithm>
#include <array>

namespace alliance::fhir {
namespace {

constexpr std::array<std::string_view, 6> weight_urls = {
    "http://hl7.org/fhir/StructureDefinition/itemWeight",
    "http://hl7.org/fhir/StructureDefinition/ordinalValue",
    "http://hl7.org/fhir/StructureDefinition/questionnaire-ordinalValue",
    "http://hl7.org/fhir/StructureDefinition/valueset-ordinalValue",
    "http://hl7.org/fhir/StructureDefinition/codesystem-ordinalValue",
    "http://hl7.org/fhir/StructureDefinition/iso21090-CO-value",
};
constexpr std::array<std::string_view, 2> weight_properties = {"itemWeight", "ordinalValue"};

bool is_weight_property(std::string_view code, std::string_view uri) {
  return std::any_of(weight_properties.begin(), weight_properties.end(),
                     [&](std::string_view name) { return code == name || uri.ends_with(name); });
}

// Codes of the properties that are weights.
std::vector<std::string> properties_of(const Json& resource) {
  std::vector<std::string> codes(weight_properties.begin(), weight_properties.end());
  each(resource, "property", [&](const Json& property, std::size_t) {
    const std::string code = string_of(property, "code");
    if (is_weight_property(code, text_of(property, "uri").value_or(""))) codes.push_back(code);
  });
  return codes;
}

std::optional<double> weight_in_properties(const Json& concept_, const std::vector<std::string>& properties) {
  std::optional<double> weight;
  each(concept_, "property", [&](const Json& property, std::size_t) {
    if (std::find(properties.begin(), properties.end(), string_of(property, "code")) == properties.end()) return;
    const auto value = value_of(property);
    if (!weight && value) weight = number_of(value->value);
  });
  return weight;
}

std::vector<Option>::iterator twin(std::vector<Option>& options, const Option& option) {
  return std::find_if(options.begin(), options.end(),
                      [&](const Option& other) { return other.code == option.code && other.system == option.system; });
}

// Of a value set's concepts, or of what they expand to.
Result<void> add(std::vector<Option>& options, const Json& from, const std::string& system,
                 const std::vector<std::string>& properties) {
  Option option;
  option.system = system;
  option.code = string_of(from, "code");
  option.label = string_of(from, "display");
  if (option.code.empty()) return {};
  const auto same = twin(options, option);
  if (same == options.end() && options.size() == most_options) {
    return fail(ALLIANCE_E_BAD_INPUT,
                "a value set has more than " + std::to_string(most_options) + " options: no such list is read");
  }
  Option& kept = same != options.end() ? *same : options.emplace_back(std::move(option));
  if (auto joined = join(kept, weight_in(from), "its value set"); !joined) return joined;
  return join(kept, weight_in_properties(from, properties), "its value set's properties");
}

Result<void> add_expanded(std::vector<Option>& options, const Json& of, const std::vector<std::string>& properties) {
  Result<void> done;
  each(of, "contains", [&](const Json& one, std::size_t) {
    if (!done) return;
    if (!true_at(one, "abstract")) done = add(options, one, string_of(one, "system"), properties);
    if (done) done = add_expanded(options, one, properties);
  });
  return done;
}

}  // namespace

std::optional<double> weight_in(const Json& of) {
  const auto extensions = member(of, "extension");
  if (!extensions) return std::nullopt;
  for (const std::string_view url : weight_urls) {
    const auto found = extension_in(extensions, url);
    const auto value = found ? value_of(*found) : std::nullopt;
    const auto number = value ? number_of(value->value) : std::nullopt;
    if (number) return number;
  }
  return std::nullopt;
}

Result<void> join(Option& option, std::optional<double> weight, std::string_view where) {
  if (!weight) return {};
  if (option.value && *option.value != *weight) {
    return fail(ALLIANCE_E_BAD_INPUT, "option " + named(option.code) + " weighs " + number_text(*option.value) +
                                          " in one place and " + number_text(*weight) + " in " + std::string(where) +
                                          ": make them the same");
  }
  option.value = weight;
  return {};
}

Contained::Contained(const Json& questionnaire) {
  each(questionnaire, "contained", [&](const Json& resource, std::size_t) {
    const auto type = text_of(resource, "resourceType");
    if (type == "ValueSet") value_sets_.push_back(resource);
    if (type != "CodeSystem") return;
    systems_.push_back(string_of(resource, "url"));
    concepts(resource, systems_.back(), properties_of(resource));
  });
}

void Contained::concepts(const Json& of, const std::string& system, const std::vector<std::string>& properties) {
  each(of, "concept", [&](const Json& one, std::size_t) {
    auto weight = weight_in(one);
    if (!weight) weight = weight_in_properties(one, properties);
    known_.emplace(string_of(one, "code"), Known{system, string_of(one, "display"), weight, known_.size()});
    concepts(one, system, properties);
  });
}

const Json* Contained::find(std::string_view reference) const {
  for (const Json& one : value_sets_) {
    if (reference.starts_with('#') ? text_of(one, "id") == reference.substr(1)
                                   : text_of(one, "url") == reference.substr(0, reference.find('|'))) {
      return &one;
    }
  }
  return nullptr;
}

Result<void> Contained::weigh(Option& option) const {
  if (option.type != "Coding") return {};
  const auto [first, end] = known_.equal_range(option.code);
  for (auto one = first; one != end; ++one) {
    const Known& known = one->second;
    if (!option.system.empty() && known.system != option.system) continue;
    if (option.label.empty()) option.label = known.label;
    if (auto joined = join(option, known.weight, "its code system"); !joined) return joined;
  }
  return {};
}

Result<void> Contained::whole_system(std::vector<Option>& options, const std::string& system) const {
  std::map<std::size_t, Option> in_order;
  for (const auto& [code, known] : known_) {
    if (known.system == system) in_order[known.rank] = Option{"Coding", system, code, known.label, known.weight};
  }
  if (options.size() + in_order.size() > most_options) {
    return fail(ALLIANCE_E_BAD_INPUT,
                "a code system has more than " + std::to_string(most_options) + " concepts: no such list is read");
  }
  for (auto& [rank, option] : in_order) options.push_back(std::move(option));
  return {};
}

std::optional<Result<std::vector<Option>>> Contained::options(std::string_view value_set) const {
  const Json* const found = find(value_set);
  if (found == nullptr) return std::nullopt;
  std::vector<Option> options;
  Result<void> done;
  bool whole = true;  // nothing in it points to what is not here
  if (const auto compose = member(*found, "compose")) {
    whole = !member(*compose, "exclude");
    each(*compose, "include", [&](const Json& include, std::size_t) {
      const std::string system = string_of(include, "system");
      if (member(include, "filter") || member(include, "valueSet")) whole = false;
      if (member(include, "concept")) {
        each(include, "concept", [&](const Json& one, std::size_t) {
          if (done) done = add(options, one, system, {});
        });
      } else if (std::find(systems_.begin(), systems_.end(), system) != systems_.end()) {
        if (done) done = whole_system(options, system);
      } else {
        whole = false;
      }
    });
  }
  if (const auto expansion = member(*found, "expansion")) {
    std::vector<Option> expanded;
    if (done) done = add_expanded(expanded, *expansion, properties_of(*expansion));
    for (Option& option : expanded) {  // what both tell is held together
      const auto same = twin(options, option);
      if (done && same != options.end()) done = join(option, same->value, "its value set's compose");
    }
    if (!expanded.empty()) {
      options = std::move(expanded);
      whole = true;
    }
  }
  for (Option& option : options) {
    if (done) done = weigh(option);
  }
  if (!done) return tl::unexpected(done.error());
  if (!whole || options.empty()) return std::nullopt;
  return options;
}

}  // namespace alliance::fhir
