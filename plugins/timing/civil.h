// SPDX-License-Identifier: Apache-2.0
// Instants to civil time and back, in a zone of the IANA database.
//
// Where a clock change leaves a local time out, it moves forward by the gap (01:30 that does not exist
// becomes 02:30); where a local time comes twice, the earlier is taken.
#pragma once

#include <date/tz.h>

#include <cstdint>
#include <string>

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

  Civil civil(Instant instant) const;
  Instant instant(const Civil& civil) const;
  // The first time at or after `instant` at which the clock shows `minutes` since midnight.
  Instant next(Instant instant, int minutes) const;

 private:
  const date::time_zone* zone_;
};

// Loads the database now, so that no later call waits for a disk.
void load_zones();

// "09:00" to minutes since midnight, or -1.
int clock_minutes(const std::string& text);

}  // namespace alliance::timing
