// SPDX-License-Identifier: Apache-2.0
#include "key.h"

#include <algorithm>

namespace alliance::instruments {

Key::Key(const fb::InstrumentT& definition, bool wide) {
  std::map<std::string, std::size_t> responses;
  for (const auto& response : definition.responses) {
    responses.emplace(response->id, ranges_.size());
    ranges_.push_back(range_of(*response));
  }
  std::map<std::string, Formula::Known> items;
  for (const auto& item : definition.items) {
    const std::size_t range = responses.at(item->response);
    items.emplace(item->id, Formula::Known{items_.size(), &ranges_[range]});
    items_.push_back(range);
  }
  for (const auto& scale : definition.scales) add_scale(*scale, items);
  if (definition.missing) rule_ = {definition.missing->rule, definition.missing->most};
  sums_ = sums(wide);
}

void Key::add_scale(const fb::ScaleT& from, const std::map<std::string, Formula::Known>& items) {
  Scale scale{from.method == fb::Method::mean, 1, {}, {}, {}};
  for (const auto& id : from.items) scale.power = std::max(scale.power, items.at(id).range->power);
  for (const auto& id : from.items) {
    const auto [item, range] = items.at(id);
    const bool reversed = std::find(from.reversed.begin(), from.reversed.end(), id) != from.reversed.end();
    const bool may_be_out =
        std::any_of(from.without.begin(), from.without.end(), [&](const auto& out) { return out->item == id; });
    scale.parts.push_back({item, range->power, scale.power / range->power, range->low + range->high, reversed,
                           may_be_out, range->middle()});
  }
  if (from.method == fb::Method::formula) {
    std::string fault;
    scale.formula = parse_formula(from.formula, items, fault);
    if (!scale.formula) throw Error(ALLIANCE_E_BAD_INPUT, "scale " + from.id + ": formula: " + fault);
  }
  scales_.push_back(std::move(scale));
  add_bands(from);
}

void Key::add_bands(const fb::ScaleT& from) {
  const double step = reach(scales_.size() - 1).step;
  for (std::size_t at = 0; at < from.bands.size(); ++at) {
    const fb::BandT& band = *from.bands[at];
    const double above = at + 1 < from.bands.size() ? *from.bands[at + 1]->from : *band.to;
    scales_.back().bands.push_back({*band.from, *band.to, above - *band.to <= step * (1 + 1e-9) ? above : *band.to});
  }
}

Key::Reach Key::reach(std::size_t index) const {
  const Scale& scale = scales_[index];
  if (scale.formula) {
    const double grain = static_cast<double>(scale.formula->grain());
    return {nearest(scale.formula->low()), nearest(scale.formula->high()), grain > 0 ? 1 / grain : 0,
            !scale.formula->repeats()};
  }
  return reach_without(index, items_.size());
}

Key::Reach Key::reach_without(std::size_t index, std::size_t item) const {
  const Scale& scale = scales_[index];
  std::int64_t low = 0, high = 0;  // reversing turns a range into itself
  double parts = 0;
  for (const Part& part : scale.parts) {
    if (part.item == item) continue;
    low += ranges_[items_[part.item]].low * part.factor;
    high += ranges_[items_[part.item]].high * part.factor;
    ++parts;
  }
  const double divisor = static_cast<double>(scale.power) * (scale.mean ? parts : 1.0);
  return {static_cast<double>(low) / divisor, static_cast<double>(high) / divisor, 1.0 / divisor};
}

// None where what may be answered is no row of numbers, or a scale has a formula.
Sheets Key::sums(bool wide) const {
  SheetKey key;
  key.items = items_.size();
  key.scales = scales_.size();
  key.padded = (key.scales + 3) / 4 * 4;
  for (const std::size_t at : items_) {
    const Range& range = ranges_[at];
    if (!range.options.empty()) return {};
    key.whole = key.whole && range.power == 1;
    key.power.push_back(static_cast<double>(range.power));
    key.low.push_back(static_cast<double>(range.low));
    key.high.push_back(static_cast<double>(range.high));
  }
  for (auto* list : {&key.weights, &key.turned, &key.members}) list->assign(key.items * key.padded, 0);
  key.added.assign(key.padded, 0);
  key.divisor.assign(key.padded, 1);
  key.parts.assign(key.padded, 0);
  for (std::size_t at = 0; at < scales_.size(); ++at) {
    const Scale& scale = scales_[at];
    if (scale.formula) return {};
    for (const Part& part : scale.parts) {
      const std::size_t place = part.item * key.padded + at;
      const auto factor = static_cast<double>(part.factor);
      const double weight = part.reversed ? -factor : factor;
      const double turned = part.reversed ? static_cast<double>(part.turned) * factor : 0;
      key.members[place] += 1;
      key.weights[place] += weight;
      key.turned[place] += turned;
      key.added[at] += turned;
      key.some_may_miss = key.some_may_miss && !part.may_be_out;
    }
    key.parts[at] = static_cast<std::uint32_t>(scale.parts.size());
    key.unit.push_back(static_cast<double>(scale.power));
    key.divisor[at] = key.unit[at] * (scale.mean ? static_cast<double>(scale.parts.size()) : 1.0);
    key.divides = key.divides || key.divisor[at] != 1;
    key.mean.push_back(scale.mean ? 1 : 0);
    key.has_bands.push_back(scale.bands.empty() ? 0 : 1);
  }
  return {std::move(key), wide};
}

std::uint64_t Key::score_rows(const alliance_sheets& sheets, std::uint64_t from, Rule rule,
                              const alliance_scores& out) const {
  const std::uint64_t until = sums_.score(rule, sheets, from, out);
  if (out.bands == nullptr || !sums_.any_bands()) return until;
  const std::uint64_t scales = scales_.size();
  for (std::uint64_t place = from * scales; place < until * scales; ++place) {
    const bool has_value = out.states[place] != ALLIANCE_NOT_SCORABLE;
    if (has_value) out.bands[place] = band_of(scales_[place % scales], out.values[place]);
  }
  return until;
}

std::optional<std::size_t> Key::first_bad(const Sheet& sheet) const {
  for (std::size_t item = 0; item < items_.size(); ++item) {
    if (sheet.answered(item)) {
      if (!ranges_[items_[item]].allows(sheet.value(item))) return item;
    } else if (sheet.state(item) < ALLIANCE_ANSWERED || sheet.state(item) > ALLIANCE_NOT_PRESENTED) {
      return item;
    }
  }
  return std::nullopt;
}

// A prorated score may lie between the bands, which are written for full sheets: 14.625 has not reached
// 15, so it stays in the band that ends at 14.
std::int32_t Key::band_of(const Scale& scale, double value) {
  for (std::size_t at = 0; at < scale.bands.size(); ++at) {
    const Band& band = scale.bands[at];
    if (value >= band.from && (value <= band.to || value < band.next)) return static_cast<std::int32_t>(at);
  }
  return ALLIANCE_NO_BAND;
}

bool Key::left_out(const Part& part, const Sheet& sheet) {
  return part.may_be_out && sheet.state(part.item) == ALLIANCE_NOT_APPLICABLE;
}

Key::Count Key::count(const Scale& scale, const Sheet& sheet) {
  Count count;
  for (const Part& part : scale.parts) {
    if (sheet.answered(part.item)) {
      ++count.answered;
    } else if (left_out(part, sheet)) {
      ++count.out;
    } else {
      ++count.missing;
    }
  }
  return count;
}

bool Key::has_middles(const Scale& scale, const Sheet& sheet) {
  return std::all_of(scale.parts.begin(), scale.parts.end(), [&](const Part& part) {
    return sheet.answered(part.item) || part.middle || left_out(part, sheet);
  });
}

double Key::formula_value(const Scale& scale, const Sheet& sheet) {
  return scale.formula->value([&](std::size_t item, std::int64_t power) {
    if (sheet.answered(item)) return known_units(sheet.value(item), power);
    for (const Part& part : scale.parts) {
      if (part.item == item) return *part.middle;
    }
    return std::int64_t{0};  // never: a formula has no other items than its scale
  });
}

double Key::sum_value(const Scale& scale, const Sheet& sheet, const Count& count, bool centre) {
  std::int64_t sum = 0;
  for (const Part& part : scale.parts) {
    std::int64_t given = 0;
    if (sheet.answered(part.item)) {
      given = known_units(sheet.value(part.item), part.power);
    } else if (centre && !left_out(part, sheet)) {
      given = *part.middle;
    } else {
      continue;
    }
    sum += (part.reversed ? part.turned - given : given) * part.factor;
  }
  const std::int64_t items = count.answered + count.missing, counted = centre ? items : count.answered;
  const double divisor = static_cast<double>(scale.power) * static_cast<double>(counted);
  if (scale.mean) return static_cast<double>(sum) / divisor;
  if (counted == items) return static_cast<double>(sum) / static_cast<double>(scale.power);
  return static_cast<double>(sum * items) / divisor;
}

void Key::score(const Sheet& sheet, Rule rule, std::span<Score> out) const {
  for (std::size_t at = 0; at < scales_.size(); ++at) {
    const Scale& scale = scales_[at];
    const Count found = count(scale, sheet);
    Score& score = out[at];
    score = Score{0, ALLIANCE_NOT_SCORABLE, found.answered, ALLIANCE_NO_BAND};
    const bool centre = rule.how == fb::MissingRule::centre;
    // What is prorated is a sum or a mean: a formula says nothing of how.
    const bool can_fill = centre ? has_middles(scale, sheet) : rule.how == fb::MissingRule::prorate && !scale.formula;
    if (found.answered == 0 || (found.missing > 0 && (!can_fill || found.missing > rule.most))) continue;
    score.value = scale.formula ? formula_value(scale, sheet) : sum_value(scale, sheet, found, centre);
    score.state = found.missing == 0 ? ALLIANCE_SCORED : ALLIANCE_PRORATED;
    // Bands are written for every item: a sum of fewer ends earlier than they do.
    if (found.out == 0 || scale.mean) score.band = band_of(scale, score.value);
  }
}

}  // namespace alliance::instruments
