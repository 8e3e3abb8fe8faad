// SPDX-License-Identifier: Apache-2.0
// What somebody would write who needs the WAI-SR and nothing else: the same answers checked, the same scores, and the
// same words about where they come from (state, number of answers, band), with the key in the code.
#pragma once

#include <cstdint>

#include <alliance/measure.h>

namespace bench {

constexpr int wai_items = 12, wai_scales = 4;

// The first item whose answer is not allowed, or -1.
inline int wai_score(const double* values, const std::uint8_t* states, double* scores, std::uint8_t* reached,
                     std::uint32_t* answered, std::int32_t* bands) {
  int given[wai_items], there[wai_items];
  for (int item = 0; item < wai_items; ++item) {
    const int state = states == nullptr ? ALLIANCE_ANSWERED : states[item];
    if (state < ALLIANCE_ANSWERED || state > ALLIANCE_NOT_PRESENTED) return item;
    there[item] = state == ALLIANCE_ANSWERED ? 1 : 0;
    given[item] = 0;
    if (there[item] == 0) continue;
    if (!(values[item] >= 1 && values[item] <= 5)) return item;
    given[item] = static_cast<int>(values[item]);
    if (given[item] != values[item]) return item;
  }
  const auto scale = [&](int at, auto... items) {
    const int sum = (given[items] + ...), count = (there[items] + ...);
    const bool full = count == static_cast<int>(sizeof...(items));
    scores[at] = full ? sum : 0;
    reached[at] = full ? ALLIANCE_SCORED : ALLIANCE_NOT_SCORABLE;
    answered[at] = static_cast<std::uint32_t>(count);
    bands[at] = ALLIANCE_NO_BAND;
  };
  scale(0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);  // total
  scale(1, 0, 1, 9, 11);                           // task
  scale(2, 2, 4, 6, 8);                            // bond
  scale(3, 3, 5, 7, 10);                           // goal
  return -1;
}

inline void wai_batch(const double* values, const std::uint8_t* states, std::uint64_t rows, double* scores,
                      std::uint8_t* reached, std::uint32_t* answered, std::int32_t* bands) {
  for (std::uint64_t row = 0; row < rows; ++row) {
    const auto at = row * wai_scales;
    if (wai_score(values + row * wai_items, states + row * wai_items, scores + at, reached + at, answered + at,
                  bands + at) < 0) {
      continue;
    }
    for (int scale = 0; scale < wai_scales; ++scale) {
      scores[at + scale] = 0;
      reached[at + scale] = ALLIANCE_BAD_SHEET;
      answered[at + scale] = 0;
      bands[at + scale] = ALLIANCE_NO_BAND;
    }
  }
}

}  // namespace bench
