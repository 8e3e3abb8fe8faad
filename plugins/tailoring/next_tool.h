// SPDX-License-Identifier: Apache-2.0
// What the programme has for a goal of the client that was not tried yet. Pure. [F2]
#pragma once

#include "detectors.h"

namespace alliance::tailoring {

// One finding a goal at most: the first component of the catalogue that bears the goal's id among its tags, that can be
// had now and was neither begun, offered, used nor declined. What else bears it is told with why it comes second.
std::vector<Finding> next_tool(const fb::RuleT& rule, const Facts& facts);

}  // namespace alliance::tailoring
