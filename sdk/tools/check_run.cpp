// SPDX-License-Identifier: Apache-2.0
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <utility>

#include "check.h"
#include "child.h"

namespace alliance::tools::check_run {
namespace {

using Clock = std::chrono::steady_clock;

struct Child {
  const check::Test* test;
  SharedSlate slate;
  int output;  // what it printed, for a test that did not come to its end
  pid_t process;
  Clock::time_point began;
};

pid_t start(const Order& order, const check::Test& test, const SharedSlate& slate, int output) {
  std::vector<std::string> words = {"alliance", "check", order.manifest, "--in-child", test.id};
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) words.insert(words.end(), {name, value});
  };
  add("--settings", order.settings_file);
  add("--payload", order.payload_file);
  add("--endpoint", order.endpoint);
  return start_child(std::move(words), slate, output);
}

Result judged(const Child& child, int status, bool late, int seconds) {
  const check::Slate& slate = *child.slate.get();
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - child.began).count();
  Result result{child.test, Result::Kind::crashed, "", static_cast<long>(took)};
  const std::string where = slate.at[0] == '\0' ? "" : std::string(" in ") + slate.at;
  if (late) {
    result.kind = Result::Kind::failed;
    result.text = "it did not return within " + std::to_string(seconds) + " s" + where;
  } else if (WIFSIGNALED(status) || slate.verdict == 0 || WEXITSTATUS(status) != 0) {
    result.text = how_it_ended(slate, status);
  } else {
    using Kind = Result::Kind;
    constexpr Kind kinds[] = {Kind::passed, Kind::failed, Kind::warned, Kind::skipped};
    result.kind = kinds[std::clamp(slate.verdict, 1, 4) - 1];
    result.text.assign(slate.text, strnlen(slate.text, sizeof slate.text));
    return result;
  }
  if (const auto words = last_words(child.output); !words.empty()) result.text += "; its last words: " + words;
  return result;
}

}  // namespace

const char* name_of(Result::Kind kind) {
  constexpr const char* names[] = {"passed", "failed", "crashed", "warned", "skipped"};
  return names[static_cast<int>(kind)];
}

std::vector<Result> run_all(const Order& order, const std::function<void(const Result&)>& done) {
  std::vector<Result> results(order.tests.size(),
                              Result{nullptr, Result::Kind::crashed, "no process could be made for it"});
  std::vector<std::pair<std::size_t, Child>> running;
  std::size_t next = 0;
  const auto finish = [&](std::size_t place, Result result) {
    results[place] = std::move(result);
    done(results[place]);
  };
  while (next < order.tests.size() || !running.empty()) {
    if (next < order.tests.size() && running.size() < static_cast<std::size_t>(order.at_once)) {
      const std::size_t place = next++;
      const check::Test* test = order.tests[place];
      const auto excluded = std::find_if(order.excluded.begin(), order.excluded.end(),
                                         [&](const Excluded& one) { return one.test == test->id; });
      if (excluded != order.excluded.end()) {
        finish(place, {test, Result::Kind::skipped, "left out: " + excluded->reason});
        continue;
      }
      Child child{test, SharedSlate(), output_file(), -1, Clock::now()};
      if (child.slate.get() != nullptr && child.output >= 0) {
        child.process = start(order, *test, child.slate, child.output);
      }
      if (child.process < 0) {
        finish(place, {test, Result::Kind::crashed, "no process could be made for it"});
        continue;
      }
      running.emplace_back(place, std::move(child));
      continue;
    }
    for (auto at = running.begin(); at != running.end();) {
      Child& child = at->second;
      int status = 0;
      const bool late = Clock::now() - child.began > std::chrono::seconds(order.seconds);
      if (late) kill(-child.process, SIGKILL);
      if (waitpid(child.process, &status, late ? 0 : WNOHANG) != child.process) {
        ++at;
        continue;
      }
      kill(-child.process, SIGKILL);  // processes that it left behind
      finish(at->first, judged(child, status, late, order.seconds));
      close(child.output);
      at = running.erase(at);
    }
    poll(nullptr, 0, 2);
  }
  return results;
}

int run_in_child(const Order& order, const std::string& test, int slate) {
  const check::Test* found = check::find_test(test);
  check::Slate* at = slate_of(slate);
  if (found == nullptr || at == nullptr) return 2;
  close(slate);
  check::Subject subject;
  subject.manifest = order.manifest;
  if (!order.settings_file.empty()) subject.settings = whole_file(order.settings_file);
  if (!order.payload_file.empty()) subject.payload = whole_file(order.payload_file);
  subject.endpoint = order.endpoint;
  check::run(*found, subject, *at);
  _exit(0);  // what a plugin left behind must not run now: the tests about the end make processes of their own
}

}  // namespace alliance::tools::check_run
