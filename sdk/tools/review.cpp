// SPDX-License-Identifier: Apache-2.0
// `alliance review`: what a store holds about cases, practitioners and services, for a reader.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>

#include "commands.h"
#include "plugin_folder.h"
#include "review_html.h"
#include "review_read.h"
#include "review_terminal.h"

namespace alliance::tools {
namespace {

struct ReviewOptions {
  review::Request request;
  std::string role, config_file, html;
  bool json = false;
};

const std::map<std::string, int> roles = {{"client", ALLIANCE_ROLE_CLIENT},
                                          {"practitioner", ALLIANCE_ROLE_PRACTITIONER},
                                          {"supervisor", ALLIANCE_ROLE_SUPERVISOR},
                                          {"service", ALLIANCE_ROLE_SERVICE},
                                          {"researcher", ALLIANCE_ROLE_RESEARCHER}};

int review_say(const Failure& failure) {
  std::cerr << "alliance review: " << failure.message << "\n";
  return exit_for(failure.status);
}

// The whole page or none: a reader never sees half of one.
bool write_whole(const std::string& path, const std::string& text) {
  const std::string beside = path + ".part";
  {
    std::ofstream out(beside, std::ios::binary | std::ios::trunc);
    out << text;
    out.close();
    if (!out) return false;
  }
  std::error_code problem;
  std::filesystem::rename(beside, path, problem);
  return !problem;
}

Result<void> prepare(ReviewOptions& chosen) {
  auto& request = chosen.request;
  std::error_code problem;
  if (!std::filesystem::is_regular_file(request.store, problem)) {
    return fail(ALLIANCE_E_NOT_FOUND,
                "there is no store " + request.store + "; name the file that the platform records to");
  }
  if (!chosen.config_file.empty()) {
    std::ifstream in(chosen.config_file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in) return fail(ALLIANCE_E_NOT_FOUND, "the configuration " + chosen.config_file + " cannot be read");
    request.config = text.str();
  } else {
    // Reading raises no flag, but without a contact instruments with safety items would be refused.
    request.config = R"({"safety":{"contact":"none, reading only"}})";
  }
  if (request.plugins.empty()) request.plugins = plugins_by_default();
  if (!chosen.role.empty()) request.role = roles.at(chosen.role);
  return {};
}

int run_review(ReviewOptions& chosen) {
  if (auto ready = prepare(chosen); !ready) return review_say(ready.error());
  auto host = review::open(chosen.request);
  if (!host) return review_say(host.error());
  if (chosen.json) {
    auto done =
        review::read_json(host->get(), chosen.request, [](const std::string& line) { std::cout << line << "\n"; });
    return done ? exit_done : review_say(done.error());
  }
  auto pages = review::read(host->get(), chosen.request);
  if (!pages) return review_say(pages.error());
  if (chosen.html.empty()) {
    std::cout << review::terminal(*pages);
    return exit_done;
  }
  if (!write_whole(chosen.html, review::page(*pages))) {
    std::cerr << "alliance review: " << chosen.html << " cannot be written; does its folder exist, is there room?\n";
    return exit_failed;
  }
  std::cout << chosen.html << ": " << pages->cases.size() << " cases, " << pages->practitioners.size()
            << " practitioners, " << pages->services.size() << " services\n";
  return exit_done;
}

}  // namespace

void add_review(CLI::App& app, Run& run) {
  auto chosen = std::make_shared<ReviewOptions>();
  auto* command = app.add_subcommand("review", "Reviews of cases, practitioners and services, from a store.");
  auto& request = chosen->request;
  command->add_option("--store", request.store, "the platform's store")->required();
  command->add_option("--tenant", request.tenant, "whose data these are")->required();
  command->add_option("--case", request.cases, "only this case (may be repeated)");
  command->add_option("--practitioner", request.practitioners, "only this practitioner");
  command->add_option("--service", request.services, "only this service");
  auto* role = command
                   ->add_option("--role", chosen->role,
                                "who asks; without it each part is shown as the person whom it is for sees it")
                   ->check(CLI::IsMember({"client", "practitioner", "supervisor", "service", "researcher"}));
  auto* viewer = command->add_option("--viewer", request.viewer, "the id of the person who asks");
  role->needs(viewer);
  viewer->needs(role);
  auto* html = command->add_option("--html", chosen->html, "write one self-contained page to this file");
  command->add_flag("--json", chosen->json, "one line of JSON per review")->excludes(html);
  command->add_option("--plugins", request.plugins,
                      "folder of the plugins (or ALLIANCE_PLUGINS), for the ranges of axes");
  command->add_option("--config", chosen->config_file, "the host's configuration (JSON)");
  command->callback([chosen, &run] { run = [chosen] { return run_review(*chosen); }; });
}

}  // namespace alliance::tools
