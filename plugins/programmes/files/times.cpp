// SPDX-License-Identifier: Apache-2.0
#include "times.h"

#include <date/tz.h>

#include <charconv>

#include "../../shared/iso8601.h"

namespace alliance::files {
namespace {

using fb::TimeFormat;

const date::time_zone* zone_of(const std::string& name) {
  try {
    return name.empty() ? nullptr : date::locate_zone(name);
  } catch (const std::exception&) {
    return nullptr;
  }
}

// "2026-03-29 01:30:00.5" as if it were UTC.
std::optional<std::int64_t> as_if_utc(std::string_view text) {
  std::string iso(text);
  if (iso.size() < 16 || (iso[10] != ' ' && iso[10] != 'T')) return std::nullopt;
  iso[10] = 'T';
  return shared::instant(iso + "Z");
}

std::optional<std::int64_t> number(std::string_view text, std::int64_t factor) {
  std::int64_t value = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (bad != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (value <= 0 || value > 4'102'444'800'000'000 / factor) return std::nullopt;
  return value * factor;
}

}  // namespace

TimeFault wrong(const fb::TimeFromT& from) {
  const bool local = from.format == TimeFormat::local || from.format == TimeFormat::local_date;
  if (from.format == TimeFormat::unset) return {"format", "say how the time is written: iso, local, local_date, ..."};
  if (local && from.zone.empty()) {
    return {"zone", "a time without an offset may be UTC or local: say which, such as Etc/UTC or Europe/London"};
  }
  if (!local && !from.zone.empty()) return {"zone", "a time of this format has no zone of its own: leave it out"};
  if (local && zone_of(from.zone) == nullptr) return {"zone", "it is not in the IANA time zone database"};
  if (from.format == TimeFormat::local_date) {
    if (from.clock.size() != 5 || !as_if_utc("2026-01-01 " + from.clock)) {
      return {"clock", "a day needs a time of day, such as 12:00"};
    }
  } else if (!from.clock.empty()) {
    return {"clock", "only a local_date has it"};
  }
  return {};
}

std::optional<std::int64_t> instant_of(const fb::TimeFromT& from, std::string_view text) {
  switch (from.format) {
    case TimeFormat::iso:
      return shared::instant(text);
    case TimeFormat::seconds:
      return number(text, 1'000'000);
    case TimeFormat::milliseconds:
      return number(text, 1'000);
    case TimeFormat::local:
    case TimeFormat::local_date:
      break;
    case TimeFormat::unset:
      return std::nullopt;
  }
  const bool day = from.format == TimeFormat::local_date;
  if (day && text.size() != 10) return std::nullopt;
  const auto shown = as_if_utc(day ? std::string(text) + " " + from.clock : std::string(text));
  const date::time_zone* zone = zone_of(from.zone);
  if (!shown || zone == nullptr) return std::nullopt;
  const date::local_time<std::chrono::microseconds> local{std::chrono::microseconds(*shown)};
  const auto info = zone->get_info(date::floor<std::chrono::seconds>(local));
  const std::int64_t at = *shown - std::chrono::microseconds(info.first.offset).count();
  return at > 0 ? std::optional(at) : std::nullopt;
}

}  // namespace alliance::files
