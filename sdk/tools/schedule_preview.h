// SPDX-License-Identifier: Apache-2.0
// A schedule on the calendar of an imagined case: as text, JSON and SVG. Pure.
#pragma once

#include <alliance_schema/policy_generated.h>
#include <alliance_schema/review_generated.h>

#include <cstdint>
#include <string>
#include <vector>

namespace alliance::tools::schedule {

// The case that is imagined. Its clock is UTC, so that a preview has no clock changes.
struct Imagined {
  std::int64_t start = 0;  // when it is opened
  int weeks = 12, sessions = 6, session_every_days = 14, modules = 5;
  std::string delivery = "blended";
};

// What happens in the imagined case, by day since its start: sessions in person, and modules completed between them.
std::vector<int> session_days(const Imagined& imagined);
std::vector<int> module_days(const Imagined& imagined);

struct Mark {
  int day = 0;  // since the start
  std::string letter;
};
struct Rule {
  std::string letter, id, who, what;
  int times = 0;
};
struct Calendar {
  Imagined imagined;
  std::vector<Mark> marks;
  std::vector<Rule> rules;
  std::vector<std::string> notes;  // what no calendar can show, what is unverified, which roles nobody plays
};

Calendar calendar(const fb::ScheduleT& schedule, const fb::DueListT& due, const Imagined& imagined);
std::string as_text(const fb::ScheduleT& schedule, const Calendar& calendar);
std::string as_json(const fb::ScheduleT& schedule, const Calendar& calendar);  // one line
std::string as_svg(const fb::ScheduleT& schedule, const Calendar& calendar);

}  // namespace alliance::tools::schedule
