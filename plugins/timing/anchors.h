// SPDX-License-Identifier: Apache-2.0
// What has happened, or which date, that a rule of the schedule hangs on.
#pragma once

#include <alliance_schema/case_generated.h>
#include <alliance_schema/policy_generated.h>

#include <cstdint>
#include <string>
#include <vector>

#include "civil.h"

namespace alliance::timing {

struct Anchored {
  std::string key;  // "session-3": the same whenever the same thing leads to it
  std::uint16_t session = 0;
  Instant due = 0;
  std::string event;  // empty where a date leads to it
  std::string reason;
};

// Refuses a case whose instants cannot be, by field; every plan and account begins with it.
void check(const fb::Case& state, Instant now);

// The zones that the client has lived in.
Zone zone_of(const fb::Case& state);

// An anchor of the file, or one part of a combination, as one thing.
fb::AnchorPartT anchor_of(const fb::ScheduleRuleT& rule);

// Whether the anchor comes again and again by the calendar.
bool repeats(fb::Anchor anchor);

// What the rule's anchor or combination has led to so far, and which dates it will lead to, by due and key.
// Sessions count once they were held, or, at their start, once they are booked: none is invented. Dates reach
// to the case's last week, or, where the case has no number of weeks, to the first one after `now`. In a case
// that is observed only nothing hangs on signals: nobody is prompted by one.
std::vector<Anchored> anchored(const fb::ScheduleRuleT& rule, const fb::Case& state, const Zone& zone, Instant now);

Instant end_of(const fb::Session& session);

}  // namespace alliance::timing
