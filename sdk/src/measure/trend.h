// SPDX-License-Identifier: Apache-2.0
// Straight lines through scores over time: what lies below a person's own line, and what lies outside the curve
// that other people's courses lead one to expect. See series.h.
#pragma once

#include <optional>

#include "measure/series.h"

namespace alliance::measure {

// A fitted line of y on x, complete enough to say how far a new point may lie from it.
struct Line {
  double intercept = 0, slope = 0;
  double residual_sd = 0;  // with n - 2
  double points = 0;       // n
  double mean_x = 0;
  double sum_xx = 0;  // of squared distances from mean_x
};
// Least squares. Pairs in which x or y is no finite number are passed over. Nothing for fewer than three, or
// where all x are the same. x and y have the same length.
std::optional<Line> line_through(Series x, Series y);

struct Expected {
  double value = 0, lower = 0, upper = 0;
};
// What a new observation at x is expected to be, with its prediction interval:
// y -+ t(1 - (1 - level) / 2, n - 2) * s * sqrt(1 + 1/n + (x - mean_x)^2 / sum_xx).
// Nothing where the line has fewer than three points, a spread that is no number, or a level not within 0 and 1.
//
// With x = ln(session), this is the expected treatment response of Lambert and others; Delgadillo et al. 2018
// (doi 10.1016/S2215-0366(18)30162-7) call a score outside an 80 % interval not on track. No reference curve
// comes with the SDK: fit one to your own service's courses of like severity at the start.
std::optional<Expected> expected_at(const Line& line, double x, double level);

// The scores that lie below the interval at their x; x has the length of the series.
struct OffTrack {
  std::size_t at = 0;
  double value = 0;
  Expected expected;
};
std::vector<OffTrack> off_track(Series x, Series series, const Line& line, double level);

// A score below the person's own line by more than k residual SDs (after Stiles et al. 2004, doi
// 10.1037/0022-006X.72.1.81; the figures are ours).
struct TrendRule {
  double k = 2;      // not above 0: nothing is flagged
  int baseline = 4;  // how many points the line must have; three at least
  Spread spread = Spread::before;
  double least = 0;  // in the scale's units: a smaller distance is never flagged
};
struct Residual {
  std::size_t at = 0;
  double value = 0, expected = 0, residual = 0, threshold = 0;
};
// `times` has the length of the series, in any unit. Points whose time is no finite number are passed over.
std::vector<Residual> trend_residuals(Series times, Series series, const TrendRule& rule);

}  // namespace alliance::measure
