// SPDX-License-Identifier: Apache-2.0
// Rules that look at how high a score is, and not at how it moved within the person. Pure.
#pragma once

#include "detectors.h"

namespace alliance::tailoring {

// The latest score of the role, where it lies on the side of `at_least` that the rule says.
std::vector<Finding> score_level(const fb::RuleT& rule, const Facts& facts);

// Where it lies outside the prediction interval of the rule's curve.
std::vector<Finding> not_on_track(const fb::RuleT& rule, const Facts& facts);

// The interval of a new score at x = ln(the how-manieth answer):
// y -+ t(1 - (1 - level) / 2, n - 2) * s * sqrt(1 + 1/n + (x - mean_x)^2 / sum_xx).
// Delgadillo et al. 2018, doi 10.1016/S2215-0366(18)30162-7, call a score beyond an 80 % interval not on track.
struct Interval {
  double lower, upper;
};
Interval interval_at(const fb::CurveT& curve, double x);

}  // namespace alliance::tailoring
