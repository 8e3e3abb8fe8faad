// SPDX-License-Identifier: Apache-2.0
// libical's things as values that free themselves. Only what reads and writes calendars includes this.
#pragma once

#include <libical/ical.h>

#include <chrono>
#include <cstdint>
#include <memory>

namespace alliance::tools::ical {

struct Free {
  void operator()(icalcomponent* component) const noexcept { icalcomponent_free(component); }
  void operator()(icalproperty* property) const noexcept { icalproperty_free(property); }
  void operator()(icalrecur_iterator* iterator) const noexcept { icalrecur_iterator_free(iterator); }
  void operator()(icaltimezone* zone) const noexcept { icaltimezone_free(zone, 1); }
  void operator()(char* text) const noexcept { icalmemory_free_buffer(text); }
};
using Component = std::unique_ptr<icalcomponent, Free>;
using Property = std::unique_ptr<icalproperty, Free>;
using Recurrence = std::unique_ptr<icalrecur_iterator, Free>;
using Timezone = std::unique_ptr<icaltimezone, Free>;
using Text = std::unique_ptr<char, Free>;

// What a clock shows, in microseconds as if it were UTC, and back. To the second.
inline icaltimetype time_of(std::int64_t shown) {
  const std::chrono::sys_seconds at{std::chrono::seconds(shown / 1'000'000)};
  const auto date = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day on{date};
  const std::chrono::hh_mm_ss of_day{at - date};
  icaltimetype made = icaltime_null_time();
  made.year = static_cast<int>(on.year());
  made.month = static_cast<int>(static_cast<unsigned>(on.month()));
  made.day = static_cast<int>(static_cast<unsigned>(on.day()));
  made.hour = static_cast<int>(of_day.hours().count());
  made.minute = static_cast<int>(of_day.minutes().count());
  made.second = static_cast<int>(of_day.seconds().count());
  return made;
}

// False: it is no date and time between 1970 and 2100.
inline bool shown_of(const icaltimetype& time, std::int64_t& out) {
  const std::chrono::year_month_day on{std::chrono::year(time.year),
                                       std::chrono::month(static_cast<unsigned>(time.month)),
                                       std::chrono::day(static_cast<unsigned>(time.day))};
  if (time.year < 1970 || time.year > 2099 || time.month < 1 || time.day < 1 || !on.ok()) return false;
  const bool clock =
      time.hour >= 0 && time.hour < 24 && time.minute >= 0 && time.minute < 60 && time.second >= 0 && time.second <= 60;
  if (!time.is_date && !clock) return false;
  const std::int64_t days = std::chrono::sys_days(on).time_since_epoch().count();
  const std::int64_t seconds = time.is_date ? 0 : (time.hour * 60 + time.minute) * 60 + time.second;
  out = (days * 86'400 + seconds) * 1'000'000;
  return true;
}

}  // namespace alliance::tools::ical
