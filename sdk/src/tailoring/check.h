// SPDX-License-Identifier: Apache-2.0
// Whether a proposal or a decision keeps to the programme's catalogue. Pure: no clock, no I/O. [F3]
#pragma once

#include <alliance_schema/case_generated.h>
#include <alliance_schema/programme_generated.h>

#include "common/result.h"
#include "tailoring/path.h"

namespace alliance::tailoring {

// Refuses by name: a component that the catalogue does not know, a change that it does not allow or whose bounds are
// passed, a prerequisite that would be left out, components that do not go together, an action without evidence.
// `programme` null: only actions that change no programme pass.
Result<void> check(const fb::ProposalT& proposal, const fb::CaseT& state, const fb::ProgrammeT* programme);

// Whether an action can be decided on now. What is under way counts as done and as not done: whatever the programme
// answers, the catalogue is kept to. With more than `most_under_way` changes under way no further one is taken.
inline constexpr std::size_t most_under_way = 6;
Result<void> fits(const fb::ActionT& action, const fb::CaseT& state, const fb::ProgrammeT& programme);

// Whether what is applied can be taken back: `id` is the key of a proposal, or the event of an adaptation of one's own.
Result<void> can_revert(const std::string& id, const fb::CaseT& state, const fb::ProgrammeT& programme);

// What the steps together break, one sentence each; empty where the catalogue is kept to.
std::vector<std::string> faults(const std::vector<Step>& steps, const fb::CaseT& state,
                                const fb::ProgrammeT& programme);

// What the catalogue says is lost by an action; empty where it says nothing.
std::string fidelity_of(const fb::ActionT& action, const fb::ProgrammeT& programme);

}  // namespace alliance::tailoring
