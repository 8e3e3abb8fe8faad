// SPDX-License-Identifier: Apache-2.0
#include "calendar_read.h"

#include <libical/ical.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "calendar_lines.h"
#include "calendar_zones.h"
#include "ical_types.h"

namespace alliance::tools::calendar {
namespace {

using appointments::Appointment;
using appointments::Fault;
using appointments::Labels;

constexpr std::size_t most_of_a_series = 5'000;
constexpr std::int64_t latest = INT64_C(4'102'444'800'000'000);  // 2100

struct Refused {
  std::uint64_t line;
  std::string sentence;
};
[[noreturn]] void refuse(const Line& line, const std::string& why) {
  throw Refused{line.number, line.name + " " + why};
}

std::string capitals(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

// A time as it stands in the file.
struct Stamp {
  Local shown = 0;
  std::shared_ptr<const Zone> zone;  // null: UTC
  bool is_date = false;
  std::int64_t instant() const { return zone ? zone->instant(shown) : shown; }
};

class Book {
 public:
  explicit Book(const Reading& how) : floating_(iana_zone(how.zone)) {}

  void bring(const std::vector<std::string>& zones) {
    for (const auto& text : zones) {
      auto made = described_zone(text);
      if (!made.name.empty()) own_.emplace(made.name, made.zone);
    }
  }
  // The IANA database knows better than the file what a zone of that name does.
  std::shared_ptr<const Zone> find(const Line& line) {
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

  Stamp stamp(const Line& line) {
    const icaltimetype time = value(line);
    Stamp made;
    made.is_date = time.is_date != 0;
    if (!ical::shown_of(time, made.shown)) refuse(line, "is no date or time between 1970 and 2100");
    if (!icaltime_is_utc(time)) made.zone = made.is_date && line.parameter("TZID").empty() ? days(line) : find(line);
    return made;
  }
  // Dates in a list, each by itself.
  std::vector<Stamp> stamps(const Line& line) {
    std::vector<Stamp> made;
    const auto value = line.value();
    const std::string head = line.text.substr(0, line.text.size() - value.size());
    for (const auto& one : texts_of(value)) {
      Line alone = line;
      alone.text = head + one;
      made.push_back(stamp(alone));
      if (made.size() > most_of_a_series) refuse(line, "names more than 5000 dates");
    }
    return made;
  }

 private:
  // A property of its own is parsed by itself: what is wrong with it is wrong on this line.
  static icaltimetype value(const Line& line) {
    const ical::Property property(icalproperty_new_from_string(line.text.c_str()));
    auto* value = property ? icalproperty_get_value(property.get()) : nullptr;
    if (value != nullptr && icalvalue_isa(value) == ICAL_DATE_VALUE) return icalvalue_get_date(value);
    if (value != nullptr && icalvalue_isa(value) == ICAL_DATETIME_VALUE) return icalvalue_get_datetime(value);
    if (value != nullptr && icalvalue_isa(value) == ICAL_DATETIMEDATE_VALUE) return icalvalue_get_datetimedate(value);
    refuse(line, "cannot be read: a date such as 20260302 or a time such as 20260302T100000Z is expected");
  }
  std::shared_ptr<const Zone> days(const Line& line) {
    if (floating_) return floating_;
    refuse(line,
           "is a day, and no zone says when it begins: say whose clock it is by --zone, for example --zone "
           "Europe/London");
  }

  std::shared_ptr<const Zone> floating_;
  std::map<std::string, std::shared_ptr<const Zone>> known_, own_;
};

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
    for (const auto& category : texts_of(line.value())) {
      for (const auto& [word, label] : words) {
        const std::string prefix = std::string("alliance.") + word + "=";
        if ((made.*label).empty() && category.starts_with(prefix)) made.*label = category.substr(prefix.size());
      }
    }
  }
  return made;
}

std::uint32_t number_of(const Line* line) {
  if (line == nullptr) return 0;
  std::uint32_t number = 0;
  const auto value = line->value();
  const auto read = std::from_chars(value.data(), value.data() + value.size(), number);
  if (read.ec != std::errc() || read.ptr != value.data() + value.size()) refuse(*line, "is no number");
  return number;
}

// One VEVENT.
struct Entry {
  const Component* event = nullptr;
  std::string uid;
  Stamp starts;
  std::int64_t lasts = 0;            // microseconds, of the clock for days and of the world for times
  std::optional<std::int64_t> ends;  // as it was said, where it does not repeat
  std::int64_t replaces = 0;         // the instant of a series that it stands in place of; 0: none
  std::uint32_t sequence = 0;
  std::int64_t told = 0;
  bool told_is_stable = false, cancelled = false, busy = true;
  Labels labels;

  auto revision() const { return std::tie(sequence, told); }
};

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

Appointment appointment(const Entry& entry, std::int64_t occurrence, std::uint32_t index, Local shown) {
  Appointment made;
  made.line = entry.event->number;
  made.uid = entry.uid;
  made.occurrence = occurrence;
  made.index = index;
  made.sequence = entry.sequence;
  made.told = entry.told;
  made.told_is_stable = entry.told_is_stable;
  made.revised = entry.sequence > 0;
  made.cancelled = entry.cancelled;
  made.busy = entry.busy;
  Stamp starts = entry.starts;
  starts.shown = shown;
  made.from = starts.instant();
  Stamp ends = starts;
  ends.shown += entry.lasts;
  made.until = starts.is_date ? ends.instant() : made.from + entry.lasts;
  if (shown == entry.starts.shown && entry.ends) made.until = *entry.ends;
  made.labels = entry.labels;
  return made;
}

// The places of a series on the clock of its beginning, the first being that beginning.
std::vector<Local> places(const Entry& entry, const Line& rule, const Reading& how) {
  const std::string text = capitals(rule.text);
  if (text.find("RSCALE") != std::string::npos) refuse(rule, "counts by another calendar (RSCALE)");
  const ical::Property property(icalproperty_new_from_string(rule.text.c_str()));
  auto* value = property ? icalproperty_get_value(property.get()) : nullptr;
  if (value == nullptr || icalvalue_isa(value) != ICAL_RECUR_VALUE) refuse(rule, "cannot be read");
  icalrecurrencetype recurs = icalvalue_get_recur(value);
  if (recurs.freq < ICAL_DAILY_RECURRENCE || recurs.freq > ICAL_YEARLY_RECURRENCE) {
    refuse(rule, "repeats more often than by the day");
  }
  if (recurs.interval < 1 || recurs.count < 0) refuse(rule, "has an INTERVAL or COUNT below 1");
  const bool ends = !icaltime_is_null_time(recurs.until);
  if (recurs.count == 0 && !ends && how.until == 0) {
    refuse(rule, "goes on for ever: say up to when by --to DATE");
  }
  // What it ends by is held against instants here: the iterator would hold UTC against the clock.
  std::int64_t last = latest;
  Local last_shown = latest;
  if (ends) {
    Local shown = 0;
    if (!ical::shown_of(recurs.until, shown)) refuse(rule, "has an UNTIL that is no date between 1970 and 2100");
    if (icaltime_is_utc(recurs.until)) {
      last = shown;
    } else {
      last_shown = recurs.until.is_date ? shown + day - second : shown;
    }
    recurs.until = icaltime_null_time();
  }
  icaltimetype first = ical::time_of(entry.starts.shown);
  first.is_date = entry.starts.is_date ? 1 : 0;
  const ical::Recurrence iterator(icalrecur_iterator_new(recurs, first));
  if (!iterator) refuse(rule, "cannot be counted out");
  std::vector<Local> made;
  for (;;) {
    const icaltimetype next = icalrecur_iterator_next(iterator.get());
    Local shown = 0;
    if (icaltime_is_null_time(next) || !ical::shown_of(next, shown)) break;
    Stamp at = entry.starts;
    at.shown = shown;
    const std::int64_t instant = at.instant();
    if (shown > last_shown || instant > last || (how.until != 0 && instant >= how.until)) break;
    made.push_back(shown);
    if (made.size() > most_of_a_series) refuse(rule, "repeats more than 5000 times: say up to when by --to DATE");
  }
  // The beginning counts although the rule may leave it out (RFC 5545, 3.8.5.3).
  if (made.empty() || made.front() != entry.starts.shown) made.insert(made.begin(), entry.starts.shown);
  if (recurs.count > 0 && made.size() > static_cast<std::size_t>(recurs.count)) made.pop_back();
  return made;
}

Labels without_number(Labels labels) {
  labels.session.clear();
  return labels;
}

// All that bears one UID.
struct Series {
  std::optional<Entry> whole;
  std::map<std::int64_t, Entry> moved;  // by what they stand in place of

  void add(Entry entry) {
    auto& place = moved;
    if (entry.replaces == 0) {
      if (!whole || whole->revision() < entry.revision()) whole = std::move(entry);
      return;
    }
    const auto found = place.find(entry.replaces);
    if (found == place.end()) {
      place.emplace(entry.replaces, std::move(entry));
    } else if (found->second.revision() < entry.revision()) {
      found->second = std::move(entry);
    }
  }
};

class Counter {
 public:
  Counter(const Reading& how, Book& book, Read& out) : how_(how), book_(book), out_(out) {}

  void series(Series& one) {
    std::set<std::int64_t> used;
    if (one.whole) {
      const auto* rule = one.whole->event->find("RRULE");
      if (rule == nullptr) {
        take(appointment(*one.whole, 0, 0, one.whole->starts.shown));
      } else {
        repeated(one, *rule, used);
      }
    }
    for (auto& [instant, entry] : one.moved) {
      if (used.contains(instant)) continue;
      if (one.whole) entry.labels.fill_from(without_number(one.whole->labels));
      take(appointment(entry, instant, 0, entry.starts.shown));
    }
  }

 private:
  void repeated(Series& one, const Line& rule, std::set<std::int64_t>& used) {
    const Entry& whole = *one.whole;
    std::set<std::int64_t> out_instants;
    std::set<Local> out_days;
    for (const auto& line : whole.event->lines) {
      if (line.name != "EXDATE") continue;
      for (const auto& stamp : book_.stamps(line)) {
        if (stamp.is_date && !whole.starts.is_date) {
          out_days.insert(stamp.shown);
        } else {
          out_instants.insert(stamp.instant());
        }
      }
    }
    std::uint32_t index = 0;
    for (const Local shown : places(whole, rule, how_)) {
      Appointment made = appointment(whole, 0, index++, shown);
      made.occurrence = made.from;
      made.counted = true;
      if (const auto moved = one.moved.find(made.occurrence); moved != one.moved.end()) {
        used.insert(made.occurrence);
        // Calendars copy a series' words to what they move out of it: only another number is its own.
        const std::string& number = moved->second.labels.session;
        const bool own_number = !number.empty() && number != whole.labels.session;
        moved->second.labels.fill_from(whole.labels);
        Appointment instead =
            appointment(moved->second, made.occurrence, own_number ? 0 : made.index, moved->second.starts.shown);
        instead.counted = !own_number;
        instead.cancelled = instead.cancelled || whole.cancelled;
        take(std::move(instead));
        continue;
      }
      if (out_instants.contains(made.occurrence) || out_days.contains(shown - shown % day)) {
        made.cancelled = true;
        made.busy = false;
        made.revised = true;
      }
      take(std::move(made));
    }
  }

  void take(Appointment made) {
    if (how_.from != 0 && made.until <= how_.from && made.from < how_.from) return;
    if (how_.until != 0 && made.from >= how_.until) return;
    out_.found.push_back(std::move(made));
  }

  const Reading& how_;
  Book& book_;
  Read& out_;
};

}  // namespace

Result<Read> read(std::string_view file, const Reading& how) {
  icalerror_set_errors_are_fatal(0);
  const auto lines = lines_of(file);
  if (!lines) return tl::unexpected(lines.error());
  if (!how.zone.empty() && !iana_zone(how.zone)) {
    return fail(ALLIANCE_E_BAD_INPUT, "--zone is not in the IANA time zone database; give one such as Europe/London");
  }
  Book book(how);
  book.bring(lines->zones);
  Read out;
  out.other = lines->other;

  // Whose kind is known is read; a moved one is of the kind of its series.
  std::set<std::string> ours;
  const auto uid_of = [](const Component& event) {
    const auto* line = event.find("UID");
    return line == nullptr ? std::string() : unescaped(line->value());
  };
  const auto given = [&](const std::string& uid) { return how.labels ? how.labels(uid) : Labels{}; };
  for (const auto& event : lines->events) {
    const std::string uid = uid_of(event);
    if (!labels_in(event).kind.empty() || !given(uid).kind.empty()) ours.insert(uid);
  }
  std::map<std::string, Series> all;
  const auto guarded = [&](auto&& work) {
    try {
      work();
    } catch (const Refused& refused) {
      out.faults.push_back({refused.line, refused.sentence});
    }
  };
  for (const auto& event : lines->events) {
    if (!how.everything && !ours.contains(uid_of(event))) {
      ++out.unlabelled;
      continue;
    }
    guarded([&] {
      Entry entry = entry_of(event, book);
      Labels labels = given(entry.uid);
      if (entry.replaces != 0) labels = without_number(std::move(labels));
      labels.fill_from(entry.labels);
      entry.labels = std::move(labels);
      all[entry.uid].add(std::move(entry));
    });
  }
  Counter counter(how, book, out);
  for (auto& [uid, series] : all) {
    guarded([&] { counter.series(series); });
  }
  std::stable_sort(out.found.begin(), out.found.end(), [](const Appointment& a, const Appointment& b) {
    return std::tie(a.from, a.uid, a.occurrence) < std::tie(b.from, b.uid, b.occurrence);
  });
  std::stable_sort(out.faults.begin(), out.faults.end(),
                   [](const Fault& a, const Fault& b) { return a.line < b.line; });
  return out;
}

}  // namespace alliance::tools::calendar
