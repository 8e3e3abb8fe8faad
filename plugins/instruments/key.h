// SPDX-License-Identifier: Apache-2.0
// A definition's scoring key, ready to use. Answers are counted in whole units of their last decimal, so
// that a sum is exact: 9.1 + 8.9 + 9.05 + 8.95 is 36 and meets a cut-off of 36. One division at the end
// makes the score the double nearest to the true value, the same on every processor.
#pragma once

#include <alliance_schema/instrument_generated.h>

#include <alliance/plugin.hpp>
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

// What may be answered, in units.
struct Range {
  std::int64_t power = 1, low = 0, high = 0;
  std::vector<std::int64_t> options;  // in rising order; empty: every unit from low to high
  bool allows(double value) const;
};
// The response must have passed check().
Range range_of(const fb::ResponseT& response);

struct Rule {
  bool prorate = false;
  std::uint32_t most = 0;  // how many answers of a scale may be missing
};

class Key {
 public:
  // The definition must have passed check(). Without `bands`, no score is given one.
  Key(const fb::InstrumentT& definition, bool bands);

  // The first item whose answer is none of its options, or whose state is none.
  std::optional<std::size_t> first_bad(const Sheet& sheet) const;
  // Every answer must be allowed. Allocates nothing.
  void score(const Sheet& sheet, Rule rule, std::span<Score> out) const;

  // The lowest and highest score of a full sheet, and the step from one score to the next.
  struct Reach {
    double low, high, step;
  };
  Reach reach(std::size_t scale) const;

  std::size_t items() const { return items_.size(); }
  std::size_t scales() const { return scales_.size(); }
  Rule rule() const { return rule_; }

 private:
  struct Part {
    std::size_t item;
    std::int64_t power;   // of the item's own units
    std::int64_t factor;  // from the item's units to the scale's
    std::int64_t turned;  // reverse(x) = min + max - x; only where `reversed`
    bool reversed;
  };
  struct Band {
    double from, to;
    double next;  // `from` of the band above where no full sheet's score lies between; else `to`
  };
  struct Scale {
    bool mean;
    std::int64_t power;
    std::vector<Part> parts;
    std::vector<Band> bands;
  };
  std::int32_t band_of(const Scale& scale, double value) const;

  std::vector<Range> ranges_;
  std::vector<std::size_t> items_;  // index of the item's range
  std::vector<Scale> scales_;
  Rule rule_;
};

}  // namespace alliance::instruments
