// SPDX-License-Identifier: Apache-2.0
// `alliance time`: where minutes go, for one case, practitioner or service, and the weeks to come.
#include <alliance/host.h>

#include <CLI/CLI.hpp>
#include <alliance/host.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>

#include "commands.h"
#include "due_read.h"
#include "plugin_folder.h"
#include "schema/json.h"
#include "time_table.h"

namespace alliance::tools {
namespace {

const std::map<std::string, int> time_roles = {{"client", ALLIANCE_ROLE_CLIENT},
                                               {"practitioner", ALLIANCE_ROLE_PRACTITIONER},
                                               {"supervisor", ALLIANCE_ROLE_SUPERVISOR},
                                               {"service", ALLIANCE_ROLE_SERVICE}};

struct TimeOptions {
  std::string store, tenant, config_file, plugins, case_id, practitioner, service, at, role, viewer;
  std::uint32_t weeks = 0;
  bool json = false;
};

int time_failed(const Failure& failure) {
  constexpr std::string_view own = "time: ";  // of the host's sentences
  const std::string_view said = failure.message;
  std::cerr << "alliance time: " << (said.starts_with(own) ? said.substr(own.size()) : said) << "\n";
  const bool input = failure.status == ALLIANCE_E_INVALID;
  return input ? exit_bad_input : exit_for(failure.status);
}

struct Question {
  std::int32_t scope;
  std::string id;
};
Question question_of(const TimeOptions& chosen) {
  if (!chosen.case_id.empty()) return {ALLIANCE_SCOPE_CASE, chosen.case_id};
  if (!chosen.practitioner.empty()) return {ALLIANCE_SCOPE_PRACTITIONER, chosen.practitioner};
  return {ALLIANCE_SCOPE_SERVICE, chosen.service};
}

// Without a role: the one whom it is for.
Viewer time_viewer_of(const TimeOptions& chosen, const Host& host) {
  if (!chosen.role.empty()) return {time_roles.at(chosen.role), chosen.viewer};
  if (!chosen.case_id.empty()) return {ALLIANCE_ROLE_PRACTITIONER, due::practitioner_of(host, chosen.case_id)};
  if (!chosen.practitioner.empty()) return {ALLIANCE_ROLE_PRACTITIONER, chosen.practitioner};
  return {ALLIANCE_ROLE_SERVICE, "operator"};
}

Result<std::string> ask_time(const TimeOptions& chosen, const std::string& config, std::int64_t at) {
  try {
    Host host(HostOptions{chosen.tenant, chosen.store, config, ALLIANCE_LOG_ERROR});
    const LoadedFolder loaded = host.load_folder(chosen.plugins);
    if (loaded.loaded == 0) {
      return fail(ALLIANCE_E_NOT_FOUND, "no plugin could be loaded from " + chosen.plugins +
                                            (loaded.first_refusal ? ": " + loaded.first_refusal->message() : ""));
    }
    host.run();
    const Question asks = question_of(chosen);
    return host.time(asks.scope, asks.id, at, chosen.weeks, time_viewer_of(chosen, host));
  } catch (const Error& error) {
    return fail(error.status(), error.message());
  }
}

int run_time(const TimeOptions& given) {
  TimeOptions chosen = given;
  std::error_code problem;
  if (!std::filesystem::is_regular_file(chosen.store, problem)) {
    return time_failed({ALLIANCE_E_NOT_FOUND,
                        "there is no store " + chosen.store + "; name the file that the platform records to",
                        {}});
  }
  std::int64_t at = 0;
  if (!chosen.at.empty()) {
    const auto read = due::instant_of(chosen.at);
    if (!read) {
      return time_failed({ALLIANCE_E_BAD_INPUT, "--at " + chosen.at + ": write 2026-03-01 or 2026-03-01T09:30Z", {}});
    }
    at = *read;
  }
  std::string config = R"({"safety":{"contact":"none, reading only"}})";
  if (!chosen.config_file.empty()) {
    std::ifstream in(chosen.config_file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in) {
      return time_failed({ALLIANCE_E_NOT_FOUND, "the configuration " + chosen.config_file + " cannot be read", {}});
    }
    config = text.str();
  }
  if (chosen.plugins.empty()) chosen.plugins = plugins_by_default();
  const auto answer = ask_time(chosen, config, at);
  if (!answer) return time_failed(answer.error());
  if (chosen.json) {
    std::cout << *answer << "\n";
    return exit_done;
  }
  const auto bytes = schema::json_to_bytes("TimeView", *answer);
  if (!bytes) return time_failed(bytes.error());
  fb::TimeViewT view;
  fb::GetTimeView(bytes->data())->UnPackTo(&view);
  std::cout << time::table(view);
  return exit_done;
}

}  // namespace

void add_time(CLI::App& app, Run& run) {
  auto chosen = std::make_shared<TimeOptions>();
  auto* command = app.add_subcommand("time", "Where minutes go, and which weeks to come they will not suffice for.");
  command->add_option("--store", chosen->store, "the platform's store")->required();
  command->add_option("--tenant", chosen->tenant, "whose data these are")->required();
  auto* of = command->add_option_group("of", "whose time account")->require_option(1);
  of->add_option("--case", chosen->case_id, "of this case");
  of->add_option("--practitioner", chosen->practitioner, "of this practitioner");
  of->add_option("--service", chosen->service, "of this service: nothing about fewer than five people");
  command->add_option("--weeks", chosen->weeks, "how many weeks ahead (default: 12)")->check(CLI::Range(1, 104));
  command->add_option("--at", chosen->at, "counted from when, 2026-03-01 or 2026-03-01T09:30Z (default: now)");
  command->add_flag("--json", chosen->json, "one line of JSON (a TimeView)");
  auto* role = command->add_option("--role", chosen->role, "who asks (default: the one whom it is for)")
                   ->check(CLI::IsMember({"client", "practitioner", "supervisor", "service"}));
  auto* viewer = command->add_option("--viewer", chosen->viewer, "the id of the person who asks");
  role->needs(viewer);
  viewer->needs(role);
  command->add_option("--plugins", chosen->plugins, "folder of the plugins (or ALLIANCE_PLUGINS)");
  command->add_option("--config", chosen->config_file, "the host's configuration (JSON)");
  command->callback([chosen, &run] { run = [chosen] { return run_time(*chosen); }; });
}

}  // namespace alliance::tools
