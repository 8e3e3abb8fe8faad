// SPDX-License-Identifier: Apache-2.0
// What scores over time say: pure functions with parameters. None of them is validated: what they find is a
// reason to ask the client, never a verdict.
//
// A series is the scores of one person on one scale, in the order of time, one per occasion. A value that is
// no finite number is an occasion that was not answered; results give places by index into the whole series.
// A million scores take well under a second.
//
// Where a function says that a score falls, lower is worse: turn the sign of a scale where higher is worse.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace alliance::measure {

using Series = std::span<const double>;

// The occasions that were answered, and what was scored on them.
struct Answered {
  std::vector<std::size_t> places;
  std::vector<double> scores;
};
Answered answered(Series series);

// Which scores a person's own spread, line or limits are taken from.
//   before: those before the one that is judged. It does not widen the limits it is judged by, and what was
//           said of it stays true when later scores come: for use while a course runs.
//   all:    every score of the series, the one that is judged included: for a course that is over, and for
//           comparison with figures that were published so.
enum class Spread { before, all };

// How a change is held against a threshold. at_least is how NHS Talking Therapies counts, more_than how
// Jacobson and Truax do.
enum class Comparator { at_least, more_than };

// Below by more than rounding: a series that never moves is never below its own mean, and a fall from 0.3 to 0.2
// is one of 0.1. Every limit is held this way.
inline bool below(double score, double limit) {
  constexpr double rounding = 1e-12;
  return limit - score > rounding * std::fmax(std::fabs(score), std::fabs(limit));
}

}  // namespace alliance::measure
