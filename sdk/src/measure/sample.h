// SPDX-License-Identifier: Apache-2.0
// The answers of many people to several items, or the ratings of many targets by several raters: row-major, one
// row per person, complete. Rows with a missing answer are left out beforehand, and said to be.
#pragma once

#include <cstddef>
#include <span>

namespace alliance::measure {

struct Sample {
  std::span<const double> values;  // rows() * items, all finite
  std::size_t items = 0;
  std::size_t rows() const { return items == 0 ? 0 : values.size() / items; }
  double at(std::size_t row, std::size_t item) const { return values[row * items + item]; }
};

struct Interval {
  double lower = 0, upper = 0;
};

}  // namespace alliance::measure
