// SPDX-License-Identifier: Apache-2.0
// What may come in the place of a component that a client found not relevant. Pure. [B3]
#pragma once

#include <alliance_schema/proposal_generated.h>

#include <string>
#include <vector>

#include "facts.h"

namespace alliance::tailoring {

// The action for `component`, and what else was looked at and why it was not taken.
//
// The first transdiagnostic component of the catalogue that the client has not begun, that may come there
// and whose prerequisites are met, takes its place: as a skip with a replacement where the component may be
// skipped, else in addition to it. Without one it is skipped where it may be; else the action is to ask.
// `wording` gives the sentence, minutes and, where no programme is there to be changed, nothing else.
struct Replacement {
  fb::ActionT action;
  std::vector<std::unique_ptr<fb::ConsideredT>> considered;
};
Replacement replace(const std::string& component, const fb::ActionT& wording, const Facts& facts);

// Why a candidate cannot come in the place of `component`, or where that is empty at the end; empty where it can.
// `skipping`: the component goes.
std::string why_not(const fb::Component& candidate, const std::string& component, bool skipping, const Facts& facts);

}  // namespace alliance::tailoring
