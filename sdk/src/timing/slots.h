// SPDX-License-Identifier: Apache-2.0
// Protected time for online reviews: slots within working hours that stay clear of what is booked. Pure: the zone comes
// in as the offsets that hold, so nothing here asks a database of zones.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/result.h"

namespace alliance::slots {

// Instants in microseconds, the end not included.
struct Span {
  std::int64_t from = 0, until = 0;
  bool operator==(const Span&) const = default;
};

// From `from` on, and until the next, a clock shows UTC plus `offset` (microseconds). In order; the first holds before
// its time as well.
struct Offset {
  std::int64_t from = 0, offset = 0;
};

// Every week: from Monday, 0, to Sunday, 6; minutes since midnight, as the clock shows them.
struct Hours {
  int weekday = 0, from = 0, until = 0;
};

struct Terms {
  Span within;
  double minutes = 0;  // for which room is to be found
  int shortest = 15;   // of a slot, in minutes; whole steps
  int longest = 60;
  int step = 15;       // slots begin where the clock shows a multiple of this, and last a multiple of it
  int clear = 0;       // minutes kept free before and after what is booked, and between slots
  int most_a_day = 2;  // on the clock's days
};

struct Proposed {
  std::vector<Span> slots;  // in order
  double missing = 0;       // minutes for which there is no room
};

// ALLIANCE_E_BAD_INPUT names the value.
Result<void> check(std::span<const Hours> hours);
Result<void> check(const Terms& terms);

// When the clock shows working hours, in order and apart. An hour that comes twice is worked twice, one that a clock
// change leaves out is not worked.
std::vector<Span> working(std::span<const Hours> hours, std::span<const Offset> offsets, const Span& within);

// `free` less what overlaps with `busy`, each widened by `clear` on both sides. In order and apart.
std::vector<Span> clear_of(std::span<const Span> free, std::span<const Span> busy, std::int64_t clear);

// Slots one after the other, each as early as it can be and as long as it is needed, up to `longest`. What was checked
// goes in.
Proposed propose(std::span<const Hours> hours, std::span<const Offset> offsets, std::span<const Span> busy,
                 const Terms& terms);

}  // namespace alliance::slots
