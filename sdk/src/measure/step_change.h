// SPDX-License-Identifier: Apache-2.0
// Step changes from one occasion to the next: sudden gains and sudden losses by the three criteria of Tang and
// DeRubeis 1999 (doi 10.1037/0022-006X.67.6.894), as the R package suddengains counts them. Scores are as the
// scale gives them: where lower is better a gain is a fall. See series.h.
#pragma once

#include <optional>

#include "measure/series.h"

namespace alliance::measure {

enum class Direction { fall, rise };

struct StepRule {
  Direction direction = Direction::fall;
  // 1: the step is at least this many of the scale's units. Absent: not asked.
  std::optional<double> least{};
  // 2: it is at least this share of the score before it. Absent: not asked.
  std::optional<double> share = 0.25;
  // 3: the means of three occasions before and after it, at least two of each answered, differ by more than t
  // times the pooled SD, with t two-sided at alpha and as many degrees of freedom as there are answers less two.
  // The pooled SD is not divided by the root of the number of answers: the criterion is the published one and
  // no t-test. Absent: not asked.
  std::optional<double> alpha = 0.05;
};

struct Step {
  std::size_t from = 0, to = 0;  // neighbouring occasions
  double before = 0, now = 0, change = 0;
  // Of the third criterion, where it was asked.
  double mean_before = 0, mean_after = 0, threshold = 0;
  double reversal_value = 0;  // the middle of the step
  // The first later occasion whose score is beyond the middle; absent: not reversed so far.
  std::optional<std::size_t> reversed_at{};
};

// A step needs two occasions next to each other, both answered, with one before them and one after. Occasions
// that were not answered therefore belong in the series. No criterion asked: nothing is found.
std::vector<Step> step_changes(Series series, const StepRule& rule);

}  // namespace alliance::measure
