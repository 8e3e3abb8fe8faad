// SPDX-License-Identifier: Apache-2.0
// Two views of the same thing, such as the client's and the practitioner's rating of the alliance. Both must be
// on one scale with parallel items. The first span is the view that the second is held against; they have the
// same length, one pair per place, and pairs in which either is no finite number are passed over.
// What differs is a topic for a conversation and never a rating of anybody.
#pragma once

#include <optional>

#include "measure/sample.h"
#include "measure/series.h"

namespace alliance::measure {

// How much higher the second view is on average: the paired t-test (Student 1908).
struct Discrepancy {
  std::size_t pairs = 0;
  double mean = 0;                 // of second - first
  double sd = 0;                   // of the differences, with n - 1
  std::optional<double> t{}, p{};  // absent where all differences are the same
  double degrees = 0;              // n - 1
};
// Nothing for fewer than two pairs.
std::optional<Discrepancy> directional_discrepancy(Series first, Series second);

// Lin 1989 (doi 10.2307/2532051): 2 * s12 / (s1^2 + s2^2 + (mean1 - mean2)^2), with variances divided by n.
// Nothing for fewer than two pairs, or where neither view ever moves and both are the same.
std::optional<double> lins_concordance(Series first, Series second);

// ICC(2,1) and ICC(3,1) of pairs are in icc.h; this makes the sample of them.
std::vector<double> pairs_of(Series first, Series second);  // row-major, two columns

// West and Kenny 2011 (doi 10.1037/a0022936): (second - mean of first) = bias + truth * (first - mean of first) + e.
struct TruthAndBias {
  std::size_t pairs = 0;
  double bias = 0;   // directional: the second view is that much higher, in the scale's units
  double truth = 0;  // how much of a difference in the first view the second one follows
  double correlation = 0;
};
// Nothing for fewer than three pairs, or where either view never moves.
std::optional<TruthAndBias> truth_and_bias(Series first, Series second);

// The slope of |first - second| over time: below 0, the views come nearer to each other.
struct Convergence {
  std::size_t pairs = 0;
  double slope = 0;                // in the scale's units per unit of time
  std::optional<double> t{}, p{};  // of the slope against 0; absent where the points lie on a line
};
// `times` has the length of both. Nothing for fewer than three pairs, or where all are of the same time.
std::optional<Convergence> convergence(Series times, Series first, Series second);

}  // namespace alliance::measure
