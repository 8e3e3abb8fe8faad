// SPDX-License-Identifier: Apache-2.0
#include "key.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <unordered_map>

namespace alliance::instruments {
namespace {

unsigned decimals_of(const fb::ResponseT& response) {
  unsigned decimals = response.decimals;
  for (const auto& option : response.options) {
    while (decimals < most_decimals && !units(*option->value, power_of_ten(decimals))) ++decimals;
  }
  return decimals;
}

// Rounds to the nearest whole number; `scaled` is known to be in range.
std::int64_t nearest(double scaled) { return static_cast<std::int64_t>(scaled + (scaled < 0 ? -0.5 : 0.5)); }

}  // namespace

std::int64_t power_of_ten(unsigned decimals) {
  static constexpr std::array<std::int64_t, most_decimals + 1> powers = {1, 10, 100, 1'000, 10'000, 100'000, 1'000'000};
  return powers.at(decimals);
}

std::optional<std::int64_t> units(double value, std::int64_t power) {
  if (!(std::abs(value) <= largest_answer)) return std::nullopt;
  const std::int64_t whole = nearest(value * static_cast<double>(power));
  if (static_cast<double>(whole) / static_cast<double>(power) != value) return std::nullopt;
  return whole;
}

bool Range::allows(double value) const {
  const auto whole = units(value, power);
  if (!whole || *whole < low || *whole > high) return false;
  return options.empty() || std::binary_search(options.begin(), options.end(), *whole);
}

Range range_of(const fb::ResponseT& response) {
  Range range;
  range.power = power_of_ten(decimals_of(response));
  for (const auto& option : response.options) range.options.push_back(*units(*option->value, range.power));
  std::sort(range.options.begin(), range.options.end());
  if (range.options.empty()) {
    range.low = *units(*response.min, range.power);
    range.high = *units(*response.max, range.power);
  } else {
    range.low = range.options.front();
    range.high = range.options.back();
    // The usual 0, 1, 2, 3: every unit is an option, and there is nothing to search.
    if (range.high - range.low + 1 == static_cast<std::int64_t>(range.options.size())) range.options.clear();
  }
  return range;
}

Key::Key(const fb::InstrumentT& definition, bool bands) {
  std::unordered_map<std::string, std::size_t> responses, items;
  for (const auto& response : definition.responses) {
    responses.emplace(response->id, ranges_.size());
    ranges_.push_back(range_of(*response));
  }
  for (const auto& item : definition.items) {
    items.emplace(item->id, items_.size());
    items_.push_back(responses.at(item->response));
  }
  for (const auto& from : definition.scales) {
    Scale scale{from->method == fb::Method::mean, 1, {}, {}};
    for (const auto& id : from->items) scale.power = std::max(scale.power, ranges_[items_[items.at(id)]].power);
    for (const auto& id : from->items) {
      const std::size_t item = items.at(id);
      const Range& range = ranges_[items_[item]];
      const bool reversed = std::find(from->reversed.begin(), from->reversed.end(), id) != from->reversed.end();
      scale.parts.push_back({item, range.power, scale.power / range.power, range.low + range.high, reversed});
    }
    scales_.push_back(std::move(scale));
    if (!bands) continue;
    const double step = reach(scales_.size() - 1).step;
    auto& made = scales_.back().bands;
    for (std::size_t at = 0; at < from->bands.size(); ++at) {
      const fb::BandT& band = *from->bands[at];
      const double above = at + 1 < from->bands.size() ? *from->bands[at + 1]->from : *band.to;
      made.push_back({*band.from, *band.to, above - *band.to <= step * (1 + 1e-9) ? above : *band.to});
    }
  }
  if (definition.missing && definition.missing->rule == fb::MissingRule::prorate) {
    rule_ = {true, definition.missing->most};
  }
}

Key::Reach Key::reach(std::size_t index) const {
  const Scale& scale = scales_[index];
  std::int64_t low = 0, high = 0;  // reversing turns a range into itself
  for (const Part& part : scale.parts) {
    low += ranges_[items_[part.item]].low * part.factor;
    high += ranges_[items_[part.item]].high * part.factor;
  }
  const double divisor =
      static_cast<double>(scale.power) * (scale.mean ? static_cast<double>(scale.parts.size()) : 1.0);
  return {static_cast<double>(low) / divisor, static_cast<double>(high) / divisor, 1.0 / divisor};
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
std::int32_t Key::band_of(const Scale& scale, double value) const {
  for (std::size_t at = 0; at < scale.bands.size(); ++at) {
    const Band& band = scale.bands[at];
    if (value >= band.from && (value <= band.to || value < band.next)) return static_cast<std::int32_t>(at);
  }
  return ALLIANCE_NO_BAND;
}

void Key::score(const Sheet& sheet, Rule rule, std::span<Score> out) const {
  for (std::size_t at = 0; at < scales_.size(); ++at) {
    const Scale& scale = scales_[at];
    std::int64_t sum = 0;
    std::uint32_t answered = 0;
    for (const Part& part : scale.parts) {
      if (!sheet.answered(part.item)) continue;
      const std::int64_t given = nearest(sheet.value(part.item) * static_cast<double>(part.power));
      sum += (part.reversed ? part.turned - given : given) * part.factor;
      ++answered;
    }
    const std::size_t items = scale.parts.size(), missing = items - answered;
    Score& score = out[at];
    score = Score{0, ALLIANCE_NOT_SCORABLE, answered, ALLIANCE_NO_BAND};
    if (answered == 0 || (missing > 0 && (!rule.prorate || missing > rule.most))) continue;
    const double power = static_cast<double>(scale.power);
    if (scale.mean) {
      score.value = static_cast<double>(sum) / (power * answered);
    } else if (missing == 0) {
      score.value = static_cast<double>(sum) / power;
    } else {
      score.value = static_cast<double>(sum * static_cast<std::int64_t>(items)) / (power * answered);
    }
    score.state = missing == 0 ? ALLIANCE_SCORED : ALLIANCE_PRORATED;
    score.band = band_of(scale, score.value);
  }
}

}  // namespace alliance::instruments
