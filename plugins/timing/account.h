// SPDX-License-Identifier: Apache-2.0
// Where a practitioner's minutes go, for one case or for what belongs to no case. Pure. [F1]
//
// planned    what the schedule's minutes make of the planned sessions, and in blended delivery of the
//            modules and weeks
// booked     minutes of sessions that stand or stood in the calendar: booked, held, missed
// used       minutes of sessions held, of activities logged and of timers, each minute once; what the practitioner
//            corrected counts as corrected
// remaining  what sessions not yet held, modules not yet reviewed and weeks not yet over need; not what was
//            planned less what was used: an overrun so far makes the rest no shorter
#pragma once

#include <alliance_schema/case_generated.h>
#include <alliance_schema/policy_generated.h>

#include "civil.h"

namespace alliance::timing {

fb::TimeAccountT account(const fb::ScheduleT& schedule, const fb::Case& state, Instant now);

}  // namespace alliance::timing
