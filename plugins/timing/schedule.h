// SPDX-License-Identifier: Apache-2.0
// A schedule that can be followed: what the schema leaves open is checked once, when it is read.
#pragma once

#include <alliance_schema/policy_generated.h>

namespace alliance::timing {

// Refuses by field: a rule without an id, role, rater or anchor, an id twice, a number that its anchor does
// not take, a local time that is none, windows out of order. `place` is the file's name.
void check(const fb::ScheduleT& schedule, const std::string& place);

}  // namespace alliance::timing
