// SPDX-License-Identifier: Apache-2.0
#include "fhir/answer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "fhir/primitives.h"
#include "fhir/weights.h"

namespace alliance::fhir {
namespace {

// The types of value[x] that may answer an item of that kind; the first is the one to use.
std::vector<std::string_view> types_for(const FormItem& item) {
  switch (item.kind) {
    case Kind::boolean:
      return {"Boolean"};
    case Kind::decimal:
      return {"Decimal"};
    case Kind::integer:
      return {"Integer"};
    case Kind::date:
      return {"Date"};
    case Kind::date_time:
      return {"DateTime"};
    case Kind::time:
      return {"Time"};
    case Kind::string:
    case Kind::text:
      return {"String"};
    case Kind::url:
      return {"Uri"};
    case Kind::attachment:
      return {"Attachment"};
    case Kind::reference:
      return {"Reference"};
    case Kind::quantity:
      return {"Quantity"};
    case Kind::choice: {
      std::vector<std::string_view> types;
      for (const Option& option : item.options) {
        if (std::find(types.begin(), types.end(), option.type) == types.end()) types.push_back(option.type);
      }
      if (types.empty() || (item.open == "any" && std::find(types.begin(), types.end(), "Coding") == types.end())) {
        types.push_back("Coding");
      }
      if (item.open == "String") types.push_back("String");
      return types;
    }
    default:
      return {};
  }
}

bool within_decimals(double value, unsigned decimals) {
  const double power = std::pow(10.0, decimals);
  return std::round(value * power) / power == value;
}

// Dates, times and numbers: what is beneath the least or above the most.
std::optional<Misfit> out_of_range(const FormItem& item, const Value& value) {
  const auto number = value.type == "Quantity" ? number_of(value.value, "value") : number_of(value.value);
  const auto text = text_of(value.value);
  const auto beyond = [&](const std::optional<Bound>& bound, int sign) {
    if (!bound) return false;
    if (bound->number) return number && (*number - *bound->number) * sign > 0;
    // Text of a date compares as far as both go.
    if (!text || bound->text.empty()) return false;
    const auto length = std::min(text->size(), bound->text.size());
    return text->substr(0, length).compare(bound->text.substr(0, length)) * sign > 0;
  };
  const auto end = [](const Bound& bound) { return bound.number ? number_text(*bound.number) : shown(bound.text); };
  if (beyond(item.least, -1)) return Misfit{"range", "it is below the least, " + end(*item.least) + ": ask again"};
  if (beyond(item.most, 1)) return Misfit{"range", "it is above the most, " + end(*item.most) + ": ask again"};
  if (number && item.decimals && !within_decimals(*number, *item.decimals)) {
    return Misfit{"range", "it has more than " + std::to_string(*item.decimals) + " decimals: round it"};
  }
  return std::nullopt;
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string code_list(const FormItem& item) {
  constexpr std::size_t most = 12;
  std::string list;
  for (std::size_t i = 0; i < item.options.size() && i < most; ++i) {
    const Option& option = item.options[i];
    // The text of an option is the form's own words, but may be long; a code says enough.
    const std::string name = option.code.empty() && option.value ? number_text(*option.value) : shown(option.code);
    list += (i == 0 ? "" : ", ") + name;
  }
  return item.options.size() > most ? list + ", ..." : list;
}

Misfit no_option(const FormItem& item, const std::string& given) {
  return {"option", given + " is none of its options (" + code_list(item) + "): give the code of one of them"};
}

std::optional<Misfit> choose(const FormItem& item, const Value& value, const Option*& chosen) {
  if (value.type == "Coding") {
    const auto system = text_of(value.value, "system").value_or(""), code = text_of(value.value, "code").value_or("");
    const Option* other_system = nullptr;
    for (const Option& option : item.options) {
      if (option.type != "Coding" || option.code != code) continue;
      if (option.system.empty() || option.system == system) {
        chosen = &option;
        return std::nullopt;
      }
      other_system = &option;
    }
    if (item.open == "any") return std::nullopt;
    if (other_system != nullptr) {
      return Misfit{"option", "the code " + named(code) + " is offered in the system " + named(other_system->system) +
                                  " and given " + (system.empty() ? "without one" : "in " + named(system)) +
                                  ": give the option's own system"};
    }
    return no_option(item, code.empty() ? "a coding without code" : "the code " + named(code));
  }
  const auto number = number_of(value.value);
  const std::string text = number                      ? number_text(*number)
                           : value.type == "Reference" ? string_of(value.value, "reference")
                                                       : std::string(text_of(value.value).value_or(std::string_view()));
  for (const Option& option : item.options) {
    if (option.type == value.type && option.code == text) {
      chosen = &option;
      return std::nullopt;
    }
  }
  if (item.open == "any" || (item.open == "String" && value.type == "String")) return std::nullopt;
  return no_option(item, "the answer");
}

std::string article(std::string_view type) {
  return (type == "Integer" || type == "Attachment" || type == "Uri" ? "an " : "a ") + std::string(type);
}

tl::unexpected<Misfit> wrong(const char* rule, std::string sentence) {
  return tl::unexpected(Misfit{rule, std::move(sentence)});
}

tl::expected<double, Misfit> by_value(const FormItem& item, double value) {
  if (!item.options.empty()) {
    const bool offered = std::any_of(item.options.begin(), item.options.end(),
                                     [&](const Option& option) { return option.value == value; });
    if (offered) return value;
    std::string list;
    for (const Option& option : item.options) {
      if (option.value) list += (list.empty() ? "" : ", ") + number_text(*option.value);
    }
    return wrong("option", "the value is none of its options (" + shown(list) + "): give one of them");
  }
  if (item.least && value < *item.least->number) {
    return wrong("range", "it is below the least, " + number_text(*item.least->number) + ": ask again");
  }
  if (item.most && value > *item.most->number) {
    return wrong("range", "it is above the most, " + number_text(*item.most->number) + ": ask again");
  }
  if (item.decimals && !within_decimals(value, *item.decimals)) {
    return wrong("range", "it has more than " + std::to_string(*item.decimals) + " decimals: round it");
  }
  return value;
}

tl::expected<double, Misfit> by_coding(const FormItem& item, const Json& coding) {
  std::optional<Json> told, of_system;
  bool extended = false;
  Object members;
  if (coding.get(members) == simdjson::SUCCESS) {
    for (const auto field : members) {
      if (is(field.key, "code") && !told) told = field.value;
      if (is(field.key, "system") && !of_system) of_system = field.value;
      extended = extended || is(field.key, "extension");
    }
  }
  const auto word = [](const std::optional<Json>& from) {
    return from ? text_of(*from).value_or("") : std::string_view();
  };
  return by_code(item, word(of_system), word(told), extended ? weight_in(coding) : std::nullopt);
}

// LOINC has two names in FHIR.
bool in_system(const Option& option, std::string_view system) {
  return option.system.empty() || option.system == system ||
         (option.system == loinc && system == "urn:oid:2.16.840.1.113883.6.1");
}

int sign_of(double difference) { return difference < 0 ? -1 : difference > 0 ? 1 : 0; }

}  // namespace

tl::expected<double, Misfit> by_code(const FormItem& item, std::string_view system, std::string_view code,
                                     std::optional<double> weight) {
  if (system == answer_value_system) {
    double value = 0;
    const auto read = std::from_chars(code.data(), code.data() + code.size(), value);
    if (read.ec == std::errc() && read.ptr == code.data() + code.size()) return by_value(item, value);
    return wrong("option",
                 "the code " + named(code) + " is no number, as codes of " + std::string(answer_value_system) + " are");
  }
  const auto same = std::find_if(item.options.begin(), item.options.end(), [&](const Option& option) {
    return !code.empty() && option.code == code && (system.empty() || in_system(option, system));
  });
  if (same != item.options.end() && same->value) {
    if (!weight || *weight == *same->value) return *same->value;
    return wrong("option", "the code " + named(code) + " stands for " + number_text(*same->value) +
                               " and the coding says that it weighs " + number_text(*weight) +
                               ": mend the one that is wrong");
  }
  if (weight) return by_value(item, *weight);
  if (item.options.empty()) {
    return wrong("type", "it asks for a number: give it as valueDecimal or valueInteger");
  }
  return tl::unexpected(no_option(item, code.empty()     ? "a coding without code"
                                        : system.empty() ? "the code " + named(code)
                                                         : "the code " + named(code) + " of " + named(system)));
}

std::optional<Misfit> malformed(const Value& value) {
  const Json& given = value.value;
  const auto wrong_type = [&](const std::string& wanted) {
    return Misfit{"type", "a value" + std::string(value.type) + " is " + wanted};
  };
  const auto text = text_of(given);
  if (value.type == "Integer") {
    std::int64_t whole = 0;
    const bool fits = given.get(whole) == simdjson::SUCCESS && whole >= INT32_MIN && whole <= INT32_MAX;
    return fits ? std::nullopt : std::optional(wrong_type("a whole number, not in quotation marks"));
  }
  if (value.type == "Decimal") {
    return given.is_number() ? std::nullopt : std::optional(wrong_type("a number, not in quotation marks"));
  }
  if (value.type == "Boolean") return given.is_bool() ? std::nullopt : std::optional(wrong_type("true or false"));
  if (value.type == "Date") {
    return text && is_date(*text) ? std::nullopt : std::optional(wrong_type("a date such as 2026-11-24"));
  }
  if (value.type == "DateTime") {
    return text && is_date_time(*text)
               ? std::nullopt
               : std::optional(wrong_type("a date, or a date and time with its zone: 2026-11-24T09:30:00+01:00"));
  }
  if (value.type == "Time") {
    return text && is_time(*text) ? std::nullopt : std::optional(wrong_type("a time such as 09:30:00"));
  }
  if (value.type == "String" || value.type == "Uri") {
    return text && !text->empty() ? std::nullopt : std::optional(wrong_type("text that is not empty"));
  }
  for (const std::string_view of_members : {"Coding", "Quantity", "Reference", "Attachment"}) {
    if (value.type == of_members) {
      return given.is_object() ? std::nullopt : std::optional(wrong_type("an object with members of its own"));
    }
  }
  return Misfit{"type", "value" + shown(value.type) +
                            " is no answer: there are valueCoding, valueInteger, valueDecimal, valueBoolean, "
                            "valueString, valueDate, valueDateTime, valueTime, valueUri, valueQuantity, valueReference "
                            "and valueAttachment"};
}

std::optional<Misfit> misfit(const FormItem& item, const Value& value, const Option*& chosen) {
  const auto allowed = types_for(item);
  // A whole number is a decimal, too.
  if (!allowed.empty() && std::find(allowed.begin(), allowed.end(), value.type) == allowed.end()) {
    return Misfit{"type", "it asks for value" + std::string(allowed.front()) + " and was given " +
                              article(shown(value.type)) + ": give the answer in the type of the question"};
  }
  if (item.kind != Kind::choice || !item.options.empty()) {
    if (!item.options.empty()) {
      if (auto bad = choose(item, value, chosen)) return bad;
    }
  }
  if (const auto text = text_of(value.value); text && value.type == "String") {
    const auto length = static_cast<double>(characters(*text));
    if (item.longest && length > *item.longest) {
      return Misfit{"range", "it is longer than " + number_text(*item.longest) + " characters"};
    }
    if (item.shortest && length < *item.shortest) {
      return Misfit{"range", "it is shorter than " + number_text(*item.shortest) + " characters"};
    }
  }
  return out_of_range(item, value);
}

tl::expected<double, Misfit> scored(const FormItem& item, const Value& value) {
  if (value.type == "Integer" || value.type == "Decimal") return by_value(item, *number_of(value.value));
  if (value.type == "Quantity") {
    const auto number = number_of(value.value, "value");
    const auto unit = text_of(value.value, "code").value_or(text_of(value.value, "unit").value_or(""));
    if (!number) return wrong("type", "the valueQuantity has no value: give the number");
    if (member(value.value, "comparator") || (!unit.empty() && unit != "1" && unit != "{score}")) {
      return wrong("type",
                   "a quantity counts here without unit or comparator alone, or with the unit {score}: "
                   "give the number as valueDecimal");
    }
    return by_value(item, *number);
  }
  if (value.type == "Coding" && item.kind == Kind::scored) return by_coding(item, value.value);
  if (value.type == "Boolean" && item.kind == Kind::scored) {
    bool yes = false;
    const bool told = value.value.get(yes) == simdjson::SUCCESS;
    for (const Option& option : item.options) {
      if (told && option.code == (yes ? "true" : "false") && option.value) return *option.value;
    }
  }
  return wrong("type", item.options.empty() ? "it asks for a number: give it as valueDecimal or valueInteger"
                                            : "it asks for one of its options: give it as valueCoding or valueInteger");
}

bool holds(const Condition& condition, const Value& value) {
  const bool negated = condition.comparator == "!=";
  if (condition.type == "Coding" && value.type == "Coding") {
    const bool same = text_of(value.value, "code").value_or("") == condition.code &&
                      (condition.system.empty() || text_of(value.value, "system").value_or("") == condition.system);
    return same != negated;
  }
  if (condition.type == "Boolean") {
    bool yes = false;
    return value.value.get(yes) == simdjson::SUCCESS && (yes == condition.yes) != negated;
  }
  int order = 0;
  const auto number = value.type == "Quantity" ? number_of(value.value, "value") : number_of(value.value);
  const auto text = value.type == "Reference" ? text_of(value.value, "reference") : text_of(value.value);
  if (condition.number && number) {
    order = sign_of(*number - *condition.number);
  } else if (!condition.number && text) {
    order = text->compare(condition.code);
  } else {
    return negated;
  }
  if (condition.comparator == "=") return order == 0;
  if (negated) return order != 0;
  if (condition.comparator == ">") return order > 0;
  if (condition.comparator == "<") return order < 0;
  if (condition.comparator == ">=") return order >= 0;
  return condition.comparator == "<=" && order <= 0;
}

}  // namespace alliance::fhir
