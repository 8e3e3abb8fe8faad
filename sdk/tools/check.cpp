// SPDX-License-Identifier: Apache-2.0
// alliance check: does a plugin keep its side of the contract?
#include "check.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "plugin_commands.h"
#include "plugin_path.h"
#include "written.h"

namespace alliance::tools {
namespace {

using check_run::Excluded;
using check_run::Order;
using Kind = check_run::Result::Kind;
using written::json_string;

struct CheckChoice {
  std::string plugin, settings, payload, endpoint, in_child;
  std::vector<std::string> only, exclude;
  bool json = false, list = false, all = false;
  int seconds = 20, at_once = 0, slate = -1;
};

int usage(const std::string& sentence) {
  std::fprintf(stderr, "alliance check: %s\n", sentence.c_str());
  return exit_usage;
}

int list_tests(bool json) {
  std::string before;
  for (const check::Test& test : check::tests()) {
    if (json) {
      std::printf("{\"test\":%s,\"group\":%s,\"sentence\":%s,\"mend\":%s}\n", json_string(test.id).c_str(),
                  json_string(test.group).c_str(), json_string(test.sentence).c_str(), json_string(test.mend).c_str());
      continue;
    }
    if (before != test.group) std::printf("%s%s\n", before.empty() ? "" : "\n", test.group);
    before = test.group;
    std::printf("  %-36s %s\n", test.id, test.sentence);
  }
  return exit_done;
}

void print_line(const check_run::Result& result) {
  const bool bad = result.kind == Kind::failed || result.kind == Kind::crashed;
  std::printf("%-8s %s%s%s\n", check_run::name_of(result.kind), result.test->id, result.text.empty() ? "" : ": ",
              result.text.c_str());
  if (bad || result.kind == Kind::warned) {
    std::printf("         It must be so: %s.\n         What to do: %s.\n", result.test->sentence, result.test->mend);
  }
}

void print_json(const check_run::Result& result) {
  std::printf("{\"test\":%s,\"group\":%s,\"result\":\"%s\",\"text\":%s,\"mend\":%s,\"milliseconds\":%ld}\n",
              json_string(result.test->id).c_str(), json_string(result.test->group).c_str(),
              check_run::name_of(result.kind), json_string(result.text).c_str(), json_string(result.test->mend).c_str(),
              result.milliseconds);
}

// Counts, and what to do next.
int sum_up(const std::vector<check_run::Result>& results, bool json) {
  std::array<int, 5> counts{};
  std::string first;
  for (const auto& result : results) {
    ++counts[static_cast<std::size_t>(result.kind)];
    if (first.empty() && (result.kind == Kind::failed || result.kind == Kind::crashed)) first = result.test->id;
  }
  const int bad = counts[1] + counts[2];
  if (json) {
    std::printf("{\"passed\":%d,\"failed\":%d,\"crashed\":%d,\"warned\":%d,\"skipped\":%d}\n", counts[0], counts[1],
                counts[2], counts[3], counts[4]);
    return bad == 0 ? exit_done : exit_failed;
  }
  std::printf("\n%d passed, %d failed, %d crashed, %d warned, %d skipped\n", counts[0], counts[1], counts[2], counts[3],
              counts[4]);
  if (bad > 0) {
    std::printf(
        "Mend %s first: later tests often fail for the same reason. Then run it again, or that one alone with\n"
        "--only %s.\n",
        first.c_str(), first.c_str());
  } else if (counts[3] > 0) {
    std::printf("The plugin may be installed. Look at the warnings: a host may run into them.\n");
  } else {
    std::printf("The plugin keeps its side of the contract, as far as these tests look.\n");
  }
  return bad == 0 ? exit_done : exit_failed;
}

int check_plugin(const CheckChoice& choice) {
  Order order;
  const auto manifest = manifest_of(choice.plugin);
  if (!manifest) {
    std::fprintf(stderr, "alliance check: %s\n", manifest.error().message.c_str());
    return exit_bad_input;
  }
  order.manifest = std::filesystem::absolute(*manifest).string();  // tests change the folder
  order.settings_file = choice.settings;
  order.payload_file = choice.payload;
  order.endpoint = choice.endpoint;
  order.seconds = choice.seconds;
  if (!choice.in_child.empty()) return check_run::run_in_child(order, choice.in_child, choice.slate);
  const auto unknown = [](const std::string& name) {
    return usage("there is no test '" + name + "': see alliance check --list");
  };
  for (const auto& name : choice.only) {
    const check::Test* test = check::find_test(name);
    if (test == nullptr) return unknown(name);
    order.tests.push_back(test);
  }
  if (choice.only.empty()) {
    for (const check::Test& test : check::tests()) order.tests.push_back(&test);
  }
  for (const auto& text : choice.exclude) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals + 1 == text.size()) {
      return usage("--exclude " + text + ": say why, as in --exclude " + text.substr(0, equals) + "=REASON");
    }
    if (check::find_test(text.substr(0, equals)) == nullptr) return unknown(text.substr(0, equals));
    order.excluded.push_back({text.substr(0, equals), text.substr(equals + 1)});
  }
  order.at_once =
      choice.at_once > 0 ? choice.at_once : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  std::fflush(stdout);
  const auto results = check_run::run_all(order, [&](const check_run::Result& result) {
    if (choice.json) {
      print_json(result);
    } else if (choice.all || (result.kind != Kind::passed && result.kind != Kind::skipped)) {
      print_line(result);
    }
    std::fflush(stdout);  // as it comes, and before the next child is made
  });
  return sum_up(results, choice.json);
}

}  // namespace

void add_check(CLI::App& app, Run& run) {
  auto* command = app.add_subcommand("check", "Does a plugin keep its side of the contract?");
  auto choice = std::make_shared<CheckChoice>();
  command->add_option("plugin", choice->plugin, "Its manifest (NAME.alliance.json), or the folder with one manifest");
  command->add_flag("--list", choice->list, "The tests, each with a sentence, and stop");
  command->add_flag("--json", choice->json, "One JSON object per test, and one with the counts");
  command->add_flag("--all", choice->all, "Show what passed or was skipped too");
  command->add_option("--only", choice->only, "Run this test; may be given several times");
  command->add_option("--exclude", choice->exclude, "TEST=REASON: leave this test out; may be given several times");
  command->add_option("--settings", choice->settings, "File with the JSON object that init() is given")
      ->check(CLI::ExistingFile);
  command->add_option("--payload", choice->payload, "File with what the programme exports")->check(CLI::ExistingFile);
  command->add_option("--endpoint", choice->endpoint, "Where a transport is opened, without its scheme");
  command->add_option("--seconds", choice->seconds, "For one test (default 20)")->check(CLI::Range(1, 3600));
  command->add_option("--at-once", choice->at_once, "Tests that run at the same time (default: processors)")
      ->check(CLI::Range(1, 64));
  command->add_option("--in-child", choice->in_child)->group("");
  command->add_option("--slate", choice->slate)->group("");
  command->callback([&run, choice] {
    run = [choice] {
      if (choice->list) return list_tests(choice->json);
      if (choice->plugin.empty()) return usage("name a plugin's manifest, or --list");
      return check_plugin(*choice);
    };
  });
}

}  // namespace alliance::tools
