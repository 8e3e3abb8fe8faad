// SPDX-License-Identifier: Apache-2.0
// A trial's calendar: visits at fixed distances from the enrolment, whatever happens in the treatment. Pure.
#pragma once

#include <alliance_schema/case_generated.h>
#include <alliance_schema/policy_generated.h>

#include <string>
#include <string_view>

#include "civil.h"

namespace alliance::timing {

// Refuses by file, line and field.
void check(const fb::TrialCalendarT& calendar, const std::string& file, std::string_view text);

// The calendar as the dates that it has for this case: months and weeks are counted from the day of the opening on the
// client's calendar (the 31st becomes a shorter month's last day). Absences move nothing: a visit is missed or not.
fb::ScheduleT dates_for(const fb::TrialCalendarT& calendar, const fb::Case& state);

}  // namespace alliance::timing
