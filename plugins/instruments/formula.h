// SPDX-License-Identifier: Apache-2.0
// A scale's formula over its items: "max([1],[2],[3],[4]) + [5]".
//
//   expression  := term, then any number of + term or - term
//   term        := factor, then any number of * factor or / factor
//   factor      := - factor | number | [item] | ( expression ) | function( expression, ... )
//   function    := sum, mean, max, min               of one or more expressions
//                | reverse([item])                   lowest + highest answer of the item, minus the answer
//                | count_at_least(number, ...)       how many of the expressions are the number or more
//
// Evaluated in exact fractions, rounded once at the end: the same bytes on every processor. What an expression can
// reach is known when it is parsed, so that no full sheet can divide by zero or overflow.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "range.h"
#include "rational.h"

namespace alliance::instruments {

inline constexpr std::size_t formula_stack = 64;
inline constexpr std::size_t longest_formula = 65'536;  // in bytes

class Formula {
 public:
  // An item that the formula may use: its index in the definition, and what may be answered.
  struct Known {
    std::size_t index;
    const Range* range;
  };

  // `given(item, power)` is the answer to the item of that index, in units of 1/power.
  template <class Given>
  double value(Given&& given) const {
    Stack stack;
    for (const Step& step : steps_) {
      if (step.act == Act::item) {
        stack.push({given(step.item, step.number.under), step.number.under});
      } else {
        apply(step, stack);
      }
    }
    return nearest(reduced(stack.places[0]));
  }

  Rational low() const { return low_; }  // what the value lies between: exact where no item occurs twice
  Rational high() const { return high_; }
  // Every value is a multiple of 1/grain; 0 where none is known.
  std::int64_t grain() const { return grain_; }
  // Indexes of the items that occur, in the order of their first occurrence.
  const std::vector<std::size_t>& items() const { return items_; }
  bool repeats() const { return repeats_; }  // an item occurs more than once

 private:
  friend class FormulaParser;
  enum class Act { number, item, negate, plus, times, divide, larger, smaller, at_least };
  struct Step {
    Act act = Act::number;
    Rational number;       // of number and at_least; of item: 1/power
    std::size_t item = 0;  // of item
  };
  struct Stack {
    std::array<Rational, formula_stack> places;
    std::size_t count = 0;
    void push(Rational value) { places[count++] = value; }
    Rational pop() { return places[--count]; }
  };
  static void apply(const Step& step, Stack& stack);

  std::vector<Step> steps_;
  std::vector<std::size_t> items_;
  Rational low_, high_;
  std::int64_t grain_ = 0;
  bool repeats_ = false;
};

// The formula, or what is wrong with it and at which character, as a sentence in `fault`. The ranges are read here
// and not kept.
std::optional<Formula> parse_formula(const std::string& text, const std::map<std::string, Formula::Known>& known,
                                     std::string& fault);

}  // namespace alliance::instruments
