// SPDX-License-Identifier: Apache-2.0
#include "calendar_zones.h"

#include <date/tz.h>
#include <libical/ical.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "ical_types.h"

namespace alliance::tools::calendar {
namespace {

using std::chrono::microseconds;

const date::time_zone* located(const std::string& name) {
  try {
    return date::locate_zone(name);
  } catch (const std::exception&) {
    return nullptr;
  }
}

class IanaZone final : public Zone {
 public:
  explicit IanaZone(const date::time_zone& zone) : zone_(zone) {}
  std::int64_t instant(Local shown) const override {
    const date::local_time<microseconds> local{microseconds(shown)};
    return shown - microseconds(zone_.get_info(date::floor<std::chrono::seconds>(local)).first.offset).count();
  }

 private:
  const date::time_zone& zone_;
};

class OwnZone final : public Zone {
 public:
  explicit OwnZone(ical::Timezone zone) : zone_(std::move(zone)) {}
  std::int64_t instant(Local shown) const override {
    icaltimetype local = ical::time_of(shown);
    int summer = 0;
    const std::int64_t offset = icaltimezone_get_utc_offset(zone_.get(), &local, &summer);
    return shown - offset * second;
  }

 private:
  ical::Timezone zone_;
};

std::optional<unsigned> digits(std::string_view text, std::size_t from, std::size_t count) {
  unsigned value = 0;
  for (std::size_t i = from; i < from + count; ++i) {
    if (i >= text.size() || text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + static_cast<unsigned>(text[i] - '0');
  }
  return value;
}

}  // namespace

std::shared_ptr<const Zone> iana_zone(const std::string& name) {
  const auto* zone = name.empty() ? nullptr : located(name);
  return zone == nullptr ? nullptr : std::make_shared<IanaZone>(*zone);
}

Described described_zone(const std::string& vtimezone) {
  const ical::Component component(icalparser_parse_string(vtimezone.c_str()));
  if (!component || icalcomponent_isa(component.get()) != ICAL_VTIMEZONE_COMPONENT) return {};
  auto* name = icalcomponent_get_first_property(component.get(), ICAL_TZID_PROPERTY);
  const char* text = name == nullptr ? nullptr : icalproperty_get_tzid(name);
  if (text == nullptr || *text == '\0') return {};
  Described made{text, nullptr};
  ical::Timezone zone(icaltimezone_new());
  if (icaltimezone_set_component(zone.get(), icalcomponent_new_clone(component.get())) == 0) return made;
  made.zone = std::make_shared<OwnZone>(std::move(zone));
  return made;
}

Result<std::vector<Offset>> offsets(const std::string& name, std::int64_t from, std::int64_t until) {
  const auto* zone = located(name);
  if (zone == nullptr) {
    return fail(ALLIANCE_E_BAD_INPUT, "the zone is not in the IANA time zone database; give one such as Europe/London");
  }
  std::vector<Offset> made;
  for (std::int64_t at = from; at < until;) {
    const auto info = zone->get_info(date::sys_time<microseconds>(microseconds(at)));
    made.push_back({at, microseconds(info.offset).count()});
    const auto end = microseconds(info.end.time_since_epoch()).count();
    if (end <= at) break;
    at = end;
  }
  return made;
}

When when_of(std::string_view text, const Zone* zone) {
  const auto year = digits(text, 0, 4), month = digits(text, 5, 2), of_month = digits(text, 8, 2);
  if (!year || !month || !of_month || text[4] != '-' || text[7] != '-') return {};
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)), std::chrono::month(*month),
                                         std::chrono::day(*of_month)};
  if (!date.ok() || *year < 1970 || *year > 2099) return {};
  Local shown = std::int64_t{std::chrono::sys_days(date).time_since_epoch().count()} * day;
  text.remove_prefix(10);
  if (!text.empty() && (text[0] == 'T' || text[0] == ' ')) {
    const auto hour = digits(text, 1, 2), minute = digits(text, 4, 2);
    if (!hour || !minute || text[3] != ':' || *hour > 23 || *minute > 59) return {};
    shown += (std::int64_t{*hour} * 60 + *minute) * 60 * second;
    text.remove_prefix(6);
    if (!text.empty() && text[0] == ':') {
      const auto seconds = digits(text, 1, 2);
      if (!seconds || *seconds > 59) return {};
      shown += *seconds * second;
      text.remove_prefix(3);
    }
    if (text == "Z") return {shown, false};
    if (!text.empty()) {
      const auto hours = digits(text, 1, 2), minutes = digits(text, 4, 2);
      if ((text[0] != '+' && text[0] != '-') || !hours || !minutes || text[3] != ':' || text.size() != 6 ||
          *hours > 15 || *minutes > 59) {
        return {};
      }
      const std::int64_t offset = (std::int64_t{*hours} * 60 + *minutes) * 60 * second;
      return {text[0] == '+' ? shown - offset : shown + offset, false};
    }
  } else if (!text.empty()) {
    return {};
  }
  if (zone == nullptr) return {std::nullopt, true};
  return {zone->instant(shown), false};
}

}  // namespace alliance::tools::calendar
