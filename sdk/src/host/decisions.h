// SPDX-License-Identifier: Apache-2.0
// Decisions on proposals: what of them is refused, what follows from them, and what was in force when. Pure.
#pragma once

#include <alliance_schema/programme_generated.h>
#include <alliance_schema/review_generated.h>

#include <optional>

#include "common/result.h"

namespace alliance::host {

// Whether what the event decides keeps to the catalogue, before it is folded. `programme` null: there is none to keep
// to.
Result<void> check_decision(const fb::EventT& event, const fb::CaseT& state, const fb::ProgrammeT* programme);

// What an event about a proposal leads to, once it is folded: told to whom the proposal was for. Nothing when it says
// what was said before.
std::optional<fb::AdaptationT> consequence(const fb::EventT& event, const fb::CaseT& state);
// That an accepted proposal has shown its effect, once, in whichever event names it first.
std::optional<fb::AdaptationT> effect(const fb::EventT& event, const fb::CaseT& state);

// What holds in a case whose events up to `at` are folded.
fb::InForceT in_force(const fb::CaseT& state, std::int64_t at, const fb::ProgrammeT* programme);

}  // namespace alliance::host
