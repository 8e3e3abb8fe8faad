// SPDX-License-Identifier: Apache-2.0
// From a policy's plan to what has to be reported now. Pure: no clock, no I/O.
#pragma once

#include <alliance_schema/case_generated.h>
#include <alliance_schema/instrument_generated.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/result.h"

namespace alliance::timing {

// What changed between the occasions that the case remembers and the plan of now: an occasion that became
// due, overdue or expired, each once. Answered or cancelled ones and those not yet open report nothing.
// Only the state of now counts: what went from planned to overdue between two looks is overdue and not
// due as well. An occasion never goes back: a plan made by a newer schedule repeats no report.
struct Transition {
  fb::OccasionState to = fb::OccasionState::unset;
  fb::OccasionT occasion;
};
std::vector<Transition> transitions(const fb::CaseT& before, const fb::PlanT& plan);

// Ranges that the Verifier does not look at: windows in order, known states, keys not repeated.
Result<void> check(const fb::PlanT& plan);
Result<void> check(const fb::TimeAccountT& account);

// Who plays a role: the first of `prefer` that can, else the first by id, each in its newest version. Null
// when nobody can.
const fb::InstrumentT* player(const std::vector<std::unique_ptr<fb::InstrumentT>>& instruments,
                              const std::vector<std::string>& prefer, const std::string& role, fb::Rater rater,
                              fb::Target target);

}  // namespace alliance::timing
