// SPDX-License-Identifier: Apache-2.0
// Bookings, contacts and leave from a calendar or a list: shown by default, recorded when it is asked for.
#include "import_time.h"

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <map>
#include <memory>
#include <tuple>

#include "appointment.h"
#include "calendar_read.h"
#include "calendar_zones.h"
#include "contacts_read.h"
#include "csv_input.h"
#include "due_read.h"
#include "export_read.h"
#include "fhir_files.h"
#include "host_call.h"
#include "progress.h"
#include "review_escape.h"
#include "schema/json.h"

namespace alliance::tools {
namespace {

struct TimeImport {
  std::string input, zone, from, until, map, practitioner, now, changed, delimiter = ",";
  score::Place place;
  bool record = false, json = false, over_is_held = false;
};

// What the file says, whichever kind of file it is.
struct Said {
  std::vector<appointments::Appointment> found;
  std::vector<appointments::Fault> faults;
  std::uint64_t unlabelled = 0, other = 0;
};

int import_failed(const Failure& failure) {
  std::fprintf(stderr, "alliance import: %s\n", review::terminal_text(failure.message).c_str());
  if (failure.status == ALLIANCE_E_INVALID) return exit_usage;
  return exit_for(failure.status);
}

Result<std::int64_t> instant(const std::string& option, const std::string& text, const std::string& zone) {
  if (text.empty()) return 0;
  const auto known = calendar::iana_zone(zone);
  const auto when = calendar::when_of(text, known ? known.get() : calendar::iana_zone("Etc/UTC").get());
  if (when.instant) return *when.instant;
  return fail(ALLIANCE_E_INVALID, option + " " + text + ": write 2026-03-01 or 2026-03-01T09:30Z");
}

Result<Said> said_by(const TimeImport& chosen, bool calendar) {
  if (!calendar) {
    const auto delimiter = csv::delimiter_of(chosen.delimiter);
    if (!delimiter) return fail(ALLIANCE_E_INVALID, csv::delimiter_wrong);
    const auto changed = instant("--changed", chosen.changed, chosen.zone);
    if (!changed) return tl::unexpected(changed.error());
    auto read = contacts::read(chosen.input, {chosen.zone, *changed, *delimiter});
    if (!read) return tl::unexpected(read.error());
    return Said{std::move(read->found), std::move(read->faults)};
  }
  calendar::Reading how;
  how.zone = chosen.zone;
  for (const auto& [option, text, place] :
       {std::tuple{"--from", &chosen.from, &how.from}, {"--to", &chosen.until, &how.until}}) {
    const auto at = instant(option, *text, chosen.zone);
    if (!at) return tl::unexpected(at.error());
    *place = *at;
  }
  std::map<std::string, appointments::Labels> known;
  if (!chosen.map.empty()) {
    auto labels = contacts::labels(chosen.map);
    if (!labels) return tl::unexpected(labels.error());
    known = std::move(*labels);
  }
  how.labels = [&](const std::string& uid) {
    const auto found = known.find(uid);
    return found == known.end() ? appointments::Labels{} : found->second;
  };
  const auto text = fhir_files::text_of(chosen.input);
  if (!text) return tl::unexpected(text.error());
  auto read = calendar::read(*text, how);
  if (!read) return fail(read.error().status, fhir_files::name_of(chosen.input) + ": " + read.error().message);
  return Said{std::move(read->found), std::move(read->faults), read->unlabelled, read->other};
}

std::vector<std::uint8_t> bytes_of(const fb::EventT& event) {
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(fb::Event::Pack(builder, &event), fb::EventIdentifier());
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

void print_table(const appointments::Made& made) {
  for (const auto& one : made.statements) {
    const auto& event = *one.event;
    const std::string whose = event.case_.empty() ? "practitioner " + event.practitioner : "case " + event.case_;
    std::cout << review::terminal_text(appointments::shown(one) + "  " + whose + "  (line " + std::to_string(one.line) +
                                       ")")
              << "\n";
  }
}

int import_time_print_json(appointments::Made& made) {
  fb::EventBatchT batch;
  for (auto& one : made.statements) batch.events.push_back(std::move(one.event));
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(fb::EventBatch::Pack(builder, &batch));
  const auto json = schema::bytes_to_json("EventBatch", {builder.GetBufferPointer(), builder.GetSize()});
  if (!json) return import_failed(json.error());
  std::cout << *json << "\n";
  return exit_done;
}

int record(const TimeImport& chosen, const std::string& input, const appointments::Made& made) {
  const auto host = study::running(chosen.place);
  if (!host) return import_failed(host.error());
  alliance_error error = ALLIANCE_ERROR_INIT;
  std::uint64_t fresh = 0, repeated = 0, refused = 0;
  Progress progress("alliance import", "events");
  for (const auto& one : made.statements) {
    const auto bytes = bytes_of(*one.event);
    alliance_recorded result = ALLIANCE_RECORDED_INIT;
    error = ALLIANCE_ERROR_INIT;
    const auto status =
        alliance_host_record(host->get(), bytes.data(), bytes.size(), ALLIANCE_FLATBUFFERS, nullptr, &result, &error);
    if (status != ALLIANCE_OK) {
      ++refused;
      std::fprintf(stderr, "alliance import: %s: line %llu: %s\n", input.c_str(),
                   static_cast<unsigned long long>(one.line), sentence(error, status).c_str());
    } else {
      ++(result.repeated != 0 ? repeated : fresh);
    }
    progress.step();
  }
  std::printf("%llu recorded, %llu known already, %llu refused\n", static_cast<unsigned long long>(fresh),
              static_cast<unsigned long long>(repeated), static_cast<unsigned long long>(refused));
  return refused == 0 ? exit_done : exit_failed;
}

int run_time_import(const TimeImport& chosen, bool calendar) {
  const std::string input = fhir_files::name_of(chosen.input);
  auto said = said_by(chosen, calendar);
  if (!said) return import_failed(said.error());
  appointments::Terms terms;
  terms.now = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
                  .count();
  if (!chosen.now.empty()) {
    const auto now = instant("--now", chosen.now, "");
    if (!now) return import_failed(now.error());
    terms.now = *now;
  }
  terms.practitioner = chosen.practitioner;
  terms.over_is_held = chosen.over_is_held;
  auto made = appointments::events_of(said->found, terms);
  said->faults.insert(said->faults.end(), made.faults.begin(), made.faults.end());
  constexpr std::size_t most_shown = 20;
  for (std::size_t i = 0; i < std::min(said->faults.size(), most_shown); ++i) {
    const auto& fault = said->faults[i];
    std::fprintf(stderr, "alliance import: %s: line %llu: %s\n", input.c_str(),
                 static_cast<unsigned long long>(fault.line), fault.sentence.c_str());
  }
  if (!said->faults.empty()) {
    std::fprintf(stderr, "alliance import: %zu to mend; nothing was recorded\n", said->faults.size());
    return exit_bad_input;
  }
  const auto note = [&](std::uint64_t count, const char* what) {
    if (count > 0) std::fprintf(stderr, "alliance import: %llu %s\n", static_cast<unsigned long long>(count), what);
  };
  note(said->unlabelled, "appointments have no kind and were left alone");
  note(said->other, "tasks, journals and the like were not read");
  note(made.ahead, "kinds of work lie ahead: their minutes are recorded when they are over");
  if (chosen.json) return import_time_print_json(made);
  print_table(made);
  if (chosen.record) return record(chosen, input, made);
  std::printf("%zu events, times in UTC; nothing was recorded (--record does)\n", made.statements.size());
  return exit_done;
}

}  // namespace

void add_import_time(CLI::App& import, Run& run) {
  for (const bool calendar : {true, false}) {
    auto chosen = std::make_shared<TimeImport>();
    auto* command = calendar ? import.add_subcommand("calendar", "Bookings, leave and minutes from an iCalendar file.")
                             : import.add_subcommand("contacts", "Contacts, bookings and leave from a CSV list.");
    command->add_option("file", chosen->input, calendar ? "the calendar (.ics); - is standard input" : "the list")
        ->required();
    command->add_option("--zone", chosen->zone, "whose clock times and days without a zone are of (Europe/London)");
    command->add_option("--practitioner", chosen->practitioner, "whose what belongs to no case is");
    command->add_flag("--over-is-held", chosen->over_is_held,
                      "sessions that are over count as held where nothing else is said of them");
    if (calendar) {
      command->add_option("--map", chosen->map,
                          "CSV that says of UIDs what they are: uid, and any of kind, case, practitioner, session, "
                          "mode, outcome, component");
      command->add_option("--from", chosen->from, "only what ends after this, 2026-03-01");
      command->add_option("--to", chosen->until,
                          "only what begins before this, 2026-06-01; ends series without an end");
    } else {
      command->add_option("--changed", chosen->changed,
                          "when the list was made, for rows that do not say when they were changed");
      command->add_option("--delimiter", chosen->delimiter, csv::delimiter_help);
    }
    command->add_option("--now", chosen->now, "what is over is judged as of this, 2026-03-01T09:30Z (default: now)");
    auto* record = command->add_flag("--record", chosen->record, "record it; without this it is only shown");
    auto* store = command->add_option("--store", chosen->place.store, "the platform's store");
    auto* tenant = command->add_option("--tenant", chosen->place.tenant, "whose data these are");
    auto* config =
        command->add_option("--config", chosen->place.config_file, "the platform's own configuration (JSON)");
    command->add_option("--plugins", chosen->place.plugins, "folder of the plugins (or ALLIANCE_PLUGINS)");
    record->needs(store)->needs(tenant)->needs(config);
    command->add_flag("--json", chosen->json, "an EventBatch for alliance_host_record_many(), in place of the table")
        ->excludes(record);
    command->footer(
        calendar ? "An appointment counts when something says its kind: the property X-ALLIANCE-KIND, the category\n"
                   "alliance.kind=KIND, or the file of --map; likewise case, session, mode, outcome and component.\n"
                   "Titles, descriptions, places and who is invited are never read. Imported twice, nothing changes.\n"
                   "docs/calendars.md says the rest."
                 : "Columns id, kind, start and end or minutes; further case, practitioner, session, mode, outcome,\n"
                   "component, changed, revision and status. Imported twice, nothing changes. docs/calendars.md says\n"
                   "the rest.");
    command->callback(
        [chosen, calendar, &run] { run = [chosen, calendar] { return run_time_import(*chosen, calendar); }; });
  }
}

}  // namespace alliance::tools
