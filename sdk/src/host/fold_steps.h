// SPDX-License-Identifier: Apache-2.0
// A component's state is made of its steps, so that one that is taken back leaves no trace. Pure.
#pragma once

#include <alliance_schema/case_generated.h>

#include <string>

namespace alliance::host {

// One step of a component, in whatever order the steps arrive.
void went(fb::ComponentStateT& component, const fb::ComponentStepT& step);

// What its source took back leaves everything that can be told apart by event; a flag once raised stays.
void take_back(fb::CaseT& state, const std::string& event);

}  // namespace alliance::host
