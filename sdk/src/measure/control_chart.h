// SPDX-License-Identifier: Apache-2.0
// Shewhart's chart for individual values and moving ranges (NIST/SEMATECH e-Handbook of Statistical Methods,
// 6.3.2.2), as Lipner et al. 2022 used it for alliance scores. See series.h.
#pragma once

#include <optional>

#include "measure/series.h"

namespace alliance::measure {

struct Limits {
  double center = 0;            // the mean
  double mean_range = 0;        // of |x[i] - x[i-1]|
  double sigma = 0;             // mean_range / 1.128: d2 of a range of two
  double lower = 0, upper = 0;  // center -+ k * sigma
};
// Nothing for fewer than two answered points.
std::optional<Limits> chart_limits(Series series, double k);

// Which points the limits of one are taken from. A point that is charted inside its own limits widens them and
// hides itself: `all` is for comparison with published figures.
enum class Baseline { frozen, leave_one_out, all };

struct ChartRule {
  double k = 3;  // not above 0: nothing is flagged
  Baseline baseline = Baseline::frozen;
  int first = 5;  // frozen: how many answered points make the limits, two at least; only later ones are judged.
                  // The figure is ours. leave_one_out and all: how many points there must be
  // The zone rules of the Western Electric handbook (1956), beside one point beyond k sigma: 2 of 3 beyond 2
  // sigma, 4 of 5 beyond 1 sigma, 8 in a row, each on one side of the center. They find more, and more that is
  // nothing.
  bool western_electric = false;
  double least = 0;  // in the scale's units: a point nearer to the center is never flagged
};

struct ChartSignal {
  std::size_t at = 0;
  int rule = 1;      // 1: beyond k sigma; 2, 3, 4: the zone rules. The lowest number that holds
  bool low = false;  // on which side
  double value = 0;
  Limits limits;
};
// Where all points of a baseline are the same, sigma is 0 and every other value is beyond the limits.
std::vector<ChartSignal> control_chart(Series series, const ChartRule& rule);

}  // namespace alliance::measure
