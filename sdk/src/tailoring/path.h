// SPDX-License-Identifier: Apache-2.0
// The order in which a case goes through its programme, and what of it is set otherwise, after what was adapted so far.
// Pure.
#pragma once

#include <alliance_schema/case_generated.h>
#include <alliance_schema/programme_generated.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace alliance::tailoring {

using Path = std::vector<std::string>;
bool has(const Path& path, const std::string& id);

// One change to a path. What the action does not fit (an unknown place, a component that is not there)
// leaves the path as it is.
void change(Path& path, const fb::ActionT& action);

// The action as it was decided on: edited, or as it was proposed.
const fb::ActionT& decided_action(const fb::ProposalRecordT& record);
// Accepted, and neither refused by the programme nor reverted.
bool stands(const fb::ProposalRecordT& record);
// True for actions that the programme itself has to carry out.
bool changes_programme(fb::ActionKind kind);
// Stands, changes the programme, and the programme has not said yet that it did so.
bool under_way(const fb::ProposalRecordT& record);

// One adaptation, in the order in which they hold.
struct Step {
  std::uint32_t order = 0;
  std::int64_t time = 0;
  std::string id;  // the proposal's key, or the event of an adaptation of one's own
  const fb::ActionT* action = nullptr;
};
// What was applied and not reverted, and of what is under way those that `with` names.
std::vector<Step> steps_of(const fb::CaseT& state,
                           const std::function<bool(const fb::ProposalRecordT&)>& with = nullptr);

// The default path, with every adaptation that was applied and not reverted.
Path path_after(const std::vector<Step>& steps, const fb::ProgrammeT& programme);
Path current_path(const fb::CaseT& state, const fb::ProgrammeT& programme);

}  // namespace alliance::tailoring
