// SPDX-License-Identifier: Apache-2.0
// alliance fuzz: bytes that nobody meant, until the plugin falls over or the time is over. Out of process; the same
// seed makes the same rounds.
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>

#include "check/fuzz.h"
#include "child.h"
#include "plugin_commands.h"
#include "plugin_path.h"
#include "written.h"

namespace alliance::tools {
namespace {

struct FuzzChoice {
  std::string plugin, settings, payload;
  std::uint64_t seed = 1;
  std::int64_t round = -1;  // this one alone
  int seconds = 10, slate = -1;
  bool json = false;
};

constexpr int seconds_for_a_round = 10;

int fuzz_in_child(const FuzzChoice& choice) {
  check::Slate* slate = slate_of(choice.slate);
  if (slate == nullptr) return exit_usage;
  close(choice.slate);
  check::Subject subject;
  subject.manifest = choice.plugin;
  if (!choice.settings.empty()) subject.settings = whole_file(choice.settings);
  if (!choice.payload.empty()) subject.payload = whole_file(choice.payload);
  check::Rounds rounds;
  rounds.seed = choice.seed;
  rounds.seconds = choice.seconds;
  if (choice.round >= 0) rounds.first = static_cast<std::uint64_t>(choice.round), rounds.count = 1;
  check::fuzz(subject, rounds, *slate);
  _exit(0);
}

// Waits for the child; kills it where one round takes too long.
bool wait_for(pid_t child, const SharedSlate& slate, int& status) {
  using Clock = std::chrono::steady_clock;
  std::string at;
  for (auto moved = Clock::now(); waitpid(child, &status, WNOHANG) != child;) {
    if (at != slate.get()->at) at = slate.get()->at, moved = Clock::now();
    if (Clock::now() - moved > std::chrono::seconds(seconds_for_a_round)) {
      kill(-child, SIGKILL);
      waitpid(child, &status, 0);
      return false;
    }
    poll(nullptr, 0, 5);
  }
  kill(-child, SIGKILL);  // processes that it left behind
  return true;
}

// `where`: "round 12, score" or nothing.
void print_found(const FuzzChoice& choice, const std::string& where, const std::string& round, const std::string& text,
                 const std::string& words) {
  std::printf("{\"found\":%s,\"where\":%s,\"round\":%s,\"seed\":%llu,\"last_words\":%s}\n",
              written::json_string(text).c_str(), written::json_string(where).c_str(),
              round.empty() ? "null" : round.c_str(), static_cast<unsigned long long>(choice.seed),
              written::json_string(words).c_str());
}

int fuzz_plugin(const FuzzChoice& choice) {
  const auto manifest = manifest_of(choice.plugin);
  if (!manifest) {
    std::fprintf(stderr, "alliance fuzz: %s\n", manifest.error().message.c_str());
    return exit_bad_input;
  }
  const std::string path = std::filesystem::absolute(*manifest).string();
  std::vector<std::string> words = {
      "alliance", "fuzz", path, "--seed", std::to_string(choice.seed), "--seconds", std::to_string(choice.seconds)};
  if (choice.round >= 0) words.insert(words.end(), {"--round", std::to_string(choice.round)});
  if (!choice.settings.empty()) words.insert(words.end(), {"--settings", choice.settings});
  if (!choice.payload.empty()) words.insert(words.end(), {"--payload", choice.payload});
  const SharedSlate slate;
  const int output = output_file();
  const pid_t child = slate.get() == nullptr || output < 0 ? -1 : start_child(std::move(words), slate, output);
  if (child < 0) {
    std::fprintf(stderr, "alliance fuzz: no process could be made for the plugin\n");
    return exit_failed;
  }
  int status = 0;
  const bool came_back = wait_for(child, slate, status);
  const auto verdict = static_cast<check::Verdict>(slate.get()->verdict);
  if (came_back && WIFEXITED(status) && verdict == check::Verdict::passed) {
    std::printf(choice.json ? "{\"found\":null,\"rounds\":%s,\"seed\":%llu}\n"
                            : "%s rounds with seed %llu: nothing was found\n",
                slate.get()->text, static_cast<unsigned long long>(choice.seed));
    return exit_done;
  }
  if (came_back && verdict == check::Verdict::skipped) {
    std::fprintf(stderr, "alliance fuzz: %s\n", slate.get()->text);
    return exit_bad_input;
  }
  const std::string where = slate.get()->at;
  const bool ended = came_back && verdict != check::Verdict::failed;
  const std::string text = ended       ? how_it_ended(*slate.get(), status)
                           : came_back ? std::string(slate.get()->text)
                                       : "it did not return within " + std::to_string(seconds_for_a_round) + " s";
  const std::string last = last_words(output);
  const std::string number = where.rfind("round ", 0) == 0 ? where.substr(6, where.find(',') - 6) : std::string();
  if (choice.json) {
    print_found(choice, where, number, text, last);
    return exit_failed;
  }
  std::printf("%s%s\n", ended ? "" : (where + ": ").c_str(), text.c_str());
  if (!last.empty()) std::printf("Its last words: %s\n", last.c_str());
  if (!number.empty()) {
    std::printf("That round alone: alliance fuzz %s --seed %llu --round %s\n", choice.plugin.c_str(),
                static_cast<unsigned long long>(choice.seed), number.c_str());
    std::printf("Where that finds nothing, it needs the rounds before it: leave --round out.\n");
  }
  return exit_failed;
}

}  // namespace

void add_fuzz(CLI::App& app, Run& run) {
  auto* command =
      app.add_subcommand("fuzz", "Hand a plugin bytes that nobody meant, until it falls over or time is over");
  auto choice = std::make_shared<FuzzChoice>();
  command->add_option("plugin", choice->plugin, "Its manifest, its library, or the folder with one manifest")
      ->required();
  command->add_option("--seconds", choice->seconds, "How long (default 10)")->check(CLI::Range(1, 86400));
  command->add_option("--seed", choice->seed, "The same seed makes the same rounds (default 1)");
  command->add_option("--round", choice->round, "This round alone")->check(CLI::NonNegativeNumber);
  command->add_option("--settings", choice->settings, "File with the JSON object that init() is given")
      ->check(CLI::ExistingFile);
  command->add_option("--payload", choice->payload, "File with what the programme exports, to begin from")
      ->check(CLI::ExistingFile);
  command->add_flag("--json", choice->json, "One JSON object");
  command->add_option("--slate", choice->slate)->group("");
  command->callback([&run, choice] {
    run = [choice] { return choice->slate >= 0 ? fuzz_in_child(*choice) : fuzz_plugin(*choice); };
  });
}

}  // namespace alliance::tools
