// SPDX-License-Identifier: Apache-2.0
// The order in which a case goes through its programme, after what was adapted so far. Pure.
#pragma once

#include <alliance_schema/case_generated.h>
#include <alliance_schema/programme_generated.h>

#include <string>
#include <vector>

namespace alliance::tailoring {

using Path = std::vector<std::string>;

// One change to a path. What the action does not fit (an unknown place, a component that is not there)
// leaves the path as it is.
void change(Path& path, const fb::ActionT& action);

// The default path, with every adaptation that was applied and not reverted, in the order of time.
Path current_path(const fb::CaseT& state, const fb::ProgrammeT& programme);

}  // namespace alliance::tailoring
