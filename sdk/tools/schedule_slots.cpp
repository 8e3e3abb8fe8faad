// SPDX-License-Identifier: Apache-2.0
// Protected time for online reviews, proposed from a practitioner's own account, as an iCalendar file.
#include "schedule_slots.h"

#include <alliance_schema/policy_generated.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <memory>

#include "calendar_read.h"
#include "calendar_write.h"
#include "calendar_zones.h"
#include "due_read.h"
#include "fhir_files.h"
#include "review_escape.h"
#include "schema/json.h"
#include "time_read.h"
#include "timing/review_needs.h"
#include "timing/slots.h"
#include "written.h"

namespace alliance::tools {
namespace {

constexpr std::int64_t slot_minute = 60'000'000;

struct SlotOptions {
  own_time::Asked asked;
  std::string hours, out, now;
  std::vector<std::string> busy;
  slots::Terms terms;
  int weeks = 4;
  bool json = false;
};

struct Week {
  std::string zone;
  std::vector<slots::Hours> hours;
};

int slots_failed(const Failure& failure) {
  std::fprintf(stderr, "alliance schedule: %s\n", review::terminal_text(failure.message).c_str());
  if (failure.status == ALLIANCE_E_INVALID) return exit_usage;
  return exit_for(failure.status);
}

// "09:00", up to "24:00", to minutes; -1: it is none.
int clock_minutes(const std::string& text) {
  if (text == "24:00") return 1'440;
  const bool sound = text.size() == 5 && text[2] == ':' &&
                     std::all_of(text.begin(), text.end(), [](char c) { return c == ':' || (c >= '0' && c <= '9'); });
  if (!sound) return -1;
  const int hours = (text[0] - '0') * 10 + (text[1] - '0'), minutes = (text[3] - '0') * 10 + (text[4] - '0');
  return hours < 24 && minutes < 60 ? hours * 60 + minutes : -1;
}

Result<Week> week_in(const std::string& file) {
  const auto text = fhir_files::text_of(file);
  if (!text) return tl::unexpected(text.error());
  const auto named = [&](const std::string& why) { return fail(ALLIANCE_E_BAD_INPUT, file + ": " + why); };
  const auto bytes = schema::json_to_bytes("WorkingHours", *text);
  if (!bytes) return named(bytes.error().message);
  fb::WorkingHoursT read;
  flatbuffers::GetRoot<fb::WorkingHours>(bytes->data())->UnPackTo(&read);
  Week week{read.zone, {}};
  if (!calendar::iana_zone(week.zone)) {
    return named("zone is not in the IANA time zone database; give one such as Europe/London");
  }
  for (std::size_t i = 0; i < read.hours.size(); ++i) {
    const auto& one = *read.hours[i];
    const std::string place = "hours[" + std::to_string(i) + "]";
    const int from = clock_minutes(one.from), until = clock_minutes(one.until);
    if (from < 0 || until < 0) return named(place + ": from and until are times such as 09:00");
    if (one.weekdays.empty()) return named(place + ".weekdays is empty");
    for (const auto weekday : one.weekdays) {
      week.hours.push_back({static_cast<int>(weekday), from, until});
      if (auto fine = slots::check(std::span(&week.hours.back(), 1)); !fine) {
        return named(place + ": until must come after from");
      }
    }
  }
  return week;
}

// What is taken, and slots that earlier proposals put into the calendar.
struct Taken {
  std::vector<slots::Span> busy, protected_already;
};

Result<void> add_calendar(Taken& taken, const std::string& file, const std::string& zone, const slots::Span& within) {
  const auto text = fhir_files::text_of(file);
  if (!text) return tl::unexpected(text.error());
  calendar::Reading how;
  how.zone = zone;
  how.from = within.from;
  how.until = within.until;
  how.everything = true;
  const auto read = calendar::read(*text, how);
  if (!read) return fail(read.error().status, fhir_files::name_of(file) + ": " + read.error().message);
  if (!read->faults.empty()) {
    const auto& fault = read->faults.front();
    return fail(ALLIANCE_E_BAD_INPUT, fhir_files::name_of(file) + ": line " + std::to_string(fault.line) + ": " +
                                          fault.sentence + "; what it takes of the time cannot be known");
  }
  for (const auto& one : read->found) {
    if (!one.busy || one.from >= one.until) continue;
    taken.busy.push_back({one.from, one.until});
    if (one.labels.kind == "slot" && one.until > within.from) {
      taken.protected_already.push_back({std::max(one.from, within.from), one.until});
    }
  }
  return {};
}

void add_account(Taken& taken, const fb::TimeViewT& view) {
  for (const auto& part : view.parts) {
    for (const auto& booking : part->bookings) {
      taken.busy.push_back(
          {booking->starts, booking->starts + static_cast<std::int64_t>(booking->minutes * slot_minute)});
    }
  }
  if (!view.own) return;
  for (const auto& leave : view.own->leave) {
    if (leave->until > leave->from) taken.busy.push_back({leave->from, leave->until});
  }
}

// Weeks meet at midnight, so that no day is counted in two of them.
std::int64_t midnight_before(const std::vector<slots::Offset>& offsets, std::int64_t instant) {
  std::int64_t offset = offsets.front().offset;
  for (const auto& one : offsets) {
    if (one.from <= instant) offset = one.offset;
  }
  const std::int64_t shown = instant + offset;
  return shown - shown % calendar::day - offset;
}

int run_slots(SlotOptions& chosen) {
  const std::int64_t clock =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count();
  std::int64_t now = clock;
  if (!chosen.now.empty()) {
    const auto at = due::instant_of(chosen.now);
    if (!at) return slots_failed({ALLIANCE_E_INVALID, "--at: write 2026-03-01 or 2026-03-01T09:30Z", {}});
    now = *at;
  }
  const auto week = week_in(chosen.hours);
  if (!week) return slots_failed(week.error());
  constexpr std::int64_t a_week = 7 * calendar::day;
  const slots::Span all{now, now + chosen.weeks * a_week};
  chosen.terms.within = all;
  if (auto fine = slots::check(chosen.terms); !fine)
    return slots_failed({ALLIANCE_E_INVALID, fine.error().message, {}});
  chosen.asked.at = now;
  const auto told = own_time::read(chosen.asked);
  if (!told) return slots_failed(told.error());
  Taken taken;
  add_account(taken, told->view);
  for (const auto& file : chosen.busy) {
    if (auto done = add_calendar(taken, file, week->zone, all); !done) return slots_failed(done.error());
  }
  const auto zone = calendar::offsets(week->zone, all.from - calendar::day, all.until + calendar::day);
  if (!zone) return slots_failed(zone.error());
  std::vector<slots::Offset> offsets;
  for (const auto& one : *zone) offsets.push_back({one.from, one.offset});

  std::vector<calendar::Item> entries;
  double needed = 0, missing = 0, already = 0;
  for (const auto& span : taken.protected_already) already += static_cast<double>(span.until - span.from) / slot_minute;
  const auto needs = timing::review_minutes(told->view, now, static_cast<unsigned>(chosen.weeks));
  for (std::size_t w = 0; w < needs.size(); ++w) {
    needed += needs[w];
    slots::Terms terms = chosen.terms;
    const auto begin = now + static_cast<std::int64_t>(w) * a_week;
    terms.within = {w == 0 ? now : midnight_before(offsets, begin), midnight_before(offsets, begin + a_week)};
    const double open = missing + needs[w];
    terms.minutes = std::max(0.0, open - already);
    already -= open - terms.minutes;
    auto made = slots::propose(week->hours, offsets, taken.busy, terms);
    missing = made.missing;
    double given = 0;
    for (const auto& slot : made.slots) given += static_cast<double>(slot.until - slot.from) / slot_minute;
    already += std::max(0.0, given - terms.minutes);  // a slot is never shorter than the shortest
    for (const auto& slot : made.slots) {
      taken.busy.push_back(slot);
      calendar::Item entry;
      entry.uid =
          calendar::uid_of({"slot", chosen.asked.place.tenant, chosen.asked.practitioner, std::to_string(slot.from)});
      entry.title = "Online reviews (protected)";
      entry.from = slot.from;
      entry.until = slot.until;
      entry.labels.kind = "slot";
      entries.push_back(std::move(entry));
    }
  }
  if (!chosen.out.empty()) {
    if (auto done = fhir_files::write(chosen.out, calendar::written(entries, clock)); !done) {
      return slots_failed(done.error());
    }
  }
  if (chosen.json) {
    std::string list;
    for (const auto& entry : entries) {
      list += (list.empty() ? "" : ",") + (R"({"from":)" + std::to_string(entry.from)) + R"(,"until":)" +
              std::to_string(entry.until) + R"(,"minutes":)" +
              std::to_string((entry.until - entry.from) / slot_minute) + "}";
    }
    std::cout << R"({"weeks":)" << chosen.weeks << R"(,"needed_minutes":)" << written::number(needed)
              << R"(,"missing_minutes":)" << written::number(missing) << R"(,"slots":[)" << list << "]}\n";
    return exit_done;
  }
  for (const auto& entry : entries) {
    if (chosen.out == "-") break;
    std::cout << due::text_of(entry.from) << "Z  " << (entry.until - entry.from) / slot_minute << " min\n";
  }
  const auto minutes = [](double value) { return written::number(std::round(value * 10) / 10) + " min"; };
  std::fprintf(stderr, "alliance schedule: %s of online reviews are foreseen in %d weeks; %zu slots are proposed\n",
               minutes(needed).c_str(), chosen.weeks, entries.size());
  if (missing > 0) {
    std::fprintf(stderr, "alliance schedule: there is no room for %s of them\n", minutes(missing).c_str());
  }
  return exit_done;
}

}  // namespace

void add_schedule_slots(CLI::App& schedule, Run& run) {
  auto chosen = std::make_shared<SlotOptions>();
  auto* command = schedule.add_subcommand("slots", "Proposes protected time for online reviews.");
  auto& asked = chosen->asked;
  command->add_option("--store", asked.place.store, "the platform's store")->required();
  command->add_option("--tenant", asked.place.tenant, "whose data these are")->required();
  command->add_option("--practitioner", asked.practitioner, "whose time; the access log names who that is")->required();
  command->add_option("--hours", chosen->hours, "when the practitioner works (JSON; docs/calendars.md)")->required();
  command->add_option("--busy", chosen->busy, "a calendar of the practitioner's (.ics); may be said more than once");
  auto* out = command->add_option("--out", chosen->out, "write the slots as a calendar (.ics); - is standard output");
  command->add_flag("--json", chosen->json, "one JSON object: the slots, instants in microseconds since 1970")
      ->excludes(out);
  command->add_option("--at", chosen->now, "from when on, 2026-03-01 or 2026-03-01T09:30Z (default: now)");
  command->add_option("--weeks", chosen->weeks, "for so many weeks (4)")->check(CLI::Range(1, 26));
  auto& terms = chosen->terms;
  command->add_option("--shortest", terms.shortest, "minutes of the shortest slot (15)");
  command->add_option("--longest", terms.longest, "minutes of the longest slot (60)");
  command->add_option("--step", terms.step, "slots begin at multiples of so many minutes on the clock (15)");
  command->add_option("--clear", terms.clear, "minutes kept free around what is booked (0)");
  command->add_option("--a-day", terms.most_a_day, "at most so many slots on a day (2)");
  command->add_option("--plugins", asked.place.plugins, "folder of the plugins (or ALLIANCE_PLUGINS)");
  command->add_option("--config", asked.place.config_file, "the host's configuration (JSON)");
  command->footer(
      "Room is looked for within the working hours, clear of sessions, review meetings, the practitioner's leave and\n"
      "what the calendars of --busy hold, for what waits for a review now and for what the rest of each plan "
      "foresees.\n"
      "Nothing is recorded: the slots are an offer to put into the calendar. Slots that stand there already count.");
  command->callback([chosen, &run] { run = [chosen] { return run_slots(*chosen); }; });
}

}  // namespace alliance::tools
