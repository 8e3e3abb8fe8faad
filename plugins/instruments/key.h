// SPDX-License-Identifier: Apache-2.0
// A definition's scoring key, ready to use. Answers are counted in whole units of their last decimal, so
// that a sum is exact: 9.1 + 8.9 + 9.05 + 8.95 is 36 and meets a cut-off of 36. One division at the end
// makes the score the double nearest to the true value, the same on every processor.
#pragma once

#include <alliance_schema/instrument_generated.h>

#include <alliance/plugin.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "formula.h"
#include "range.h"
#include "sheets.h"

namespace alliance::instruments {

class Key {
 public:
  // The definition must have passed check(). `wide`: use what this processor has beyond its kind's least.
  explicit Key(const fb::InstrumentT& definition, bool wide = true);

  // The first item whose answer is none of its options, or whose state is none.
  std::optional<std::size_t> first_bad(const Sheet& sheet) const;
  // Every answer must be allowed. Allocates nothing.
  void score(const Sheet& sheet, Rule rule, std::span<Score> out) const;

  // Rows from `from` on, straight into the caller's arrays, until one is not allowed or asks for more than sums: its
  // number, or sheets.rows. Most rows are such, and this is many times faster than one by one.
  std::uint64_t score_rows(const alliance_sheets& sheets, std::uint64_t from, Rule rule,
                           const alliance_scores& out) const;

  // The lowest and highest score of a full sheet, and the step from one score to the next; 0: no even steps.
  // `exact` is false for a formula in which an item occurs twice: its scores lie within, and may end earlier.
  struct Reach {
    double low = 0, high = 0, step = 0;
    bool exact = true;
  };
  Reach reach(std::size_t scale) const;
  // The same when one of the scale's items is left out; it is no scale with a formula.
  Reach reach_without(std::size_t scale, std::size_t item) const;

  std::size_t items() const { return items_.size(); }
  std::size_t scales() const { return scales_.size(); }
  Rule rule() const { return rule_; }

 private:
  struct Part {
    std::size_t item = 0;
    std::int64_t power = 0;   // of the item's own units
    std::int64_t factor = 0;  // from the item's units to the scale's
    std::int64_t turned = 0;  // reverse(x) = min + max - x; only where `reversed`
    bool reversed = false;
    bool may_be_out = false;  // not_applicable leaves it out
    std::optional<std::int64_t> middle;
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
    std::optional<Formula> formula;
  };
  // How many of a scale's items have an answer, how many are left out, and how many are missing.
  struct Count {
    std::uint32_t answered = 0, out = 0, missing = 0;
  };
  void add_scale(const fb::ScaleT& from, const std::map<std::string, Formula::Known>& items);
  void add_bands(const fb::ScaleT& from);
  Sheets sums(bool wide) const;
  static bool left_out(const Part& part, const Sheet& sheet);
  static Count count(const Scale& scale, const Sheet& sheet);
  static bool has_middles(const Scale& scale, const Sheet& sheet);
  static double formula_value(const Scale& scale, const Sheet& sheet);
  static double sum_value(const Scale& scale, const Sheet& sheet, const Count& count, bool centre);
  static std::int32_t band_of(const Scale& scale, double value);

  std::vector<Range> ranges_;
  std::vector<std::size_t> items_;  // index of the item's range
  std::vector<Scale> scales_;
  Sheets sums_;
  Rule rule_;
};

}  // namespace alliance::instruments
