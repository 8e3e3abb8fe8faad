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
  std::string key;  // "RULE/session-3"
  std::uint16_t session = 0;
  Instant due = 0;
  std::string event;
  std::string reason;
};

// Refuses a case whose instants cannot be, by field; every plan and account begins with it.
void check(const fb::Case& state, Instant now);

// Sessions count once they were held: none is invented. Dates reach to the case's last week, or, where the
// case has no number of weeks, to the first one after `now`.
std::vector<Anchored> anchored(const fb::ScheduleRuleT& rule, const fb::Case& state, const Zone& zone, Instant now);

Instant end_of(const fb::Session& session);

}  // namespace alliance::timing
