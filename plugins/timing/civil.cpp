// SPDX-License-Identifier: Apache-2.0
#include "civil.h"

#include <alliance/base.h>

#include <alliance/error.hpp>

namespace alliance::timing {
namespace {

using std::chrono::microseconds;

}  // namespace

Zone::Zone(const std::string& name) {
  try {
    zone_ = date::locate_zone(name.empty() ? "Etc/UTC" : name);
  } catch (const std::exception&) {
    throw Error(ALLIANCE_E_BAD_INPUT,
                "case: the zone is not in the IANA time zone database; give one such as "
                "Europe/London",
                name);
  }
}

Civil Zone::civil(Instant instant) const {
  const auto local = zone_->to_local(date::sys_time<microseconds>(microseconds(instant)));
  const auto date = date::floor<date::days>(local);
  return {date, static_cast<int>(std::chrono::duration_cast<std::chrono::minutes>(local - date).count())};
}

Instant Zone::instant(const Civil& civil) const {
  const date::local_time<microseconds> local = civil.date + std::chrono::minutes(civil.minutes);
  // In a gap `first` is what held before it: its offset moves the time forward by the gap. Where the time
  // comes twice `first` is the earlier.
  const date::local_info info = zone_->get_info(date::floor<std::chrono::seconds>(local));
  return local.time_since_epoch().count() - microseconds(info.first.offset).count();
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

void load_zones() { date::locate_zone("Etc/UTC")->get_info(date::sys_seconds{}); }

int clock_minutes(const std::string& text) {
  if (text.size() != 5 || text[2] != ':') return -1;
  for (const std::size_t i : {0u, 1u, 3u, 4u}) {
    if (text[i] < '0' || text[i] > '9') return -1;
  }
  const int hours = (text[0] - '0') * 10 + (text[1] - '0');
  const int minutes = (text[3] - '0') * 10 + (text[4] - '0');
  return hours < 24 && minutes < 60 ? hours * 60 + minutes : -1;
}

}  // namespace alliance::timing
