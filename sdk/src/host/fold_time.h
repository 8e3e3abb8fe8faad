// SPDX-License-Identifier: Apache-2.0
// What a session took when nobody says, and what a timer says besides its minutes. Whatever arrives first. Pure.
#pragma once

#include <alliance_schema/case_generated.h>

#include <cstdint>

namespace alliance::host {

// Of a session that was held: what was said, or else what its timer measured, or else what was booked. Enters it among
// the case's minutes. Sessions without a number have nothing in common but that: nothing is booked for them.
void measure(fb::CaseT& state, fb::SessionT& session);

// A timer began, ended or was corrected: the session that it belongs to is measured anew. When it was a review of a
// component and has ended, the instant at which that was looked at; else 0.
std::int64_t ran(fb::CaseT& state, const fb::TimerT& timer);

}  // namespace alliance::host
