// SPDX-License-Identifier: Apache-2.0
// Instants to civil time and back, in a zone of the IANA database, for a client who may move to another.
//
// Where a clock change leaves a local time out, it moves forward by the gap (01:30 that does not exist
// becomes 02:30); where a local time comes twice, the earlier is taken.
#pragma once

#include <date/tz.h>

#include <cstdint>
#include <string>
#include <vector>

namespace alliance::timing {

using Instant = std::int64_t;  // microseconds since 1970 UTC
inline constexpr Instant second = 1'000'000;
inline constexpr Instant minute = 60 * second;
inline constexpr Instant hour = 60 * minute;
inline constexpr Instant day = 24 * hour;

// Instants outside 1970 to 2200 are a mistake somewhere, and arithmetic with them could overflow.
inline constexpr Instant latest = INT64_C(7'258'118'400'000'000);
constexpr bool plausible(Instant instant) { return instant >= 0 && instant < latest; }

struct Civil {
  date::local_days date;
  int minutes = 0;  // since midnight
};

class Zone {
 public:
  // Refuses a zone that the database does not know, by name. Empty: UTC.
  explicit Zone(const std::string& name);

  // From `from` on the client lives in `name`. Moves are given in the order of time.
  void move(Instant from, const std::string& name);

  Civil civil(Instant instant) const;
  // In the zone that is in force then. Where a move leaves the time out, as the zone before it has it; where a
  // move makes it come twice, as the zone after it has it.
  Instant instant(const Civil& civil) const;
  // The first time at or after `instant` at which the clock shows `minutes` since midnight.
  Instant next(Instant instant, int minutes) const;
  // Whole days on the calendar, the rest in hours.
  Instant shifted(Instant instant, std::int64_t hours) const;

 private:
  struct Stay {
    Instant from;
    const date::time_zone* zone;
  };
  std::vector<Stay> stays_;
};

// Loads the database now, so that no later call waits for a disk; its version, such as "2024a".
std::string load_zones();

// "09:00" to minutes since midnight, or -1.
int clock_minutes(const std::string& text);

// "2026-03-29" to a day; false when it is none between 1970 and 2199.
bool calendar_day(const std::string& text, date::local_days& out);
std::string to_text(date::local_days date);

}  // namespace alliance::timing
