// SPDX-License-Identifier: Apache-2.0
#include "check.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>

#include "faults.h"
#include "key.h"

namespace alliance::instruments {
namespace {

using Names = std::set<std::string>;

bool has_number(const flatbuffers::Optional<double>& value) { return value && std::isfinite(*value); }

bool good_version(const std::string& version) {
  bool digit = false;
  for (const char c : version) {
    if (c == '.' ? !digit : (c < '0' || c > '9')) return false;
    digit = c != '.';
  }
  return digit && version.size() <= 32;
}

void check_provenance(Faults& faults, const std::string& field, const fb::ProvenanceT* provenance,
                      const std::string& what) {
  if (provenance == nullptr || provenance->certainty == fb::Certainty::unset || provenance->source.empty()) {
    faults.add(field,
               "say where " + what + " comes from: certainty (verified, computed, unverified or own) and source");
  }
}

void check_comparator(Faults& faults, const std::string& field, fb::Comparator comparator) {
  if (comparator == fb::Comparator::unset) {
    faults.add(field + ".comparator", "choose at_least, more_than, at_most or less_than");
  }
}

void check_codes(Faults& faults, const std::string& field, const std::vector<std::unique_ptr<fb::CodeT>>& codes) {
  for (std::size_t i = 0; i < codes.size(); ++i) {
    if (codes[i]->system.empty() || codes[i]->code.empty()) {
      faults.add(at(field + ".codes", i), "a code needs its system and itself");
    }
  }
}

void check_head(Faults& faults, const fb::InstrumentT& d) {
  if (!alliance::glue::good_id(d.id)) {
    faults.add("id", quoted(d.id) + ": use lower-case letters, digits and hyphens, 64 at most");
  }
  if (!good_version(d.version)) faults.add("version", quoted(d.version) + ": use numbers with dots, as in 1.0.0");
  if (d.title.empty()) faults.add("title", "is empty");
  if (d.perspective == fb::Rater::unset) faults.add("perspective", "choose client, practitioner or observer");
  if (d.licence->holder.empty() || d.licence->terms.empty()) faults.add("licence", "name its holder and its terms");
  check_provenance(faults, "licence.provenance", d.licence->provenance.get(), "what is known of the licence");
  check_provenance(faults, "keys_provenance", d.keys_provenance.get(), "the scoring key");
  check_codes(faults, "", d.codes);
  if (d.missing == nullptr) return;
  if (d.missing->rule == fb::MissingRule::unset) faults.add("missing.rule", "choose none or prorate");
  if (d.missing->rule == fb::MissingRule::prorate) {
    check_provenance(faults, "missing.provenance", d.missing->provenance.get(), "the missing rule");
    if (d.missing->most == 0) faults.add("missing.most", "prorating needs the number that may be missing");
  }
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
    faults.add(field + ".response", quoted(item.response) + " is none of the responses");
  }
  check_codes(faults, field, item.codes);
  if (item.safety == nullptr) return;
  check_comparator(faults, field + ".safety", item.safety->comparator);
  if (!std::isfinite(item.safety->threshold)) faults.add(field + ".safety.threshold", "is no finite number");
  check_provenance(faults, field + ".safety.provenance", item.safety->provenance.get(), "the threshold");
}

void check_bands(Faults& faults, const std::string& field, const fb::ScaleT& scale) {
  if (scale.bands.empty()) return;
  check_provenance(faults, field + ".bands_provenance", scale.bands_provenance.get(), "each band");
  Names ids;
  const fb::BandT* below = nullptr;
  for (std::size_t i = 0; i < scale.bands.size(); ++i) {
    const fb::BandT& band = *scale.bands[i];
    const std::string place = at(field + ".bands", i);
    fresh(faults, place + ".id", band.id, ids);
    if (!has_number(band.from) || !has_number(band.to)) {
      faults.add(place, "needs from and to, both finite numbers");
      return;
    }
    if (*band.from > *band.to) {
      faults.add(place, "from " + text(*band.from) + " is above to " + text(*band.to));
    }
    if (below != nullptr && *band.from <= *below->to) {
      faults.add(place + ".from", text(*band.from) + " overlaps or precedes the band " + quoted(below->id) +
                                      ", which ends at " + text(*below->to));
    }
    below = &band;
    if (has_number(scale.min) && has_number(scale.max) && (*band.from < *scale.min || *band.to > *scale.max)) {
      faults.add(place, "reaches past the scale, " + text(*scale.min) + " to " + text(*scale.max));
    }
  }
}

void check_thresholds(Faults& faults, const std::string& field, const fb::ScaleT& scale) {
  Names ids;
  for (std::size_t i = 0; i < scale.cutoffs.size(); ++i) {
    const fb::CutoffT& cutoff = *scale.cutoffs[i];
    const std::string place = at(field + ".cutoffs", i);
    fresh(faults, place + ".id", cutoff.id, ids);
    check_comparator(faults, place, cutoff.comparator);
    if (!has_number(cutoff.value)) {
      faults.add(place + ".value", "needs a finite number");
    } else if (has_number(scale.min) && has_number(scale.max) &&
               (*cutoff.value < *scale.min || *cutoff.value > *scale.max)) {
      faults.add(place + ".value",
                 text(*cutoff.value) + " lies outside the scale, " + text(*scale.min) + " to " + text(*scale.max));
    }
    check_provenance(faults, place + ".provenance", cutoff.provenance.get(), "the cut-off");
  }
  if (scale.reliable_change == nullptr) return;
  const fb::ReliableChangeT& change = *scale.reliable_change;
  const std::string place = field + ".reliable_change";
  if (!has_number(change.value) || *change.value <= 0) faults.add(place + ".value", "needs a finite number above 0");
  if (change.comparator != fb::Comparator::at_least && change.comparator != fb::Comparator::more_than) {
    faults.add(place + ".comparator", "choose at_least or more_than");
  }
  check_provenance(faults, place + ".provenance", change.provenance.get(), "the threshold");
}

void check_scale(Faults& faults, const std::string& field, const fb::ScaleT& scale, const Names& items) {
  if (scale.method == fb::Method::unset) faults.add(field + ".method", "choose sum or mean");
  if (scale.direction == fb::Direction::unset) {
    faults.add(field + ".direction", "choose higher_is_better or lower_is_better");
  }
  if (scale.items.empty()) faults.add(field + ".items", "is empty");
  Names own;
  for (std::size_t i = 0; i < scale.items.size(); ++i) {
    const std::string place = at(field + ".items", i);
    if (!items.contains(scale.items[i])) faults.add(place, quoted(scale.items[i]) + " is none of the items");
    if (!own.insert(scale.items[i]).second) faults.add(place, quoted(scale.items[i]) + " stands twice");
  }
  Names reversed;
  for (std::size_t i = 0; i < scale.reversed.size(); ++i) {
    const std::string place = at(field + ".reversed", i);
    if (!own.contains(scale.reversed[i])) faults.add(place, quoted(scale.reversed[i]) + " is no item of this scale");
    if (!reversed.insert(scale.reversed[i]).second) faults.add(place, quoted(scale.reversed[i]) + " stands twice");
  }
  if (!has_number(scale.min)) faults.add(field + ".min", "needs a finite number");
  if (!has_number(scale.max)) faults.add(field + ".max", "needs a finite number");
  check_codes(faults, field, scale.codes);
  check_bands(faults, field, scale);
  check_thresholds(faults, field, scale);
}

// Every part by itself. What follows may rely on it: names resolve, numbers are there.
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
  for (std::size_t i = 0; i < d.scales.size(); ++i) {
    const std::string field = at("scales", i);
    fresh(faults, field + ".id", d.scales[i]->id, scales);
    check_scale(faults, field, *d.scales[i], items);
    for (std::size_t k = 0; k < d.scales[i]->roles.size(); ++k) {
      const std::string& role = d.scales[i]->roles[k];
      const std::string place = at(field + ".roles", k);
      if (!good_name(role) || role.find('.') == std::string::npos) {
        faults.add(place, quoted(role) + ": a role is a subject and a part, as in alliance.bond");
      }
      if (!roles.insert(role).second) faults.add(place, quoted(role) + " is played by two scales of this instrument");
    }
  }
}

void check_reach(Faults& faults, const fb::InstrumentT& d, const Key& key) {
  for (std::size_t i = 0; i < d.scales.size(); ++i) {
    const Key::Reach reach = key.reach(i);
    const auto agree = [&](const char* name, double stated, double given) {
      if (stated == given) return;
      faults.add(at("scales", i) + "." + name, text(stated) + " is stated, and the key gives " + text(given));
    };
    agree("min", *d.scales[i]->min, reach.low);
    agree("max", *d.scales[i]->max, reach.high);
  }
}

void check_expected(Faults& faults, const std::string& place, const fb::InstrumentT& d, const fb::ExpectedT& expected,
                    const std::vector<Score>& scores, Names& covered) {
  std::size_t scale = 0;
  while (scale < d.scales.size() && d.scales[scale]->id != expected.scale) ++scale;
  if (scale == d.scales.size()) {
    faults.add(place + ".scale", quoted(expected.scale) + " is none of the scales");
    return;
  }
  covered.insert(expected.scale);
  if (!has_number(expected.value)) {
    faults.add(place + ".value", "needs a finite number");
  } else if (scores[scale].value != *expected.value) {
    faults.add(place + ".value",
               text(*expected.value) + " is expected, and the key gives " + text(scores[scale].value));
  }
  const std::int32_t band = scores[scale].band;
  const std::string given = band < 0 ? "" : d.scales[scale]->bands[static_cast<std::size_t>(band)]->id;
  if (!expected.band.empty() && expected.band != given) {
    faults.add(place + ".band", quoted(expected.band) + " is expected, and the key gives " + quoted(given));
  }
}

void check_vectors(Faults& faults, const fb::InstrumentT& d, const Key& key) {
  if (d.vectors.empty()) faults.add("vectors", "is empty: give at least one sheet and what it scores");
  Names covered;
  for (std::size_t i = 0; i < d.vectors.size(); ++i) {
    const fb::TestVectorT& vector = *d.vectors[i];
    const std::string field = at("vectors", i);
    if (vector.answers.size() != d.items.size()) {
      faults.add(field + ".answers",
                 std::to_string(vector.answers.size()) + " answers for " + std::to_string(d.items.size()) + " items");
      continue;
    }
    if (const auto bad = key.first_bad(Sheet(vector.answers, {}))) {
      faults.add(at(field + ".answers", *bad), text(vector.answers[*bad]) + " is none of the options");
      continue;
    }
    if (vector.expected.empty()) faults.add(field + ".expected", "is empty");
    std::vector<Score> scores(d.scales.size());
    key.score(Sheet(vector.answers, {}), key.rule(), scores);
    for (std::size_t k = 0; k < vector.expected.size(); ++k) {
      check_expected(faults, at(field + ".expected", k), d, *vector.expected[k], scores, covered);
    }
  }
  for (const auto& scale : d.scales) {
    if (!d.vectors.empty() && !covered.contains(scale->id)) {
      faults.add("vectors", "none of them says what scale " + quoted(scale->id) + " scores");
    }
  }
}

}  // namespace

bool good_name(const std::string& name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  });
}

std::string text(double value) {
  char digits[32];
  return std::string(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

bool fresh(Faults& faults, const std::string& field, const std::string& id, std::set<std::string>& seen) {
  if (!good_name(id)) {
    faults.add(field, quoted(id) + ": use letters, digits, '.', '_' and '-', 64 at most");
    return false;
  }
  if (!seen.insert(id).second) {
    faults.add(field, quoted(id) + " stands twice");
    return false;
  }
  return true;
}

std::vector<std::string> check(const fb::InstrumentT& definition) {
  Faults faults;
  check_parts(faults, definition);
  if (faults.none()) {
    const Key key(definition, true);
    check_reach(faults, definition, key);
    check_vectors(faults, definition, key);
  }
  return faults.take();
}

}  // namespace alliance::instruments
