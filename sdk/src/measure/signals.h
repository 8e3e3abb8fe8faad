// SPDX-License-Identifier: Apache-2.0
// What scores over time say. Pure functions with parameters; none of them is validated: what they find is
// a reason to ask the client. Higher values are better here: turn the sign of a scale where lower is.
// Points whose value is no finite number are passed over.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace alliance::measure {

struct Point {
  std::int64_t time = 0;
  std::uint16_t session = 0;
  double value = 0;
};

// ---- Drops (ruptures) and repairs ---------------------------------------------------------------

// Which scores the spread within the person is taken from.
//   before: those before the point that is judged. A drop does not widen the limits it is judged by, and
//           what was said of a point stays true when later points come: for use while a course runs.
//   all:    every score of the series, the low one included: for a course that is over, and for comparison
//           with figures that were published so.
enum class Spread { before, all };

// Gumz et al. 2012 (doi 10.1186/1471-2288-12-10): report 1 and 2 SD, and of the spread within the person
// and the spread between people take the stricter.
struct DropRule {
  double k = 1;                        // in standard deviations; not above 0: nothing is flagged
  std::optional<double> between_sd{};  // of one measurement between people; absent: within-person only
  int baseline = 3;                    // how many points there must be before one can be flagged
  Spread spread = Spread::before;
  double least = 0;  // in the scale's units: a smaller fall is never flagged, however steady the person was
};

struct Drop {
  std::size_t at = 0;  // index of the low point
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
std::vector<Drop> drops(std::span<const Point> series, const DropRule& rule);

// near_before: within a tolerance of where the fall began.
// midpoint: above the middle of the fall, as step changes are said to be reversed (Tang and DeRubeis 1999,
//           as in the R package suddengains).
enum class Back { near_before, midpoint };
enum class Repair { open, repaired, unrepaired };
// Repaired when one of the next `window` points is back; unrepaired once they have passed without one.
struct RepairRule {
  double tolerance_sd = 0.5;  // of the SD that the drop was judged by
  int window = 3;             // 0: as long as the series lasts, and then unrepaired
  Back back = Back::near_before;
};
struct RepairOutcome {
  Repair state = Repair::open;
  std::size_t at = 0;  // index of the point that decided; of the low point while it is open
};
RepairOutcome repair(std::span<const Point> series, const Drop& drop, const RepairRule& rule);

// ---- Reliable change: Jacobson and Truax 1991 ----------------------------------------------------

// sd * sqrt(1 - reliability). Not a number unless sd > 0 and 0 <= reliability < 1; so are the two below.
double standard_error(double sd, double reliability);
// sqrt(2) * standard_error: of the difference of two measurements.
double standard_error_of_difference(double sd, double reliability);
// RC = (last - first) / standard_error_of_difference.
double reliable_change_index(double first, double last, double sd, double reliability);

// at_least is how NHS Talking Therapies counts, more_than how Jacobson and Truax do. The threshold is in
// the scale's units, in either direction; not above 0, or not a number: nothing has changed reliably.
enum class Comparator { at_least, more_than };
bool reliably_changed(double first, double last, double threshold, Comparator comparator);

// Where a score has moved from the clinical towards the functional population: a is 2 SD from the clinical
// mean, b is 2 SD from the functional one, c lies between both. All three need norms with a source.
struct Norm {
  double mean = 0, sd = 0;
};
struct Cutoffs {
  double a = 0, b = 0, c = 0;
};
Cutoffs clinical_cutoffs(const Norm& clinical, const Norm& functional);

}  // namespace alliance::measure
