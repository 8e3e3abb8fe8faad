// SPDX-License-Identifier: Apache-2.0
// From a schedule and a case to the plan. Pure.
//
// An occasion is `planned` until it is due, `due` until it is overdue, `overdue` until it expires; it can be
// answered from when it opens until it expires, and is `answered` from then on. When the case is closed or
// consent is withdrawn, what had opened and was not answered is `cancelled`, and nothing new begins. What gives
// way to another measure, to the burden limit or to an absence is `cancelled` and says to what.
//
// The plan is a function of what happened, never of the order in which it was told.
#pragma once

#include <alliance_schema/case_generated.h>
#include <alliance_schema/policy_generated.h>

#include "civil.h"

namespace alliance::timing {

// Who is taken to play a role: the case's instruments, or, for a preview, somebody for each.
enum class Cast { playable, everybody };

// Rules whose role nobody plays for that rater and target stand in missing_roles: the role, with rater and
// target where some instrument plays it for another.
fb::PlanT plan(const fb::ScheduleT& schedule, const fb::Case& state, Instant now, Cast cast = Cast::playable);

}  // namespace alliance::timing
