// SPDX-License-Identifier: Apache-2.0
// What a catalogue allows, asked one thing at a time. Pure.
#pragma once

#include <alliance_schema/case_generated.h>
#include <alliance_schema/programme_generated.h>

#include <string>

namespace alliance::tailoring {

const fb::ComponentT* component_of(const fb::ProgrammeT& programme, const std::string& id);
bool completed(const fb::CaseT& state, const std::string& id);
// What says that this change may be made of the component, or without one of the whole programme; null: nothing does.
const fb::AdaptableT* adaptable_of(const fb::ProgrammeT& programme, fb::ActionKind change,
                                   const std::string& component);

}  // namespace alliance::tailoring
