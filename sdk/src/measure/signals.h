// SPDX-License-Identifier: Apache-2.0
// What scores over time say. Pure functions with parameters; none of them is validated.
#pragma once

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

// Spread between people of one measurement, where the deployment has it: the stricter of it and the
// within-person spread is used (Gumz et al. 2012, doi 10.1186/1471-2288-12-10).
struct DropRule {
  double k = 1;                        // in standard deviations
  std::optional<double> between_sd{};  // absent: within-person only
  int baseline = 3;                    // how many points there must be before one can be flagged
};

struct Drop {
  std::size_t at = 0;  // index of the low point
  double before = 0, now = 0, change = 0, threshold = 0;
};

// x[t] - x[t-1] <= -k * SD, where SD is the standard deviation (n-1) of the differences before t.
std::vector<Drop> drops(std::span<const Point> series, const DropRule& rule);

enum class Repair { open, repaired, unrepaired };
// Repaired when a later point within `window` points is back to at least before - tolerance; unrepaired
// once the window has passed without one.
struct RepairRule {
  double tolerance_sd = 0.5;  // of the SD that the drop was judged by
  int window = 3;
};
struct RepairOutcome {
  Repair state = Repair::open;
  std::size_t at = 0;  // index of the point that decided
};
RepairOutcome repair(std::span<const Point> series, const Drop& drop, const RepairRule& rule);

// Jacobson and Truax 1991: RC = (last - first) / (sqrt(2) * sd * sqrt(1 - reliability)).
double reliable_change_index(double first, double last, double sd, double reliability);

enum class Comparator { at_least, more_than };
bool reliably_changed(double first, double last, double threshold, Comparator comparator);

}  // namespace alliance::measure
