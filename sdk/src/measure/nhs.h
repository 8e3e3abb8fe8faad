// SPDX-License-Identifier: Apache-2.0
// How NHS Talking Therapies counts outcomes over several measures of one course, such as PHQ-9 and an anxiety
// measure. The rules are those of its manual as we know them; what the national flags do at the edges is not
// published as code, so they are marked unverified. Thresholds come from the instruments' definitions.
#pragma once

#include <optional>
#include <span>

namespace alliance::measure {

// One measure on which lower is better, at the first and the last assessment.
struct NhsMeasure {
  double first = 0, last = 0;
  double caseness = 0;  // at or above it: a case
  double reliable = 0;  // a change of at least this is reliable
};

struct NhsOutcome {
  bool caseness = false;                // at first, on any measure. Without it there is no recovery to count
  bool recovery = false;                // caseness at first, and below it on every measure at last
  bool reliable_improvement = false;    // on one measure at least, and no reliable deterioration on any
  bool reliable_deterioration = false;  // on one measure at least, and no reliable improvement on any
  bool reliable_recovery = false;       // recovery and reliable improvement
};

// Nothing without a measure, or where a score is no finite number: half a course has no outcome.
std::optional<NhsOutcome> nhs_outcome(std::span<const NhsMeasure> measures);

}  // namespace alliance::measure
