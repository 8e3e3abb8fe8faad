// SPDX-License-Identifier: Apache-2.0
// Whether a proposal keeps to the programme's catalogue. Pure: no clock, no I/O.
#pragma once

#include <alliance_schema/case_generated.h>
#include <alliance_schema/programme_generated.h>

#include "common/result.h"

namespace alliance::tailoring {

// Refuses by name: a component that the catalogue does not know, a skip or reorder that it does not allow,
// a prerequisite that would be left out, an action without evidence. `programme` null: only actions that
// change no programme pass.
Result<void> check(const fb::ProposalT& proposal, const fb::CaseT& state, const fb::ProgrammeT* programme);

// True for actions that the programme itself has to carry out (reorder, skip, add, change_pace).
bool changes_programme(fb::ActionKind kind);

}  // namespace alliance::tailoring
