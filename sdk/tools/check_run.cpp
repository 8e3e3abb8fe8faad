// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>

#include "check.h"

namespace alliance::tools::check_run {
namespace {

using Clock = std::chrono::steady_clock;

// Memory that parent and child both see.
class SharedSlate {
 public:
  SharedSlate() : file_(memfd_create("alliance-check", MFD_CLOEXEC)) {
    if (file_ < 0 || ftruncate(file_, sizeof(check::Slate)) != 0) return;
    void* at = mmap(nullptr, sizeof(check::Slate), PROT_READ | PROT_WRITE, MAP_SHARED, file_, 0);
    if (at != MAP_FAILED) slate_ = static_cast<check::Slate*>(at);
  }
  ~SharedSlate() {
    if (slate_ != nullptr) munmap(slate_, sizeof *slate_);
    if (file_ >= 0) close(file_);
  }
  SharedSlate(SharedSlate&& other) noexcept
      : file_(std::exchange(other.file_, -1)), slate_(std::exchange(other.slate_, nullptr)) {}
  SharedSlate& operator=(SharedSlate&& other) noexcept {
    std::swap(file_, other.file_);
    std::swap(slate_, other.slate_);
    return *this;
  }
  int file() const { return file_; }
  const check::Slate* get() const { return slate_; }

 private:
  int file_;
  check::Slate* slate_ = nullptr;
};

struct Child {
  const check::Test* test;
  SharedSlate slate;
  int output;  // what it printed, for a test that did not come to its end
  pid_t process;
  Clock::time_point began;
};

pid_t start(const Order& order, const check::Test& test, int slate, int output) {
  std::vector<std::string> words = {"alliance", "check",   order.manifest,       "--in-child",
                                    test.id,    "--slate", std::to_string(slate)};
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) words.insert(words.end(), {name, value});
  };
  add("--settings", order.settings_file);
  add("--payload", order.payload_file);
  add("--endpoint", order.endpoint);
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const pid_t child = fork();
  if (child != 0) return child;
  setpgid(0, 0);  // what it starts ends with it
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  fcntl(slate, F_SETFD, 0);
  const rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
  const int empty = open("/dev/null", O_RDONLY);
  dup2(empty, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  execv("/proc/self/exe", arguments.data());
  _exit(127);
}

std::string last_words(int output) {
  std::array<char, 2048> text{};
  const off_t size = lseek(output, 0, SEEK_END);
  const ssize_t length = pread(output, text.data(), text.size(), std::max<off_t>(0, size - 2048));
  std::string words(text.data(), length < 0 ? 0 : static_cast<std::size_t>(length));
  while (!words.empty() && words.back() == '\n') words.pop_back();
  words = words.substr(words.rfind('\n') + 1);
  for (char& c : words) c = static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  return words.substr(0, 200);
}

Result judged(const Child& child, int status, bool late, int seconds) {
  const check::Slate& slate = *child.slate.get();
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - child.began).count();
  Result result{child.test, Result::Kind::crashed, "", static_cast<long>(took)};
  const std::string where = slate.at[0] == '\0' ? "" : std::string(" in ") + slate.at;
  if (late) {
    result.kind = Result::Kind::failed;
    result.text = "it did not return within " + std::to_string(seconds) + " s" + where;
  } else if (WIFSIGNALED(status)) {
    result.text = std::string("it crashed") + where + ": " + strsignal(WTERMSIG(status));
  } else if (slate.verdict == 0 || WEXITSTATUS(status) != 0) {
    result.text = "the process ended" + where + " with status " + std::to_string(WEXITSTATUS(status));
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

std::string read_file(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
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
      Child child{test, SharedSlate(), memfd_create("output", MFD_CLOEXEC), -1, Clock::now()};
      if (child.slate.get() != nullptr && child.output >= 0) {
        child.process = start(order, *test, child.slate.file(), child.output);
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
  void* at = mmap(nullptr, sizeof(check::Slate), PROT_READ | PROT_WRITE, MAP_SHARED, slate, 0);
  if (found == nullptr || at == MAP_FAILED) return 2;
  close(slate);
  check::Subject subject;
  subject.manifest = order.manifest;
  if (!order.settings_file.empty()) subject.settings = read_file(order.settings_file);
  if (!order.payload_file.empty()) subject.payload = read_file(order.payload_file);
  subject.endpoint = order.endpoint;
  check::run(*found, subject, *static_cast<check::Slate*>(at));
  _exit(0);  // what a plugin left behind must not run now: the tests about the end make processes of their own
}

}  // namespace alliance::tools::check_run
