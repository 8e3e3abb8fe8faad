// SPDX-License-Identifier: Apache-2.0
// Decisions on proposals: what of them is refused, what follows from them, and what was in force when. Pure. [F3]
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
// What the programme has to be told so that what the event reverts is taken back there, before the event is folded.
// `told` is a proposal per change, each with what it reverts; empty where the programme has nothing to do: it was not
// changed, or says itself that it went back. `refused` says why it cannot be told, and `what` it cannot be told.
struct TakingBack {
  std::vector<fb::ProposalT> told;
  std::string refused;
  fb::ActionT what;
};
TakingBack taking_back(const fb::EventT& event, const fb::CaseT& state, const fb::ProgrammeT* programme);

// That an accepted proposal has shown its effect, once, in whichever event names it first.
std::optional<fb::AdaptationT> effect(const fb::EventT& event, const fb::CaseT& state);

// What holds in a case whose events up to `at` are folded.
fb::InForceT in_force(const fb::CaseT& state, std::int64_t at, const fb::ProgrammeT* programme);

}  // namespace alliance::host
