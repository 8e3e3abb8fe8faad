// SPDX-License-Identifier: Apache-2.0
#include "measure/nhs.h"

#include "measure/reliable_change.h"

namespace alliance::measure {

std::optional<NhsOutcome> nhs_outcome(std::span<const NhsMeasure> measures) {
  if (measures.empty()) return std::nullopt;
  NhsOutcome found;
  bool below_at_last = true, better = false, worse = false;
  for (const NhsMeasure& measure : measures) {
    if (!std::isfinite(measure.first) || !std::isfinite(measure.last)) return std::nullopt;
    found.caseness = found.caseness || measure.first >= measure.caseness;
    below_at_last = below_at_last && measure.last < measure.caseness;
    if (!reliably_changed(measure.first, measure.last, measure.reliable, Comparator::at_least)) continue;
    (measure.last < measure.first ? better : worse) = true;
  }
  found.recovery = found.caseness && below_at_last;
  found.reliable_improvement = better && !worse;
  found.reliable_deterioration = worse && !better;
  found.reliable_recovery = found.recovery && found.reliable_improvement;
  return found;
}

}  // namespace alliance::measure
