// SPDX-License-Identifier: Apache-2.0
// Instants and durations as xAPI, FHIR and most exports write them (ISO 8601). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace alliance::shared {

// "2026-03-29T01:30:00.123+01:00" to microseconds since 1970 UTC. Without an offset or Z it is no instant.
// Digits past the microsecond are cut; years 1970 to 2199.
std::optional<std::int64_t> instant(std::string_view text);

// "PT1H30M", "PT90.5S", "P1DT2H", "P2W" to minutes. Years and months have no fixed length and are refused,
// as is what is longer than a year.
std::optional<double> minutes(std::string_view text);

// The day of the month (UTC), from 1.
std::uint8_t month_day(std::int64_t instant);

// Microseconds to "2026-03-29T00:30:00.123Z"; the fraction in milliseconds.
std::string utc(std::int64_t instant);

}  // namespace alliance::shared
