// SPDX-License-Identifier: Apache-2.0
// Instants as exports write them. Pure, but for the database of time zones, which is read once.
#pragma once

#include <alliance_schema/mapping_generated.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace alliance::files {

// What is wrong with how a mapping says a time is written; empty when nothing is.
struct TimeFault {
  std::string field, why;
};
TimeFault wrong(const fb::TimeFromT& from);

// Where a clock change leaves a local time out it moves forward by the gap; where it comes twice the earlier is taken.
std::optional<std::int64_t> instant_of(const fb::TimeFromT& from, std::string_view text);

}  // namespace alliance::files
