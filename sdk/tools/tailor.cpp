// SPDX-License-Identifier: Apache-2.0
// `alliance tailor`: a policy's file by itself, a policy over a past log, and what was in force in one case.
#include <alliance/host.h>
#include <alliance_schema/policy_generated.h>

#include <CLI/CLI.hpp>
#include <chrono>
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
#include "scratch.h"
#include "tailor_log.h"
#include "tailor_text.h"
#include "written.h"

namespace alliance::tools {
namespace {

// The policies whose file can be checked by itself: where each is named in a configuration.
struct PolicyFile {
  const char* policy;
  const char* table;   // of the schema
  const char* member;  // by which a file is known as this policy's
  const char* plugin;
  const char* setting;
  const char* manifest;
};
constexpr PolicyFile policy_files[] = {
    {"rules", "Rules", "\"rules\"", "org.alliance-sdk.rules", "rules", "rules.alliance.json"},
    {"stepped-review", "SteppedReview", "\"points\"", "org.alliance-sdk.stepped-review", "review",
     "stepped-review.alliance.json"},
};

struct TailorOptions {
  std::string file, policy, config_file, role, at;
  tailor::LogRequest log;
  tailor::InForceRequest asked;
  bool json = false;
};

int tailor_failed(const Failure& failure) {
  std::cerr << "alliance tailor: " << failure.message << "\n";
  const bool input = failure.status == ALLIANCE_E_LIMIT || failure.status == ALLIANCE_E_DENIED;
  return input ? exit_bad_input : exit_for(failure.status);
}

std::string config_with(const PolicyFile& policy, const std::string& file) {
  const std::string settings =
      "{" + quoted(policy.setting) + ":" + quoted(std::filesystem::absolute(file).string()) + "}";
  return R"({"safety":{"contact":"none, reading only"},"plugins":[{"plugin":)" + quoted(policy.plugin) +
         R"(,"settings":)" + quoted(settings) + "}]}";
}

Result<std::string> text_of_file(const std::string& file, const char* what) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  std::error_code problem;
  if (!in || !std::filesystem::is_regular_file(file, problem)) {
    return fail(ALLIANCE_E_NOT_FOUND, std::string("there is no ") + what + " " + file + ": name a JSON file");
  }
  return text.str();
}

// The policy that was asked for, or the one whose file it looks like.
const PolicyFile* policy_of(const std::string& wanted, const std::string& text) {
  for (const PolicyFile& one : policy_files) {
    if (wanted.empty() ? text.find(one.member) != std::string::npos : wanted == one.policy) return &one;
  }
  return wanted.empty() ? &policy_files[0] : nullptr;
}

std::string json_head(const std::string& file, const std::string& fault) {
  return R"({"file":)" + written::json_string(file) + R"(,"fault":)" +
         (fault.empty() ? "null" : written::json_string(fault));
}

void say_rules(const TailorOptions& chosen, const fb::RulesT& rules) {
  std::vector<std::string> off, unverified;
  for (const auto& rule : rules.rules) {
    const bool doubtful = rule->provenance && rule->provenance->certainty == fb::Certainty::unverified;
    if (rule->off || doubtful) (rule->off ? off : unverified).push_back(rule->id);
  }
  if (chosen.json) {
    std::cout << json_head(chosen.file, "") << R"(,"rules":)" << rules.rules.size() << R"(,"off":)"
              << written::json_list(off) << R"(,"unverified":)" << written::json_list(unverified) << "}\n";
    return;
  }
  std::cout << chosen.file << ": " << rules.rules.size() << " rules, none at fault; " << off.size() << " off\n";
  for (const auto& id : off) std::cout << "off: " << id << "\n";
  for (const auto& id : unverified) std::cout << "on, and its threshold is unverified: " << id << "\n";
}

int run_check(TailorOptions& chosen) {
  const auto text = text_of_file(chosen.file, "policy file");
  if (!text) return tailor_failed(text.error());
  const PolicyFile* policy = policy_of(chosen.policy, *text);
  const auto bytes = schema::json_to_bytes(policy->table, *text);
  const auto at_fault = [&](const Failure& failure) {
    if (chosen.json && failure.status == ALLIANCE_E_BAD_INPUT)
      std::cout << json_head(chosen.file, failure.message) << "}\n";
    return tailor_failed(failure);
  };
  if (!bytes) return at_fault({bytes.error().status, chosen.file + ": " + bytes.error().message, {}});
  const auto manifest = std::filesystem::path(chosen.log.plugins) / policy->manifest;
  std::error_code problem;
  if (!std::filesystem::is_regular_file(manifest, problem)) {
    return tailor_failed({ALLIANCE_E_NOT_FOUND,
                          "there is no " + std::string(policy->manifest) + " in the folder of plugins '" +
                              chosen.log.plugins + "': name the right one with --plugins or ALLIANCE_PLUGINS",
                          {}});
  }
  if (auto fault = tailor::fault_of(manifest.string(), config_with(*policy, chosen.file))) {
    return at_fault(*fault);
  }
  if (std::string(policy->table) == "Rules") {
    fb::RulesT rules;
    flatbuffers::GetRoot<fb::Rules>(bytes->data())->UnPackTo(&rules);
    say_rules(chosen, rules);
  } else {
    const auto* review = flatbuffers::GetRoot<fb::SteppedReview>(bytes->data());
    const auto points = review->points()->size(), questions = review->questions()->size();
    if (chosen.json) {
      std::cout << json_head(chosen.file, "") << R"(,"points":)" << points << R"(,"questions":)" << questions << "}\n";
    } else {
      std::cout << chosen.file << ": " << points << " points, " << questions << " questions, none at fault\n";
    }
  }
  return exit_done;
}

Result<std::string> config_of(const TailorOptions& chosen) {
  if (!chosen.file.empty()) {
    const PolicyFile* policy = policy_of(chosen.log.policy, "");
    if (policy == nullptr) {
      return fail(ALLIANCE_E_BAD_INPUT, "--rules goes with rules or stepped-review; for " + chosen.log.policy +
                                            " name its file in a configuration and give that with --config");
    }
    return config_with(*policy, chosen.file);
  }
  if (chosen.config_file.empty()) return std::string(R"({"safety":{"contact":"none, reading only"}})");
  return text_of_file(chosen.config_file, "configuration");
}

int run_simulate(TailorOptions& chosen) {
  auto config = config_of(chosen);
  if (!config) return tailor_failed(config.error());
  chosen.log.config = std::move(*config);
  auto last = std::chrono::steady_clock::now();
  const auto made = tailor::simulate(chosen.log, [&](std::size_t done, std::size_t all) {
    const auto now = std::chrono::steady_clock::now();
    if (now - last < std::chrono::seconds(2)) return;
    last = now;
    std::cerr << "alliance tailor: " << done << " of " << all << " cases ...\n";
  });
  if (!made) return tailor_failed(made.error());
  std::size_t would = 0, then = 0, accepted = 0, did = 0, near = 0, withheld = 0;
  for (const auto& one : made->cases) {
    withheld += one.withheld.empty() ? 0 : 1;
    would += one.would.size();
    for (const auto& proposal : one.would) {
      then += proposal->made ? 1 : 0;
      accepted += proposal->decision == fb::Decision::accepted ? 1 : 0;
    }
    did += one.did.size();
    for (const auto& done : one.did) near += done->near.empty() ? 0 : 1;
    if (!chosen.json) std::cout << tailor::as_text(one) << "\n";
  }
  if (chosen.json) {
    for (const auto& line : made->json) std::cout << line << "\n";
  } else {
    std::cout << made->cases.size() << " cases, " << withheld << " of them shown to nobody. Would have proposed "
              << would << ", " << then << " of which were proposed then, " << accepted
              << " accepted. Practitioners made " << did << " adaptations and other steps, " << near
              << " of which would have been proposed within the 14 days before.\n"
              << "What a policy proposes is a reason to ask; none of it is validated, and none rates a practitioner.\n";
  }
  if (made->not_taken > 0) {
    std::cerr << "alliance tailor: " << made->not_taken << " of " << made->events + made->not_taken
              << " events were not taken, the first because: " << made->first_refusal << "\n";
    return exit_bad_input;
  }
  return exit_done;
}

int run_show(TailorOptions& chosen) {
  auto& asked = chosen.asked;
  auto config = config_of(chosen);
  if (!config) return tailor_failed(config.error());
  asked.config = std::move(*config);
  asked.plugins = chosen.log.plugins;
  if (!chosen.at.empty()) {
    const auto at = due::instant_of(chosen.at);
    if (!at) {
      return tailor_failed({ALLIANCE_E_BAD_INPUT,
                            "--at " + chosen.at + ": write 2026-03-01 or 2026-03-01T09:30Z, from 1970 to 2099",
                            {}});
    }
    asked.at = *at;
  }
  if (!chosen.role.empty()) {
    asked.role = chosen.role == "supervisor" ? ALLIANCE_ROLE_SUPERVISOR : ALLIANCE_ROLE_PRACTITIONER;
  }
  const auto made = tailor::in_force(asked);
  if (!made) return tailor_failed(made.error());
  std::cout << (chosen.json ? made->json + "\n" : tailor::as_text(made->table));
  return exit_done;
}

void with_plugins(CLI::App& command, const std::shared_ptr<TailorOptions>& chosen) {
  command.add_option("--plugins", chosen->log.plugins, "folder of the plugins (or ALLIANCE_PLUGINS)");
}

template <class Do>
void on_chosen(CLI::App& command, const std::shared_ptr<TailorOptions>& chosen, Run& run, Do work) {
  command.callback([chosen, &run, work] {
    run = [chosen, work] {
      if (chosen->log.plugins.empty()) chosen->log.plugins = plugins_by_default();
      return work(*chosen);
    };
  });
}

}  // namespace

void add_tailor(CLI::App& app, Run& run) {
  auto* command = app.add_subcommand("tailor", "Tailoring policies: checks a file, tries one on a past log.");
  command->require_subcommand(1);

  auto chosen = std::make_shared<TailorOptions>();
  auto* check = command->add_subcommand("check", "Says what is at fault in a policy's file, by line and field.");
  check->add_option("file", chosen->file, "rules, or a stepped review (JSON)")->required();
  check->add_option("--policy", chosen->policy, "whose file it is (default: as it looks)")
      ->check(CLI::IsMember({"rules", "stepped-review"}));
  check->add_flag("--json", chosen->json, "one JSON object: fault, and how much there is");
  with_plugins(*check, chosen);
  on_chosen(*check, chosen, run, run_check);

  chosen = std::make_shared<TailorOptions>();
  auto* simulate = command->add_subcommand(
      "simulate", "What a policy would have proposed in courses that are over, and what was done in fact.");
  simulate->add_option("--policy", chosen->log.policy, "id of a loaded policy: rules, stepped-review")->required();
  simulate->add_option("--log", chosen->log.log, "a platform's store, or its events, one JSON object a line")
      ->required();
  simulate->add_option("--tenant", chosen->log.tenant, "whose data these are (default: simulate)")
      ->default_val("simulate");
  simulate->add_option("--case", chosen->log.only_case, "this case alone");
  auto* rules = simulate->add_option("--rules", chosen->file, "the policy's own file in place of the shipped one");
  simulate->add_option("--config", chosen->config_file, "the host's configuration (JSON)")->excludes(rules);
  simulate->add_flag("--json", chosen->json, "one line of JSON (a Simulation) per case");
  with_plugins(*simulate, chosen);
  on_chosen(*simulate, chosen, run, run_simulate);

  chosen = std::make_shared<TailorOptions>();
  auto* show = command->add_subcommand("show", "What was adapted in one case and in force at a moment.");
  auto& asked = chosen->asked;
  show->add_option("--store", asked.store, "the platform's store")->required();
  show->add_option("--tenant", asked.tenant, "whose data these are")->required();
  show->add_option("--case", asked.case_id, "which case")->required();
  show->add_option("--at", chosen->at, "as of when, 2026-03-01 or 2026-03-01T09:30Z (default: now)");
  show->add_flag("--json", chosen->json, "one line of JSON (an InForce)");
  auto* role = show->add_option("--role", chosen->role, "who asks (default: the case's own practitioner)")
                   ->check(CLI::IsMember({"practitioner", "supervisor"}));
  auto* viewer = show->add_option("--viewer", asked.viewer, "the id of the person who asks");
  role->needs(viewer);
  viewer->needs(role);
  show->add_option("--config", chosen->config_file, "the host's configuration (JSON)");
  with_plugins(*show, chosen);
  on_chosen(*show, chosen, run, run_show);
}

}  // namespace alliance::tools
