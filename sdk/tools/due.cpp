// SPDX-License-Identifier: Apache-2.0
// `alliance due`: what was, is and will be asked in one case, and why.
#include <alliance/host.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>

#include "commands.h"
#include "due_read.h"
#include "plugin_folder.h"
#include "review_escape.h"

namespace alliance::tools {
namespace {

const std::map<std::string, int> due_roles = {{"client", ALLIANCE_ROLE_CLIENT},
                                              {"practitioner", ALLIANCE_ROLE_PRACTITIONER},
                                              {"supervisor", ALLIANCE_ROLE_SUPERVISOR}};

struct DueOptions {
  due::Request request;
  std::string at, role, config_file;
  bool explain = false, json = false;
};

int due_failed(const Failure& failure) {
  constexpr std::string_view own = "due: ";  // of the host's sentences
  const std::string_view said = failure.message;
  std::cerr << "alliance due: " << (said.starts_with(own) ? said.substr(own.size()) : said) << "\n";
  return exit_for(failure.status);
}

using Cells = std::array<std::string, 5>;

Cells cells(const fb::OccasionRecordT& record) {
  const fb::OccasionT& occasion = *record.occasion;
  std::string stage = due::stage_of(record);
  if (occasion.state == fb::OccasionState::overdue) stage += ", overdue";
  std::string who = fb::EnumNameRater(occasion.rater);
  if (occasion.target != fb::Target::none) who += std::string(" about ") + fb::EnumNameTarget(occasion.target);
  return {stage, due::text_of(occasion.due), due::text_of(occasion.expires),
          occasion.role + " (" + (occasion.instrument.empty() ? "nobody plays it" : occasion.instrument) + ")", who};
}

void explain(const fb::OccasionRecordT& record) {
  const fb::OccasionT& occasion = *record.occasion;
  const auto line = [](const std::string& text) { std::cout << "    " << review::terminal_text(text) << "\n"; };
  line("rule " + occasion.rule + ": " + occasion.reason +
       (occasion.event.empty() ? "" : " Event " + occasion.event + "."));
  line("can be answered from " + due::text_of(occasion.opens) + "; key " + occasion.key);
  if (record.sent != 0) {
    line("sent " + due::text_of(record.sent) +
         (record.round > 0 ? ", anew for the " + std::to_string(record.round) + ". time" : "") +
         (occasion.reminders.empty() ? ""
                                     : ", reminders gone " + std::to_string(occasion.reminded) + " of " +
                                           std::to_string(occasion.reminders.size())));
  }
  if (record.shown != 0) line("shown " + due::text_of(record.shown));
  if (occasion.answered != 0) line("answered " + due::text_of(occasion.answered) + " by event " + occasion.sheet);
  if (occasion.gives_way == "burden") line("gives way: the week's limit of items is used up");
  if (occasion.gives_way == "absence") line("falls away: the client is absent");
  if (!occasion.gives_way.empty() && occasion.gives_way != "burden" && occasion.gives_way != "absence") {
    line("gives way to " + occasion.gives_way);
  }
  if (!occasion.pair.empty()) line("the other view: " + occasion.pair);
}

void print_due(const fb::DueListT& list, bool with_reasons) {
  std::cout << "Case " << list.id << " as of " << due::text_of(list.as_of) << "Z (times in UTC; the client's zone is "
            << (list.zone.empty() ? "not said" : list.zone) << "). Schedule " << list.schedule << ".\n";
  std::vector<Cells> rows = {{"STATE", "DUE", "UNTIL", "MEASURE", "WHO"}};
  for (const auto& record : list.occasions) rows.push_back(cells(*record));
  std::array<std::size_t, 5> widths{};
  for (const Cells& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::string text;
    for (std::size_t i = 0; i + 1 < rows[r].size(); ++i)
      text += rows[r][i] + std::string(widths[i] - rows[r][i].size() + 2, ' ');
    std::cout << review::terminal_text(text + rows[r].back()) << "\n";
    if (with_reasons && r > 0) explain(*list.occasions[r - 1]);
  }
  for (const auto& role : list.missing_roles)
    std::cout << "Asked for by the schedule and played by no instrument: " << role << "\n";
  if (list.next_change != 0)
    std::cout << "If nothing happens, this changes at " << due::text_of(list.next_change) << "Z.\n";
}

int run_due(DueOptions& chosen) {
  auto& request = chosen.request;
  std::error_code problem;
  if (!std::filesystem::is_regular_file(request.store, problem)) {
    return due_failed({ALLIANCE_E_NOT_FOUND,
                       "there is no store " + request.store + "; name the file that the platform records to",
                       {}});
  }
  if (!chosen.at.empty()) {
    const auto at = due::instant_of(chosen.at);
    if (!at)
      return due_failed({ALLIANCE_E_BAD_INPUT,
                         "--at " + chosen.at + ": write 2026-03-01 or 2026-03-01T09:30Z, from 1970 to 2099",
                         {}});
    request.at = *at;
  }
  request.config = R"({"safety":{"contact":"none, reading only"}})";
  if (!chosen.config_file.empty()) {
    std::ifstream in(chosen.config_file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in)
      return due_failed({ALLIANCE_E_NOT_FOUND, "the configuration " + chosen.config_file + " cannot be read", {}});
    request.config = text.str();
  }
  if (request.plugins.empty()) request.plugins = plugins_by_default();
  if (!chosen.role.empty()) request.role = due_roles.at(chosen.role);
  const auto answer = due::ask(request);
  if (!answer) return due_failed(answer.error());
  if (chosen.json) {
    std::cout << answer->json << "\n";
  } else {
    print_due(answer->list, chosen.explain);
  }
  return exit_done;
}

}  // namespace

void add_due(CLI::App& app, Run& run) {
  auto chosen = std::make_shared<DueOptions>();
  auto* command = app.add_subcommand("due", "What was, is and will be asked in one case, and why.");
  auto& request = chosen->request;
  command->add_option("--store", request.store, "the platform's store")->required();
  command->add_option("--tenant", request.tenant, "whose data these are")->required();
  command->add_option("--case", request.case_id, "which case")->required();
  command->add_option("--at", chosen->at, "as of when, 2026-03-01 or 2026-03-01T09:30Z; may lie ahead (default: now)");
  command->add_flag("--explain", chosen->explain, "the rule, the event and what became of each");
  command->add_flag("--json", chosen->json, "one line of JSON (a DueList)");
  auto* role = command->add_option("--role", chosen->role, "who asks (default: the case's own practitioner)")
                   ->check(CLI::IsMember({"client", "practitioner", "supervisor"}));
  auto* viewer = command->add_option("--viewer", request.viewer, "the id of the person who asks");
  role->needs(viewer);
  viewer->needs(role);
  command->add_option("--plugins", request.plugins, "folder of the plugins (or ALLIANCE_PLUGINS)");
  command->add_option("--config", chosen->config_file, "the host's configuration (JSON)");
  command->callback([chosen, &run] { run = [chosen] { return run_due(*chosen); }; });
}

}  // namespace alliance::tools
