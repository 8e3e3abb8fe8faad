// SPDX-License-Identifier: Apache-2.0
// A practitioner's bookings, and what the practitioner is asked to answer, as an iCalendar file or a list.
#include "export_calendar.h"

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <memory>

#include "calendar_write.h"
#include "calendar_zones.h"
#include "contacts_write.h"
#include "due_read.h"
#include "fhir_files.h"
#include "review_escape.h"
#include "time_read.h"

namespace alliance::tools {
namespace {

struct CalendarExport {
  own_time::Asked asked;
  std::string out = "-", now;
  int weeks = 12;
  bool all = false, list = false;
};

// What came out of a calendar goes into none: it stands there already.
bool from_a_calendar(const std::string& event) { return event.starts_with("cal:"); }

struct Written {
  std::vector<calendar::Item> entries;
  std::size_t from_calendars = 0;
};

Written entries_of(const own_time::Told& told, const CalendarExport& chosen, std::int64_t until) {
  constexpr std::int64_t minute = 60'000'000;
  Written made;
  for (const auto& part : told.view.parts) {
    for (const auto& booking : part->bookings) {
      const auto ends = booking->starts + static_cast<std::int64_t>(booking->minutes * minute);
      if (ends <= chosen.asked.at || booking->starts >= until) continue;
      if (!chosen.all && from_a_calendar(booking->event)) {
        ++made.from_calendars;
        continue;
      }
      calendar::Item entry;
      const bool meeting = booking->session == 0;
      const std::string number = meeting ? "" : std::to_string(booking->session);
      entry.uid = calendar::uid_of(
          {meeting ? "review" : "session", chosen.asked.place.tenant, part->id, meeting ? booking->review : number});
      entry.title = (meeting ? "Review meeting" : "Session " + number) + ", case " + part->id;
      entry.from = booking->starts;
      entry.until = ends;
      entry.labels.kind = meeting ? "review" : "session";
      entry.labels.review = booking->review;
      entry.labels.case_id = part->id;
      entry.labels.session = number;
      if (booking->mode != fb::Mode::unset) entry.labels.mode = fb::EnumNameMode(booking->mode);
      made.entries.push_back(std::move(entry));
    }
  }
  for (const auto& list : told.due) {
    for (const auto& record : list.occasions) {
      const auto& one = *record->occasion;
      const bool open = one.state == fb::OccasionState::planned || one.state == fb::OccasionState::due ||
                        one.state == fb::OccasionState::overdue;
      if (!open || one.rater != fb::Rater::practitioner || one.due >= until || one.expires <= chosen.asked.at) continue;
      calendar::Item entry;
      entry.uid = calendar::uid_of({"measure", chosen.asked.place.tenant, list.id, one.key});
      entry.title = "To answer: " + (one.instrument.empty() ? one.role : one.instrument) + ", case " + list.id;
      entry.from = one.due;
      entry.until = one.closes != 0 ? one.closes : one.expires;
      entry.to_do = true;
      made.entries.push_back(std::move(entry));
    }
  }
  return made;
}

int calendar_failed(const Failure& failure) {
  std::fprintf(stderr, "alliance export: %s\n", review::terminal_text(failure.message).c_str());
  if (failure.status == ALLIANCE_E_INVALID) return exit_usage;
  return exit_for(failure.status);
}

int run_calendar_export(CalendarExport& chosen) {
  const std::int64_t clock =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count();
  chosen.asked.at = clock;
  if (!chosen.now.empty()) {
    const auto at = due::instant_of(chosen.now);
    if (!at) return calendar_failed({ALLIANCE_E_INVALID, "--at: write 2026-03-01 or 2026-03-01T09:30Z", {}});
    chosen.asked.at = *at;
  }
  const auto told = own_time::read(chosen.asked);
  if (!told) return calendar_failed(told.error());
  const auto made = entries_of(*told, chosen, chosen.asked.at + chosen.weeks * 7 * calendar::day);
  const auto text = chosen.list ? contacts::written(made.entries, clock) : calendar::written(made.entries, clock);
  if (auto done = fhir_files::write(chosen.out, text); !done) {
    return calendar_failed(done.error());
  }
  std::fprintf(stderr, "alliance export: %zu entries", made.entries.size());
  if (made.from_calendars > 0) {
    std::fprintf(stderr, "; %zu bookings came from a calendar and were left out (--all takes them in)",
                 made.from_calendars);
  }
  std::fprintf(stderr, "\n");
  return exit_done;
}

}  // namespace

void add_export_calendar(CLI::App& exports, Run& run) {
  auto chosen = std::make_shared<CalendarExport>();
  auto* command = exports.add_subcommand("calendar", "A practitioner's bookings as an iCalendar file.");
  auto& asked = chosen->asked;
  command->add_option("--store", asked.place.store, "the platform's store")->required();
  command->add_option("--tenant", asked.place.tenant, "whose data these are")->required();
  command->add_option("--practitioner", asked.practitioner, "whose bookings; the access log names who that is")
      ->required();
  command->add_option("--out", chosen->out, "the calendar (default: standard output)");
  command->add_option("--at", chosen->now, "from when on, 2026-03-01 or 2026-03-01T09:30Z (default: now)");
  command->add_option("--weeks", chosen->weeks, "for so many weeks (12)")->check(CLI::Range(1, 104));
  auto* measures =
      command->add_flag("--measures", asked.measures, "also what the practitioner is asked to answer, as things to do");
  command->add_flag("--csv", chosen->list, "the list that import contacts reads, in place of a calendar")
      ->excludes(measures);
  command->add_flag("--all", chosen->all, "also bookings that came from a calendar");
  command->add_option("--plugins", asked.place.plugins, "folder of the plugins (or ALLIANCE_PLUGINS)");
  command->add_option("--config", asked.place.config_file, "the host's configuration (JSON)");
  command->footer("Titles name the case by the platform's own id and no person. docs/calendars.md says the rest.");
  command->callback([chosen, &run] { run = [chosen] { return run_calendar_export(*chosen); }; });
}

}  // namespace alliance::tools
