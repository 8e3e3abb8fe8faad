// SPDX-License-Identifier: Apache-2.0
// The usual sheets, where every scale is a sum or a mean: scored in the caller's arrays, several numbers at a time. The
// bytes are those of Key::score on every processor: all that is added up are whole numbers, which a double holds
// exactly, and one division rounds.
#pragma once

#include <alliance/measure.h>

#include <cstdint>
#include <vector>

#include "rule.h"

namespace alliance::instruments {

// The same in 16-bit words, where all of it goes in and there are 64 items at most.
struct SheetWords {
  std::uint64_t width = 0;                             // of a sheet's answers, in full vectors; 0: it does not go in
  bool turns = false;                                  // some answer is reversed
  std::vector<std::int16_t> low, high;                 // per item; 0 after the last
  std::vector<std::int16_t> weights, turned, members;  // padded scales x width
  std::vector<std::int32_t> added;                     // per scale
  std::vector<double> of, times, unit;  // per scale: how many items it has; what a sum is multiplied by to be prorated
};

// A key as arrays. Scales are padded to fours.
struct SheetKey {
  std::uint64_t items = 0, scales = 0, padded = 0;
  bool whole = true;                             // no answer has decimals
  bool divides = false;                          // some divisor is not 1
  bool some_may_miss = true;                     // there is no item that may be left out
  std::vector<double> power, low, high;          // per item: what makes an answer whole, and what it then lies between
  std::vector<double> weights, turned, members;  // items x padded: what one unit adds, what a reversed answer adds
                                                 // besides, and whether the scale has the item
  std::vector<double> added, divisor, unit;      // per scale: of all items together; of a full sheet; of an answer
  std::vector<std::uint32_t> parts;              // per scale: of how many items it consists
  std::vector<std::uint8_t> mean, has_bands;     // per scale
  SheetWords words;
};

class Sheets {
 public:
  Sheets() = default;  // takes none
  // `wide`: use what this processor has beyond its kind's least.
  Sheets(SheetKey key, bool wide);

  // Scores rows from `from` on until one is not allowed or none of the usual: its number, or sheets.rows. Bands are
  // left to the caller where any_bands().
  std::uint64_t score(Rule rule, const alliance_sheets& sheets, std::uint64_t from, const alliance_scores& out) const {
    return run_ == nullptr ? from : run_(key_, rule, sheets, from, out);
  }
  bool any_bands() const { return any_bands_; }

 private:
  using Run = std::uint64_t (*)(const SheetKey& key, Rule rule, const alliance_sheets& sheets, std::uint64_t from,
                                const alliance_scores& out);
  SheetKey key_;
  Run run_ = nullptr;
  bool any_bands_ = false;
};

}  // namespace alliance::instruments
