// SPDX-License-Identifier: Apache-2.0
// From when until when a measure may be asked for, with what stops the clock: absence, a late enrolment, a
// withdrawn consent, the end of the case. Pure.
#pragma once

#include <alliance_schema/case_generated.h>
#include <alliance_schema/policy_generated.h>

#include <limits>
#include <vector>

#include "anchors.h"

namespace alliance::timing {

inline constexpr Instant never = std::numeric_limits<Instant>::max();

struct Span {
  Instant from = 0, until = never;  // `until` is outside
};

// When nothing may be asked: before the client enrolled (the first consent; without any, nothing is held back),
// between a withdrawal and the next consent, after the case was closed. In order, apart from each other.
std::vector<Span> unasked(const fb::Case& state);

// The client's absences, in order, apart from each other.
std::vector<Span> absences(const fb::Case& state);

// The occasion's opens, due, overdue, closes, expires and reminders, by rule. False: it is not asked for at all,
// because it lay wholly in a time when nothing may be asked. One that falls away for an absence `gives_way`.
bool set_window(fb::OccasionT& occasion, const Anchored& anchor, const fb::ScheduleRuleT& rule, bool repeats,
                const std::vector<Span>& off, const std::vector<Span>& away, const Zone& zone);

// Whether what was asked for is cancelled as of `now`: a time when nothing may be asked began within its window and
// lasts, or lasted past its end.
bool cancelled(const fb::OccasionT& occasion, const std::vector<Span>& off, Instant now);

}  // namespace alliance::timing
