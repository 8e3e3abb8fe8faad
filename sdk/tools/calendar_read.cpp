// SPDX-License-Identifier: Apache-2.0
#include "calendar_read.h"

#include <libical/ical.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "calendar_entry.h"
#include "calendar_lines.h"
#include "calendar_zones.h"
#include "ical_types.h"

namespace alliance::tools::calendar {
namespace {

using appointments::Appointment;
using appointments::Fault;
using appointments::Labels;

constexpr std::int64_t latest = INT64_C(4'102'444'800'000'000);  // 2100

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
      for (const auto& stamp : book_.stamps(line, whole.starts)) {
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
  Book book(how.zone);
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
