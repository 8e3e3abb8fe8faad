// SPDX-License-Identifier: Apache-2.0
// From what a clock shows to instants and back: zones of the IANA database, and those that a calendar brings itself.
//
// A time that a clock change leaves out moves forward by the gap; of one that comes twice the first is taken
// (RFC 5545, 3.3.5).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/result.h"

namespace alliance::tools::calendar {

inline constexpr std::int64_t second = 1'000'000;
inline constexpr std::int64_t day = 86'400 * second;

// What a clock shows, in microseconds as if it were UTC.
using Local = std::int64_t;

class Zone {
 public:
  virtual ~Zone() = default;
  virtual std::int64_t instant(Local shown) const = 0;
};

// One of the IANA database; nothing when it has none of that name.
std::shared_ptr<const Zone> iana_zone(const std::string& name);

// A zone that a calendar describes. Null where it cannot be understood; its TZID beside it.
struct Described {
  std::string name;
  std::shared_ptr<const Zone> zone;
};
Described described_zone(const std::string& vtimezone);

// How the offset of an IANA zone changes between two instants: from `from` on a clock shows UTC plus `offset`.
struct Offset {
  std::int64_t from = 0;
  std::int64_t offset = 0;  // microseconds
};
Result<std::vector<Offset>> offsets(const std::string& zone, std::int64_t from, std::int64_t until);

// "2026-03-02", "2026-03-02T10:00", with a blank for the T, seconds allowed; Z or +01:00 at the end make it an instant,
// without them it is what the clock of `zone` shows. Nothing where it is none of that, or where a zone is missing.
struct When {
  std::optional<std::int64_t> instant;
  bool needs_zone = false;
};
When when_of(std::string_view text, const Zone* zone);

}  // namespace alliance::tools::calendar
