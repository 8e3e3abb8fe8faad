// SPDX-License-Identifier: Apache-2.0
// Intraclass correlations: Shrout and Fleiss 1979 (doi 10.1037/0033-2909.86.2.420), intervals as McGraw and
// Wong 1996 (doi 10.1037/1082-989X.1.1.30) give them.
#pragma once

#include <array>
#include <optional>

#include "measure/sample.h"

namespace alliance::measure {

struct Icc {
  const char* name;               // "ICC(1,1)"
  const char* question;           // which raters, one or their mean
  std::optional<double> value{};  // may be below 0; absent where the targets do not differ enough to tell
  std::optional<Interval> interval{};
  std::optional<double> f{};  // against no difference between the targets; absent where the raters never differ
  double degrees_1 = 0, degrees_2 = 0;
};

// All six, in the order (1,1), (2,1), (3,1), (1,k), (2,k), (3,k), where the sample's rows are targets and its
// items raters. Absent for fewer than two targets or raters, or where no rating differs from another.
std::optional<std::array<Icc, 6>> intraclass_correlations(const Sample& sample, double level);

}  // namespace alliance::measure
