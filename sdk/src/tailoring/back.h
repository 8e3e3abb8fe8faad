// SPDX-License-Identifier: Apache-2.0
// What a programme is told so that a change is taken back, in the words that it takes changes in. Pure. [B3]
#pragma once

#include <alliance_schema/case_generated.h>
#include <alliance_schema/programme_generated.h>

#include <string>
#include <vector>

#include "common/result.h"
#include "tailoring/path.h"

namespace alliance::tailoring {

// Changes that lead, one after the other, from one path to another.
std::vector<fb::ActionT> changes_between(const Path& from, const Path& to);

// Of what is applied under `id` (as in Step), the changes that take it back and leave all else as it is; none where
// nothing is applied under it. Refused where what was set before is not known.
Result<std::vector<fb::ActionT>> way_back(const std::string& id, const fb::CaseT& state,
                                          const fb::ProgrammeT& programme);

}  // namespace alliance::tailoring
