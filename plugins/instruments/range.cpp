// SPDX-License-Identifier: Apache-2.0
#include "range.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace alliance::instruments {
namespace {

unsigned decimals_of(const fb::ResponseT& response) {
  unsigned decimals = response.decimals;
  for (const auto& option : response.options) {
    while (decimals < most_decimals && !units(*option->value, power_of_ten(decimals))) ++decimals;
  }
  return decimals;
}

}  // namespace

std::int64_t power_of_ten(unsigned decimals) {
  static constexpr std::array<std::int64_t, most_decimals + 1> powers = {1, 10, 100, 1'000, 10'000, 100'000, 1'000'000};
  return powers.at(decimals);
}

std::optional<std::int64_t> units(double value, std::int64_t power) {
  if (!(std::abs(value) <= largest_answer)) return std::nullopt;
  const std::int64_t whole = known_units(value, power);
  if (static_cast<double>(whole) / static_cast<double>(power) != value) return std::nullopt;
  return whole;
}

bool Range::allows(double value) const {
  const auto whole = units(value, power);
  if (!whole || *whole < low || *whole > high) return false;
  return options.empty() || std::binary_search(options.begin(), options.end(), *whole);
}

std::optional<std::int64_t> Range::middle() const {
  if ((low + high) % 2 != 0) return std::nullopt;
  const std::int64_t half = (low + high) / 2;
  if (!options.empty() && !std::binary_search(options.begin(), options.end(), half)) return std::nullopt;
  return half;
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

}  // namespace alliance::instruments
