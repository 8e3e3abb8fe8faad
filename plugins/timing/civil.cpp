// SPDX-License-Identifier: Apache-2.0
#include "civil.h"

#include <alliance/base.h>

#include <alliance/error.hpp>
#include <cstdio>

namespace alliance::timing {
namespace {

using std::chrono::microseconds;

const date::time_zone* located(const std::string& name) {
  try {
    return date::locate_zone(name.empty() ? "Etc/UTC" : name);
  } catch (const std::exception&) {
    throw Error(ALLIANCE_E_BAD_INPUT,
                "case: the zone is not in the IANA time zone database; give one such as "
                "Europe/London",
                name);
  }
}

Instant instant_in(const date::time_zone& zone, const Civil& civil) {
  const date::local_time<microseconds> local = civil.date + std::chrono::minutes(civil.minutes);
  // In a gap `first` is what held before it: its offset moves the time forward by the gap. Where the time
  // comes twice `first` is the earlier.
  const date::local_info info = zone.get_info(date::floor<std::chrono::seconds>(local));
  return local.time_since_epoch().count() - microseconds(info.first.offset).count();
}

}  // namespace

Zone::Zone(const std::string& name) : stays_{{INT64_MIN, located(name)}} {}

void Zone::move(Instant from, const std::string& name) { stays_.push_back({from, located(name)}); }

Civil Zone::civil(Instant instant) const {
  auto stay = stays_.rbegin();
  while (stay->from > instant) ++stay;
  const auto local = stay->zone->to_local(date::sys_time<microseconds>(microseconds(instant)));
  const auto date = date::floor<date::days>(local);
  return {date, static_cast<int>(std::chrono::duration_cast<std::chrono::minutes>(local - date).count())};
}

Instant Zone::instant(const Civil& civil) const {
  for (std::size_t i = stays_.size() - 1; i > 0; --i) {
    const Instant found = instant_in(*stays_[i].zone, civil);
    if (found >= stays_[i].from) return found;
  }
  return instant_in(*stays_.front().zone, civil);
}

Instant Zone::next(Instant from, int minutes) const {
  Civil at = civil(from);
  at.minutes = minutes;
  at.date -= date::days(1);  // a moved time of the day before may still lie ahead
  Instant found = instant(at);
  while (found < from) {
    at.date += date::days(1);
    found = instant(at);
  }
  return found;
}

Instant Zone::shifted(Instant from, std::int64_t hours) const {
  const std::int64_t days = hours / 24;
  if (days == 0) return from + hours * hour;
  Civil at = civil(from);
  const Instant within = from - instant(at);  // what is finer than a minute
  at.date += date::days(days);
  return instant(at) + within + (hours - days * 24) * hour;
}

std::string load_zones() {
  date::locate_zone("Etc/UTC")->get_info(date::sys_seconds{});
  return date::get_tzdb().version;
}

int clock_minutes(const std::string& text) {
  if (text.size() != 5 || text[2] != ':') return -1;
  for (const std::size_t i : {0u, 1u, 3u, 4u}) {
    if (text[i] < '0' || text[i] > '9') return -1;
  }
  const int hours = (text[0] - '0') * 10 + (text[1] - '0');
  const int minutes = (text[3] - '0') * 10 + (text[4] - '0');
  return hours < 24 && minutes < 60 ? hours * 60 + minutes : -1;
}

bool calendar_day(const std::string& text, date::local_days& out) {
  int year = 0;
  unsigned month = 0, of_month = 0;
  int used = 0;
  if (text.size() != 10 || std::sscanf(text.c_str(), "%4d-%2u-%2u%n", &year, &month, &of_month, &used) != 3)
    return false;
  const date::year_month_day found{date::year(year), date::month(month), date::day(of_month)};
  if (used != 10 || !found.ok() || year < 1970 || year >= 2200) return false;
  out = date::local_days(found);
  return true;
}

std::string to_text(date::local_days date) { return date::format("%F", date); }

}  // namespace alliance::timing
