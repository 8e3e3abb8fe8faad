// SPDX-License-Identifier: Apache-2.0
// A definition against its own key: formulas, ranges and test vectors.
#include <algorithm>
#include <map>

#include "check.h"
#include "check_parts.h"

namespace alliance::instruments {
namespace {

// The formula's items are the scale's items: no more, and no fewer.
void check_formula(Faults& faults, const std::string& field, const fb::InstrumentT& d, const fb::ScaleT& scale,
                   const std::map<std::string, Formula::Known>& items) {
  std::string fault;
  const auto formula = parse_formula(scale.formula, items, fault);
  if (!formula) {
    faults.add(field + ".formula", fault);
    return;
  }
  Names used;
  for (const std::size_t index : formula->items()) used.insert(d.items[index]->id);
  for (const std::string& id : used) {
    if (std::find(scale.items.begin(), scale.items.end(), id) == scale.items.end()) {
      faults.add(field + ".items", in_quotes(id) + " stands in the formula and not here");
    }
  }
  for (std::size_t i = 0; i < scale.items.size(); ++i) {
    if (!used.contains(scale.items[i])) {
      faults.add(at(field + ".items", i), in_quotes(scale.items[i]) + " does not stand in the formula");
    }
  }
}

// The centre rule counts an item as its middle answer, which must then be one.
void check_middles(Faults& faults, const std::string& field, const fb::InstrumentT& d,
                   const std::map<std::string, Formula::Known>& items) {
  for (const auto& scale : d.scales) {
    for (const std::string& id : scale->items) {
      if (items.at(id).range->middle()) continue;
      faults.add(field + ".rule",
                 "item " + in_quotes(id) + " of scale " + in_quotes(scale->id) + " has no middle answer");
      return;
    }
  }
}

}  // namespace

void check_formulas(Faults& faults, const fb::InstrumentT& d) {
  std::map<std::string, Range> ranges;
  for (const auto& response : d.responses) ranges.emplace(response->id, range_of(*response));
  std::map<std::string, Formula::Known> items;
  for (std::size_t i = 0; i < d.items.size(); ++i) {
    items.emplace(d.items[i]->id, Formula::Known{i, &ranges.at(d.items[i]->response)});
  }
  for (std::size_t i = 0; i < d.scales.size(); ++i) {
    if (d.scales[i]->method == fb::Method::formula) check_formula(faults, at("scales", i), d, *d.scales[i], items);
  }
  if (d.missing && d.missing->rule == fb::MissingRule::centre) check_middles(faults, "missing", d, items);
  for (std::size_t i = 0; i < d.other_missing.size(); ++i) {
    if (d.other_missing[i]->rule == fb::MissingRule::centre) check_middles(faults, at("other_missing", i), d, items);
  }
}

namespace {

// Where an item occurs twice in a formula, what it can reach is known only roughly: the stated ends must lie within,
// and a test vector must show each.
void check_repeating(Faults& faults, const std::string& field, const fb::InstrumentT& d, const fb::ScaleT& scale,
                     const Key::Reach& reach) {
  const auto shown = [&](double end) {
    return std::any_of(d.vectors.begin(), d.vectors.end(), [&](const auto& vector) {
      return std::any_of(vector->expected.begin(), vector->expected.end(), [&](const auto& expected) {
        return expected->scale == scale.id && expected->value && *expected->value == end;
      });
    });
  };
  for (const auto& [name, end] : {std::pair{".min", *scale.min}, std::pair{".max", *scale.max}}) {
    if (end < reach.low || end > reach.high) {
      faults.add(field + name, text(end) + " is stated, and the formula lies between " + text(reach.low) + " and " +
                                   text(reach.high));
    } else if (!shown(end)) {
      faults.add(field + name, text(end) + " is stated, and no test vector reaches it");
    }
  }
}

}  // namespace

void check_reach(Faults& faults, const fb::InstrumentT& d, const Key& key) {
  for (std::size_t i = 0; i < d.scales.size(); ++i) {
    const fb::ScaleT& scale = *d.scales[i];
    const Key::Reach reach = key.reach(i);
    const auto agree = [&](const std::string& place, double stated, double given) {
      if (stated == given) return;
      faults.add(place, text(stated) + " is stated, and the key gives " + text(given));
    };
    const std::string field = at("scales", i);
    if (reach.exact) {
      agree(field + ".min", *scale.min, reach.low);
      agree(field + ".max", *scale.max, reach.high);
    } else {
      check_repeating(faults, field, d, scale, reach);
    }
    for (std::size_t k = 0; k < scale.without.size(); ++k) {
      const fb::WithoutT& out = *scale.without[k];
      std::size_t item = 0;
      while (d.items[item]->id != out.item) ++item;
      const Key::Reach rest = key.reach_without(i, item);
      agree(at(field + ".without", k) + ".min", *out.min, rest.low);
      agree(at(field + ".without", k) + ".max", *out.max, rest.high);
    }
  }
}

namespace {

void check_expected(Faults& faults, const std::string& place, const fb::InstrumentT& d, const fb::ExpectedT& expected,
                    const std::vector<Score>& scores, Names& covered) {
  std::size_t scale = 0;
  while (scale < d.scales.size() && d.scales[scale]->id != expected.scale) ++scale;
  if (scale == d.scales.size()) {
    faults.add(place + ".scale", in_quotes(expected.scale) + " is none of the scales");
    return;
  }
  covered.insert(expected.scale);
  if (scores[scale].state != ALLIANCE_SCORED) {
    faults.add(place + ".scale", in_quotes(expected.scale) + " is not scorable from these answers");
    return;
  }
  if (!has_number(expected.value)) {
    faults.add(place + ".value", "needs a finite number");
  } else if (scores[scale].value != *expected.value) {
    faults.add(place + ".value",
               text(*expected.value) + " is expected, and the key gives " + text(scores[scale].value));
  }
  const std::int32_t band = scores[scale].band;
  const std::string given = band < 0 ? "" : d.scales[scale]->bands[static_cast<std::size_t>(band)]->id;
  if (!expected.band.empty() && expected.band != given) {
    faults.add(place + ".band", in_quotes(expected.band) + " is expected, and the key gives " + in_quotes(given));
  }
}

// Marks what does not apply. False, with a fault, where an item is unknown.
bool leave_out(Faults& faults, const std::string& field, const fb::InstrumentT& d, const fb::TestVectorT& vector,
               std::vector<std::uint8_t>& states) {
  for (std::size_t k = 0; k < vector.not_applicable.size(); ++k) {
    std::size_t item = 0;
    while (item < d.items.size() && d.items[item]->id != vector.not_applicable[k]) ++item;
    if (item == d.items.size()) {
      faults.add(at(field + ".not_applicable", k), in_quotes(vector.not_applicable[k]) + " is none of the items");
      return false;
    }
    states[item] = ALLIANCE_NOT_APPLICABLE;
  }
  return true;
}

}  // namespace

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
    std::vector<std::uint8_t> states(d.items.size(), ALLIANCE_ANSWERED);
    if (!leave_out(faults, field, d, vector, states)) continue;
    const Sheet sheet(vector.answers, states);
    if (const auto bad = key.first_bad(sheet)) {
      faults.add(at(field + ".answers", *bad), text(vector.answers[*bad]) + " is none of the options");
      continue;
    }
    if (vector.expected.empty()) faults.add(field + ".expected", "is empty");
    std::vector<Score> scores(d.scales.size());
    key.score(sheet, key.rule(), scores);
    for (std::size_t k = 0; k < vector.expected.size(); ++k) {
      check_expected(faults, at(field + ".expected", k), d, *vector.expected[k], scores, covered);
    }
  }
  for (const auto& scale : d.scales) {
    if (!d.vectors.empty() && !covered.contains(scale->id)) {
      faults.add("vectors", "none of them says what scale " + in_quotes(scale->id) + " scores");
    }
  }
}

}  // namespace alliance::instruments
