// SPDX-License-Identifier: Apache-2.0
#include "check.h"

#include <cmath>

#include "check_parts.h"

namespace alliance::instruments {
namespace {

bool good_version(const std::string& version) {
  bool digit = false;
  for (const char c : version) {
    if (c == '.' ? !digit : (c < '0' || c > '9')) return false;
    digit = c != '.';
  }
  return digit && version.size() <= 32;
}

void check_head(Faults& faults, const fb::InstrumentT& d) {
  if (!alliance::glue::good_id(d.id)) {
    faults.add("id", in_quotes(d.id) + ": use lower-case letters, digits and hyphens, 64 at most");
  }
  if (!good_version(d.version)) faults.add("version", in_quotes(d.version) + ": use numbers with dots, as in 1.0.0");
  if (d.title.empty()) faults.add("title", "is empty");
  if (d.perspective == fb::Rater::unset) faults.add("perspective", "choose client, practitioner or observer");
  if (d.licence->holder.empty() || d.licence->terms.empty()) faults.add("licence", "name its holder and its terms");
  check_provenance(faults, "licence.provenance", d.licence->provenance.get(), "what is known of the licence");
  check_provenance(faults, "keys_provenance", d.keys_provenance.get(), "the scoring key");
  check_codes(faults, "codes", d.codes);
  check_missing(faults, d);
}

void check_response(Faults& faults, const std::string& field, const fb::ResponseT& response) {
  if (response.decimals > most_decimals) {
    faults.add(field + ".decimals", std::to_string(response.decimals) + " are given; at most " +
                                        std::to_string(most_decimals) + " are kept");
    return;
  }
  const auto fits = [&](const std::string& place, const flatbuffers::Optional<double>& value, unsigned decimals) {
    if (!has_number(value) || std::abs(*value) > largest_answer) {
      faults.add(place, "needs a number between -" + text(largest_answer) + " and " + text(largest_answer));
    } else if (!units(*value, power_of_ten(decimals))) {
      faults.add(place, text(*value) + " has more than " + std::to_string(decimals) + " decimals");
    }
  };
  if (response.options.empty()) {
    fits(field + ".min", response.min, response.decimals);
    fits(field + ".max", response.max, response.decimals);
    if (response.min && response.max && !(*response.min < *response.max)) {
      faults.add(field + ".max", text(*response.max) + " is not above min, " + text(*response.min));
    }
    return;
  }
  if (response.min || response.max) {
    faults.add(field, "has options, and min or max besides: keep the one or the other");
  }
  if (response.options.size() < 2) faults.add(field + ".options", "one option alone is no question");
  Names codes;
  std::set<double> values;
  for (std::size_t i = 0; i < response.options.size(); ++i) {
    const auto& option = *response.options[i];
    const std::string place = at(field + ".options", i);
    fits(place + ".value", option.value, most_decimals);
    if (has_number(option.value) && !values.insert(*option.value).second) {
      faults.add(place + ".value", text(*option.value) + " stands twice");
    }
    if (!option.code.empty()) fresh(faults, place + ".code", option.code, codes);
  }
}

void check_item(Faults& faults, const std::string& field, const fb::ItemT& item, const Names& responses) {
  if (!responses.contains(item.response)) {
    faults.add(field + ".response", in_quotes(item.response) + " is none of the responses");
  }
  check_codes(faults, field + ".codes", item.codes);
  if (item.safety == nullptr) return;
  check_comparator(faults, field + ".safety", item.safety->comparator);
  if (!std::isfinite(item.safety->threshold)) faults.add(field + ".safety.threshold", "is no finite number");
  check_provenance(faults, field + ".safety.provenance", item.safety->provenance.get(), "the threshold");
}

void check_parts(Faults& faults, const fb::InstrumentT& d) {
  check_head(faults, d);
  Names responses, items, scales, roles;
  for (std::size_t i = 0; i < d.responses.size(); ++i) {
    const std::string field = at("responses", i);
    fresh(faults, field + ".id", d.responses[i]->id, responses);
    check_response(faults, field, *d.responses[i]);
  }
  if (d.items.empty() || d.items.size() > most_items) {
    faults.add("items",
               std::to_string(d.items.size()) + " are given; an instrument has 1 to " + std::to_string(most_items));
  }
  for (std::size_t i = 0; i < d.items.size(); ++i) {
    fresh(faults, at("items", i) + ".id", d.items[i]->id, items);
    check_item(faults, at("items", i), *d.items[i], responses);
  }
  if (d.scales.empty()) faults.add("scales", "is empty");
  Names scored;
  for (std::size_t i = 0; i < d.scales.size(); ++i) {
    const std::string field = at("scales", i);
    fresh(faults, field + ".id", d.scales[i]->id, scales);
    check_scale(faults, field, *d.scales[i], items);
    scored.insert(d.scales[i]->items.begin(), d.scales[i]->items.end());
    for (std::size_t k = 0; k < d.scales[i]->roles.size(); ++k) {
      const std::string& role = d.scales[i]->roles[k];
      const std::string place = at(field + ".roles", k);
      if (!good_name(role) || role.find('.') == std::string::npos) {
        faults.add(place, in_quotes(role) + ": a role is a subject and a part, as in alliance.bond");
      }
      if (!roles.insert(role).second)
        faults.add(place, in_quotes(role) + " is played by two scales of this instrument");
    }
  }
  for (std::size_t i = 0; i < d.items.size(); ++i) {
    if (d.items[i]->optional && scored.contains(d.items[i]->id)) {
      faults.add(at("items", i) + ".optional", in_quotes(d.items[i]->id) + " is an item of a scale, which needs it");
    }
  }
}

}  // namespace

std::vector<std::string> check(const fb::InstrumentT& definition) {
  Faults faults;
  check_parts(faults, definition);
  if (faults.none()) check_formulas(faults, definition);
  if (faults.none()) {
    const Key key(definition);
    check_reach(faults, definition, key);
    check_vectors(faults, definition, key);
  }
  return faults.take();
}

}  // namespace alliance::instruments
