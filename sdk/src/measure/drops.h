// SPDX-License-Identifier: Apache-2.0
// Drops (ruptures), repairs, and scores below a cut-off. Lower is worse. See series.h.
#pragma once

#include <optional>

#include "measure/series.h"
#include "measure/statistics.h"

namespace alliance::measure {

// Gumz et al. 2012 (doi 10.1186/1471-2288-12-10): report 1 and 2 SD, and of the spread within the person
// and the spread between people take the stricter.
struct DropRule {
  double k = 1;                        // in standard deviations; not above 0: nothing is flagged
  std::optional<double> between_sd{};  // of one measurement between people; absent: within-person only
  bool within = true;                  // false: the spread between people alone
  int baseline = 3;                    // how many points there must be before one can be flagged
  Spread spread = Spread::before;
  double least = 0;  // in the scale's units: a smaller fall is never flagged, however steady the person was
};

struct Drop {
  std::size_t at = 0;  // the low point
  double before = 0, now = 0, change = 0, threshold = 0;
  double sd = 0;  // the one that it was judged by: threshold = max(k * sd, least)
};

// x[t] - x[t-1] <= -threshold, and x[t] < x[t-1]. The SD is that of the scores (n-1), from two on, and not
// that of their differences: an alliance that grows by the same step each session has differences without
// any spread, and its first small dip would be flagged.
//
// A person who always gave the same answer has an SD of 0. Then every fall is beyond what was usual, and
// every fall of at least `least` is flagged: silence would hide the clearest change that there is. Give
// `least`, or a spread between people, where one step down from the highest rating is no news.
std::vector<Drop> drops(Series series, const DropRule& rule);

// The same while a course runs, point by point: each is judged by those before it and looked at once.
class DropWatch {
 public:
  // `sd`: judged by this one, and not by that of the points before.
  explicit DropWatch(const DropRule& rule, std::optional<double> sd = {}) : rule_(rule), sd_(sd) {}
  std::optional<Drop> add(double now);  // a finite one; `at` counts those that were added, from 0

 private:
  DropRule rule_;
  std::optional<double> sd_;
  Running earlier_;
  double last_ = 0;
};

// near_before: within a tolerance of where the fall began.
// midpoint: above the middle of the fall, as step changes are said to be reversed (see step_change.h).
enum class Back { near_before, midpoint };
enum class Repair { open, repaired, unrepaired };
// Repaired when one of the next `window` answered points is back; unrepaired once they have passed without
// one. Tolerance and window are ours: the literature gives no agreed figure.
struct RepairRule {
  double tolerance_sd = 0.5;  // of the SD that the drop was judged by
  int window = 3;             // 0: as long as the series lasts, and then unrepaired
  Back back = Back::near_before;
};
struct RepairOutcome {
  Repair state = Repair::open;
  std::size_t at = 0;  // the point that decided; the low point while it is open
};
RepairOutcome repair(Series series, const Drop& drop, const RepairRule& rule);

// The same point by point. Open for ever where the window is 0 and nothing comes back.
class RepairWatch {
 public:
  RepairWatch(const Drop& drop, const RepairRule& rule) : drop_(drop), rule_(rule) {}
  Repair add(double value);  // the next one after the drop; finite
  const Drop& drop() const { return drop_; }

 private:
  Drop drop_;
  RepairRule rule_;
  int seen_ = 0;
};

// Every score at (where inclusive) or below the cut-off. The cut-off comes from the instrument and needs a
// source of its own; whether it is inclusive differs between sources.
std::vector<std::size_t> under_cutoff(Series series, double cutoff, bool inclusive);

}  // namespace alliance::measure
