// SPDX-License-Identifier: Apache-2.0
// What may be answered, counted in whole units of the last decimal, so that sums are exact.
#pragma once

#include <alliance_schema/instrument_generated.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace alliance::instruments {

inline constexpr unsigned most_decimals = 6;
inline constexpr double largest_answer = 1e6;  // beside 1,000 items and 6 decimals, every count fits 64 bits
inline constexpr std::size_t most_items = 1000;

// 10 to the power of `decimals`.
std::int64_t power_of_ten(unsigned decimals);
// `value` in units of the last of its decimals; nothing when it has more of them, or is no number.
std::optional<std::int64_t> units(double value, std::int64_t power);
// The same for a value that is known to have no more decimals.
inline std::int64_t known_units(double value, std::int64_t power) {
  const double scaled = value * static_cast<double>(power);
  return static_cast<std::int64_t>(scaled + (scaled < 0 ? -0.5 : 0.5));
}

struct Range {
  std::int64_t power = 1, low = 0, high = 0;
  std::vector<std::int64_t> options;  // in rising order; empty: every unit from low to high
  bool allows(double value) const;
  // The answer halfway between the lowest and the highest, where there is one.
  std::optional<std::int64_t> middle() const;
};
// The response must have passed check().
Range range_of(const fb::ResponseT& response);

}  // namespace alliance::instruments
