// SPDX-License-Identifier: Apache-2.0
// `alliance schedule check` and `alliance schedule preview`: a schedule file by itself, before anybody is asked by it.
#include <CLI/CLI.hpp>
#include <alliance/host.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <vector>

#include "commands.h"
#include "due_read.h"
#include "plugin_folder.h"
#include "schedule_preview.h"
#include "schedule_slots.h"
#include "schema/json.h"
#include "scratch.h"
#include "written.h"

namespace alliance::tools {
namespace {

namespace fs = std::filesystem;

constexpr const char* schedule_policy = "org.alliance-sdk.session-schedule";
constexpr std::int64_t an_hour = INT64_C(3'600'000'000);

struct ScheduleOptions {
  std::string file, plugins, start = "2026-01-05", svg;
  schedule::Imagined imagined;
  bool json = false;
};

int schedule_failed(const Failure& failure) {
  std::cerr << "alliance schedule: " << failure.message << "\n";
  return exit_for(failure.status);
}

// What is at fault in the file, for a program besides.
int at_fault(const ScheduleOptions& chosen, bool preview, const Failure& failure) {
  if (chosen.json && !preview && failure.status == ALLIANCE_E_BAD_INPUT) {
    std::cout << R"({"file":)" << written::json_string(chosen.file) << R"(,"fault":)"
              << written::json_string(failure.message) << "}\n";
  }
  return schedule_failed(failure);
}

// What the imagined case's platform would record.
std::vector<std::string> events(const schedule::Imagined& imagined) {
  std::vector<std::string> out;
  const auto add = [&](std::int64_t time, const std::string& type, const std::string& body) {
    out.push_back(R"({"id":"e)" + std::to_string(out.size()) + R"(","case":"preview","time":)" + std::to_string(time) +
                  R"(,"body_type":")" + type + R"(","body":)" + body + "}");
  };
  const std::int64_t ten = imagined.start + 10 * an_hour;
  add(imagined.start + 9 * an_hour, "CaseOpened",
      R"({"service":"preview","practitioner":"preview","delivery":)" + quoted(imagined.delivery) +
          R"(,"zone":"Etc/UTC","weeks":)" + std::to_string(imagined.weeks) + R"(,"planned_sessions":)" +
          std::to_string(imagined.sessions) + R"(,"planned_modules":)" + std::to_string(imagined.modules) + "}");
  int number = 0;
  for (const int on : schedule::session_days(imagined)) {
    const std::string session = std::to_string(++number);
    const std::int64_t starts = ten + on * 24 * an_hour;
    add(imagined.start + 9 * an_hour, "SessionBooked",
        R"({"session":)" + session + R"(,"starts":)" + std::to_string(starts) + R"(,"minutes":30,"mode":"in_person"})");
    add(starts + an_hour / 2, "SessionHeld", R"({"session":)" + session + R"(,"minutes":30,"mode":"in_person"})");
  }
  number = 0;
  for (const int on : schedule::module_days(imagined)) {
    add(ten + on * 24 * an_hour, "ComponentProgress",
        R"({"component":"module-)" + std::to_string(++number) + R"(","progress":"completed"})");
  }
  return out;
}

Result<fb::ScheduleT> read_schedule(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  std::error_code problem;
  if (!in || !fs::is_regular_file(file, problem)) {
    return fail(ALLIANCE_E_NOT_FOUND, "there is no schedule " + file + ": name a JSON file");
  }
  const auto bytes = schema::json_to_bytes("Schedule", text.str());
  if (!bytes) return fail(bytes.error().status, file + ": " + bytes.error().message);
  fb::ScheduleT made;
  flatbuffers::GetRoot<fb::Schedule>(bytes->data())->UnPackTo(&made);
  return made;
}

// The policy's own plan for the imagined case, with somebody for each role.
Result<fb::DueListT> planned(const ScheduleOptions& chosen, const std::string& store) {
  const std::string settings =
      R"({"schedule":)" + quoted(fs::absolute(chosen.file).string()) + R"(,"cast":"everybody"})";
  const std::string config =
      std::string(R"({"safety":{"contact":"none, a preview"},"timing_policy":"session-schedule",)") +
      R"("plugins":[{"plugin":")" + schedule_policy + R"(","settings":)" + quoted(settings) + "}]}";
  try {
    HostOptions options;
    options.tenant = "preview";
    options.store_path = store;
    options.config = config;
    options.log = [](std::int32_t, const std::string&) {};
    Host host(options);
    const LoadedFolder loaded = host.load_folder(chosen.plugins);
    if (loaded.first_refusal && loaded.first_refusal->message().find(chosen.file) == std::string::npos &&
        loaded.loaded == 0) {
      return fail(loaded.first_refusal->status(), loaded.first_refusal->message());
    }
    try {
      host.run();
    } catch (const Error&) {
      if (loaded.first_refusal) return fail(ALLIANCE_E_BAD_INPUT, loaded.first_refusal->message());
      throw;
    }
    for (const std::string& event : events(chosen.imagined)) host.record(event);
    const std::string json =
        host.due("preview", chosen.imagined.start + 365 * 24 * an_hour, {ALLIANCE_ROLE_PRACTITIONER, "preview"});
    const auto bytes = schema::json_to_bytes("DueList", json);
    if (!bytes) return tl::unexpected(bytes.error());
    fb::DueListT list;
    flatbuffers::GetRoot<fb::DueList>(bytes->data())->UnPackTo(&list);
    return list;
  } catch (const Error& error) {
    return fail(error.status(), error.message());
  }
}

int run_schedule(ScheduleOptions& chosen, bool preview) {
  const auto read = read_schedule(chosen.file);
  if (!read) return at_fault(chosen, preview, read.error());
  const auto start = due::instant_of(chosen.start);
  if (!start || chosen.start.size() != 10 || (*start / (24 * an_hour) + 3) % 7 != 0) {
    return schedule_failed(
        {ALLIANCE_E_BAD_INPUT, "--start " + chosen.start + ": give a Monday such as 2026-01-05", {}});
  }
  chosen.imagined.start = *start;
  if (chosen.plugins.empty()) chosen.plugins = plugins_by_default();
  const Scratch scratch;
  if (!scratch.there())
    return schedule_failed({ALLIANCE_E_IO, "no folder for the preview's own store could be made", {}});
  const auto list = planned(chosen, scratch.store());
  if (!list) return at_fault(chosen, preview, list.error());
  schedule::Calendar calendar = schedule::calendar(*read, *list, chosen.imagined);
  if (!preview) {
    std::erase_if(calendar.notes, [](const std::string& note) {
      return note.rfind("No loaded", 0) != 0 && note.find("unverified") == std::string::npos;
    });
    if (chosen.json) {
      std::cout << R"({"file":)" << written::json_string(chosen.file) << R"(,"fault":null,"rules":)"
                << read->rules.size() << R"(,"notes":)" << written::json_list(calendar.notes) << "}\n";
      return exit_done;
    }
    std::cout << chosen.file << ": " << read->rules.size() << " rules, none at fault\n";
    for (const std::string& note : calendar.notes) std::cout << note << "\n";
    return exit_done;
  }
  if (!chosen.svg.empty()) {
    std::ofstream out(chosen.svg, std::ios::binary | std::ios::trunc);
    out << schedule::as_svg(*read, calendar);
    out.close();
    if (!out)
      return schedule_failed(
          {ALLIANCE_E_IO, chosen.svg + " cannot be written; does its folder exist, is there room?", {}});
  }
  std::cout << (chosen.json ? schedule::as_json(*read, calendar) : schedule::as_text(*read, calendar));
  return exit_done;
}

}  // namespace

void add_schedule(CLI::App& app, Run& run) {
  auto* command = app.add_subcommand("schedule", "Checks a schedule file, or draws it as a calendar.");
  command->require_subcommand(1);
  add_schedule_slots(*command, run);
  for (const bool preview : {false, true}) {
    auto chosen = std::make_shared<ScheduleOptions>();
    auto* one = preview ? command->add_subcommand("preview", "Draws the schedule for an imagined case.")
                        : command->add_subcommand("check", "Says what is at fault in the file, by line and field.");
    one->add_option("file", chosen->file, "the schedule (JSON)")->required();
    one->add_option("--plugins", chosen->plugins, "folder of the plugins (or ALLIANCE_PLUGINS)");
    one->add_flag(
        "--json", chosen->json,
        preview ? "one JSON object: rules, and the day of each measure" : "one JSON object: fault, rules, notes");
    if (preview) {
      auto& imagined = chosen->imagined;
      one->add_option("--weeks", imagined.weeks, "how many weeks (12)")->check(CLI::Range(1, 104));
      one->add_option("--sessions", imagined.sessions, "sessions in person (6)")->check(CLI::Range(0, 60));
      one->add_option("--every-days", imagined.session_every_days, "days from one session to the next (14)")
          ->check(CLI::Range(1, 90));
      one->add_option("--modules", imagined.modules, "modules completed between them (5)")->check(CLI::Range(0, 60));
      one->add_option("--delivery", imagined.delivery, "blended or face_to_face")
          ->check(CLI::IsMember({"blended", "face_to_face"}));
      one->add_option("--start", chosen->start, "the Monday on which the case is opened (2026-01-05)");
      one->add_option("--svg", chosen->svg, "also draw it into this file");
    }
    one->callback([chosen, preview, &run] { run = [chosen, preview] { return run_schedule(*chosen, preview); }; });
  }
}

}  // namespace alliance::tools
