// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>

#include "measure/signals.h"

namespace alliance::measure {

double standard_error(double sd, double reliability) {
  if (!(sd > 0) || !(reliability >= 0) || !(reliability < 1)) return std::numeric_limits<double>::quiet_NaN();
  return sd * std::sqrt(1 - reliability);
}

double standard_error_of_difference(double sd, double reliability) {
  return std::sqrt(2.0) * standard_error(sd, reliability);
}

double reliable_change_index(double first, double last, double sd, double reliability) {
  return (last - first) / standard_error_of_difference(sd, reliability);
}

bool reliably_changed(double first, double last, double threshold, Comparator comparator) {
  if (!(threshold > 0)) return false;
  const double change = std::abs(last - first);
  return comparator == Comparator::at_least ? change >= threshold : change > threshold;
}

Cutoffs clinical_cutoffs(const Norm& clinical, const Norm& functional) {
  const double towards = functional.mean >= clinical.mean ? 1 : -1;
  return {clinical.mean + 2 * towards * clinical.sd, functional.mean - 2 * towards * functional.sd,
          (clinical.sd * functional.mean + functional.sd * clinical.mean) / (clinical.sd + functional.sd)};
}

}  // namespace alliance::measure
