// SPDX-License-Identifier: Apache-2.0
#include "calendar_entry.h"

#include <libical/ical.h>

#include <algorithm>
#include <charconv>

#include "ical_types.h"

namespace alliance::tools::calendar {

using appointments::Labels;

void refuse(const Line& line, const std::string& why) { throw Refused{line.number, line.name + " " + why}; }

std::string capitals(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

namespace {

// A property of its own is parsed by itself: what is wrong with it is wrong on this line.
icaltimetype value(const Line& line) {
  const ical::Property property(icalproperty_new_from_string(line.text.c_str()));
  auto* value = property ? icalproperty_get_value(property.get()) : nullptr;
  if (value != nullptr && icalvalue_isa(value) == ICAL_DATE_VALUE) return icalvalue_get_date(value);
  if (value != nullptr && icalvalue_isa(value) == ICAL_DATETIME_VALUE) return icalvalue_get_datetime(value);
  if (value != nullptr && icalvalue_isa(value) == ICAL_DATETIMEDATE_VALUE) return icalvalue_get_datetimedate(value);
  refuse(line, "cannot be read: a date such as 20260302 or a time such as 20260302T100000Z is expected");
}

std::uint32_t number_of(const Line* line) {
  if (line == nullptr) return 0;
  std::uint32_t number = 0;
  const auto value = line->value();
  const auto read = std::from_chars(value.data(), value.data() + value.size(), number);
  if (read.ec != std::errc() || read.ptr != value.data() + value.size()) refuse(*line, "is no number");
  return number;
}

std::int64_t told_by(const Component& event, bool& stable, Book& book) {
  const auto* line = event.find("LAST-MODIFIED");
  stable = line != nullptr;
  if (line == nullptr) line = event.find("DTSTAMP");
  if (line == nullptr) return 0;
  const auto stamp = book.stamp(*line);
  if (stamp.zone) refuse(*line, "is not in UTC");
  return stamp.instant();
}

void how_long(Entry& entry, Book& book) {
  const auto* end = entry.event->find("DTEND");
  const auto* duration = entry.event->find("DURATION");
  if (end != nullptr && duration != nullptr) refuse(*duration, "stands beside a DTEND: only one of them may");
  if (end != nullptr) {
    const Stamp ends = book.stamp(*end);
    if (ends.is_date != entry.starts.is_date) refuse(*end, "is a day where DTSTART is a time, or the other way round");
    entry.ends = ends.instant();
    entry.lasts = ends.is_date ? ends.shown - entry.starts.shown : *entry.ends - entry.starts.instant();
    if (entry.lasts <= 0 && ends.zone == entry.starts.zone && ends.shown > entry.starts.shown) {
      refuse(*end, "is no later than DTSTART: the clock goes forward between them; correct the times");
    }
  } else if (duration != nullptr) {
    const ical::Property property(icalproperty_new_from_string(duration->text.c_str()));
    auto* value = property ? icalproperty_get_value(property.get()) : nullptr;
    if (value == nullptr || icalvalue_isa(value) != ICAL_DURATION_VALUE) refuse(*duration, "cannot be read");
    const icaldurationtype lasts = icalvalue_get_duration(value);
    constexpr unsigned most = 10'000;
    if (lasts.is_neg || lasts.weeks > most || lasts.days > most || lasts.hours > most * 24 ||
        lasts.minutes > most * 1440 || lasts.seconds > most * 86'400) {
      refuse(*duration, "is no length of an appointment");
    }
    // Days and weeks are of the calendar; the rest is of the world (RFC 5545, 3.3.6).
    Stamp ends = entry.starts;
    ends.shown += (std::int64_t{lasts.weeks} * 7 + lasts.days) * day;
    const std::int64_t rest = ((std::int64_t{lasts.hours} * 60 + lasts.minutes) * 60 + lasts.seconds) * second;
    entry.ends = ends.instant() + rest;
    entry.lasts = entry.starts.is_date ? ends.shown - entry.starts.shown : *entry.ends - entry.starts.instant();
  } else {
    entry.lasts = entry.starts.is_date ? day : 0;
  }
  if (entry.lasts < 0) refuse(end != nullptr ? *end : *duration, "lies before DTSTART");
}

}  // namespace

void Book::bring(const std::vector<std::string>& zones) {
  for (const auto& text : zones) {
    auto made = described_zone(text);
    if (!made.name.empty()) own_.emplace(made.name, made.zone);
  }
}

std::shared_ptr<const Zone> Book::find(const Line& line) {
  const std::string name = line.parameter("TZID");
  if (name.empty()) {
    if (floating_) return floating_;
    refuse(line, "has no zone: say whose clock it is by --zone, for example --zone Europe/London");
  }
  auto& known = known_[name];
  if (!known) known = iana_zone(name);
  if (!known && own_.contains(name)) known = own_[name];
  if (!known) refuse(line, "names a zone that is neither in the IANA database nor described in the file");
  return known;
}

Stamp Book::stamp(const Line& line, const Stamp* of) {
  const icaltimetype time = value(line);
  Stamp made;
  made.is_date = time.is_date != 0;
  if (!ical::shown_of(time, made.shown)) refuse(line, "is no date or time between 1970 and 2100");
  const bool only_day = made.is_date && line.parameter("TZID").empty();
  if (only_day && of != nullptr) {
    made.zone = of->zone;
  } else if (!icaltime_is_utc(time)) {
    made.zone = only_day ? days(line) : find(line);
  }
  return made;
}

std::vector<Stamp> Book::stamps(const Line& line, const Stamp& of) {
  std::vector<Stamp> made;
  const auto value = line.value();
  const std::string head = line.text.substr(0, line.text.size() - value.size());
  for (const auto& one : texts_of(value)) {
    Line alone = line;
    alone.text = head + one;
    made.push_back(stamp(alone, &of));
    if (made.size() > most_of_a_series) refuse(line, "names more than 5000 dates");
  }
  return made;
}

std::shared_ptr<const Zone> Book::days(const Line& line) {
  if (floating_) return floating_;
  refuse(line,
         "is a day, and no zone says when it begins: say whose clock it is by --zone, for example --zone "
         "Europe/London");
}

Labels labels_in(const Component& event) {
  Labels made;
  const std::pair<const char*, std::string Labels::*> words[] = {
      {"kind", &Labels::kind},           {"case", &Labels::case_id}, {"practitioner", &Labels::practitioner},
      {"session", &Labels::session},     {"mode", &Labels::mode},    {"outcome", &Labels::outcome},
      {"component", &Labels::component}, {"review", &Labels::review}};
  for (const auto& [word, label] : words) {
    if (const auto* line = event.find("X-ALLIANCE-" + capitals(word))) made.*label = unescaped(line->value());
  }
  for (const auto& line : event.lines) {
    if (line.name != "CATEGORIES") continue;
    for (const std::string& typed : texts_of(line.value())) {  // by hand, so case and blanks around it do not count
      const std::string category = typed.substr(std::min(typed.find_first_not_of(' '), typed.size()));
      for (const auto& [word, label] : words) {
        const std::string prefix = capitals(std::string("alliance.") + word + "=");
        if ((made.*label).empty() && capitals(category).starts_with(prefix))
          made.*label = category.substr(prefix.size());
      }
    }
  }
  return made;
}

Entry entry_of(const Component& event, Book& book) {
  const auto* starts = event.find("DTSTART");
  if (starts == nullptr) throw Refused{event.number, "the appointment that begins here has no DTSTART"};
  const auto* uid = event.find("UID");
  if (uid == nullptr || uid->value().empty()) {
    throw Refused{event.number, "the appointment that begins here has no UID: nobody could tell it again"};
  }
  Entry entry;
  entry.event = &event;
  entry.uid = unescaped(uid->value());
  entry.starts = book.stamp(*starts);
  how_long(entry, book);
  if (const auto* line = event.find("RECURRENCE-ID")) {
    if (!line->parameter("RANGE").empty()) {
      refuse(*line, "changes all that follows (RANGE): write the rest as a series of its own");
    }
    entry.replaces = book.stamp(*line).instant();
  }
  if (const auto* line = event.find("RDATE"))
    refuse(*line, "is not taken: write that date as an appointment of its own");
  if (const auto* line = event.find("EXRULE")) refuse(*line, "is not taken: name the dates in EXDATE");
  entry.sequence = number_of(event.find("SEQUENCE"));
  entry.told = told_by(event, entry.told_is_stable, book);
  const auto* status = event.find("STATUS");
  entry.cancelled = status != nullptr && capitals(std::string(status->value())) == "CANCELLED";
  const auto* transparent = event.find("TRANSP");
  entry.busy =
      !entry.cancelled && (transparent == nullptr || capitals(std::string(transparent->value())) != "TRANSPARENT");
  entry.labels = labels_in(event);
  return entry;
}

}  // namespace alliance::tools::calendar
