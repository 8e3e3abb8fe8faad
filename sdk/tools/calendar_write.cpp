// SPDX-License-Identifier: Apache-2.0
#include "calendar_write.h"

#include <libical/ical.h>

#include "export_write.h"
#include "ical_types.h"

namespace alliance::tools::calendar {
namespace {

icaltimetype in_utc(std::int64_t instant) {
  icaltimetype made = ical::time_of(instant);
  made.zone = icaltimezone_get_utc_timezone();
  return made;
}

// The component owns what is added to it.
void add(icalcomponent* to, icalproperty* property) { icalcomponent_add_property(to, property); }

void add_label(icalcomponent* to, const std::string& word, const std::string& value) {
  if (value.empty()) return;
  std::string name = "X-ALLIANCE-" + word;
  for (char& c : name) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  auto* own = icalproperty_new_x(value.c_str());
  icalproperty_set_x_name(own, name.c_str());
  add(to, own);
  add(to, icalproperty_new_categories(("alliance." + word + "=" + value).c_str()));
}

icalcomponent* component_of(const Item& entry, std::int64_t now) {
  // Minutes since 2020: a later file is a later revision, and a program's own revisions count from nought.
  constexpr std::int64_t year_2020 = INT64_C(1'577'836'800'000'000), minute = 60'000'000;
  auto* made = icalcomponent_new(entry.to_do ? ICAL_VTODO_COMPONENT : ICAL_VEVENT_COMPONENT);
  add(made, icalproperty_new_uid(entry.uid.c_str()));
  add(made, icalproperty_new_dtstamp(in_utc(now)));
  add(made, icalproperty_new_sequence(now > year_2020 ? static_cast<int>((now - year_2020) / minute) : 0));
  add(made, icalproperty_new_dtstart(in_utc(entry.from)));
  add(made, entry.to_do ? icalproperty_new_due(in_utc(entry.until)) : icalproperty_new_dtend(in_utc(entry.until)));
  add(made, icalproperty_new_summary(entry.title.c_str()));
  add(made, icalproperty_new_class(ICAL_CLASS_PRIVATE));
  if (!entry.to_do) add(made, icalproperty_new_transp(ICAL_TRANSP_OPAQUE));
  add_label(made, "kind", entry.labels.kind);
  add_label(made, "case", entry.labels.case_id);
  add_label(made, "practitioner", entry.labels.practitioner);
  add_label(made, "session", entry.labels.session);
  add_label(made, "mode", entry.labels.mode);
  add_label(made, "review", entry.labels.review);
  return made;
}

}  // namespace

std::string written(const std::vector<Item>& entries, std::int64_t now) {
  icalerror_set_errors_are_fatal(0);
  const ical::Component calendar(icalcomponent_new(ICAL_VCALENDAR_COMPONENT));
  add(calendar.get(), icalproperty_new_version("2.0"));
  add(calendar.get(), icalproperty_new_prodid("-//Alliance SDK//alliance//EN"));
  add(calendar.get(), icalproperty_new_method(ICAL_METHOD_PUBLISH));
  for (const Item& entry : entries) icalcomponent_add_component(calendar.get(), component_of(entry, now));
  const ical::Text text(icalcomponent_as_ical_string_r(calendar.get()));
  return text ? text.get() : "";
}

std::string uid_of(std::initializer_list<std::string> parts) {
  std::string text;
  for (const auto& part : parts) (text += part) += '\0';
  return study::sha256(text).substr(0, 32) + "@alliance-sdk";
}

}  // namespace alliance::tools::calendar
