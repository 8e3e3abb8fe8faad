// SPDX-License-Identifier: Apache-2.0
// A plugin is a guest in a process that is not its own.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bit>
#include <cfenv>
#include <chrono>
#include <clocale>
#include <csignal>
#include <filesystem>
#include <thread>

#include "check/form.h"
#include "check/tests.h"

extern char** environ;  // NOLINT(readability-redundant-declaration): not every C library declares it

namespace alliance::check {
namespace {

// The plugin's whole life: loaded, initialised, asked everything, ended.
Result<void> life(const Subject& subject) {
  auto session = Session::open(subject);
  if (!session) return tl::unexpected(session.error());
  for_each_question(**session, false, [](Session& s, const Instance& instance, const Question& question) {
    ask(s, instance, question, sample(s, question));
    return passed();
  });
  for_each_form(**session, [](Session&, const Instance&, const Form& form) {
    auto dice = dice_of_one_kind();
    form.batch(form.random(dice, 3));
    return passed();
  });
  return {};
}

// `look` before and after that life, in this process.
template <class Look>
Outcome unchanged(const Subject& subject, const char* what, const Look& look) {
  const auto before = look();
  const auto lived = life(subject);
  const bool same = before == look();
  if (!same) return failed(std::string("it changes ") + what);
  return lived ? passed() : skipped("the plugin does not get so far: " + lived.error().message);
}

std::string read_whole(int file) {
  std::string text(4096, '\0');
  const ssize_t length = pread(file, text.data(), text.size(), 0);
  text.resize(length < 0 ? 0 : static_cast<std::size_t>(length));
  return text;
}

std::string first_line(const std::string& text) { return text.substr(0, std::min<std::size_t>(text.find('\n'), 120)); }

std::size_t threads() {
  std::size_t count = 0;
  std::error_code ignored;
  for (std::filesystem::directory_iterator at("/proc/self/task", ignored), end; at != end; at.increment(ignored))
    ++count;
  return count;
}

// How a process of its own ends that lives the plugin's life and leaves by exit().
std::string ending(const Subject& subject, bool with_deinit) {
  const pid_t child = fork();
  if (child == 0) {
    auto session = Session::open(subject);
    if (!session) _exit(77);
    if (with_deinit) {
      session->reset();
    } else {
      static_cast<void>(session->release());  // as a host leaves a plugin that it put into quarantine
    }
    at("the end of the process");
    std::exit(0);  // NOLINT(concurrency-mt-unsafe): what runs at exit is what is tested
  }
  int status = 0;
  if (child < 0) return "no process could be made";
  for (int wait = 0; wait < 500; ++wait) {  // 5 s
    if (waitpid(child, &status, WNOHANG) == child) {
      if (WIFSIGNALED(status)) return std::string("it ends by ") + strsignal(WTERMSIG(status));
      if (WEXITSTATUS(status) == 77) return "skip";
      return WEXITSTATUS(status) == 0 ? "" : "it ends with status " + std::to_string(WEXITSTATUS(status));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  kill(child, SIGKILL);
  waitpid(child, &status, 0);
  return "it does not end within 5 s";
}

Outcome ends(const Subject& subject, bool with_deinit) {
  const std::string how = ending(subject, with_deinit);
  if (how == "skip") return skipped("the plugin does not get so far");
  return how.empty() ? passed() : failed(how);
}

}  // namespace

Outcome prints_nothing(const Subject& subject) {
  const int out = memfd_create("stdout", MFD_CLOEXEC), error = memfd_create("stderr", MFD_CLOEXEC);
  if (out < 0 || error < 0) return skipped("no file in memory could be made");
  std::fflush(stdout);
  dup2(out, STDOUT_FILENO);
  dup2(error, STDERR_FILENO);
  const auto lived = life(subject);
  std::fflush(stdout);
  const std::string to_out = read_whole(out), to_error = read_whole(error);
  if (!to_out.empty()) return failed("it writes to standard output: " + first_line(to_out));
  if (!to_error.empty()) return warned("it writes to standard error: " + first_line(to_error));
  return lived ? passed() : skipped("the plugin does not get so far: " + lived.error().message);
}

Outcome leaves_no_thread(const Subject& subject) {
  const std::size_t before = threads();
  const auto lived = life(subject);
  for (int wait = 0; wait < 100 && threads() > before; ++wait) {  // one that just ends may still be seen
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  if (threads() > before)
    return failed("after deinit(), " + std::to_string(threads() - before) + " of its threads run on");
  return lived ? passed() : skipped("the plugin does not get so far: " + lived.error().message);
}

Outcome leaves_no_process(const Subject& subject) {
  const auto lived = life(subject);
  const pid_t child = waitpid(-1, nullptr, WNOHANG);
  if (child >= 0) return failed("it starts a process of its own");
  return lived ? passed() : skipped("the plugin does not get so far: " + lived.error().message);
}

Outcome keeps_signals(const Subject& subject) {
  return unchanged(subject, "how the process handles signals", [] {
    std::vector<std::uintptr_t> handlers;
    for (int number = 1; number < 32; ++number) {
      struct sigaction action{};
      sigaction(number, nullptr, &action);
      handlers.push_back(reinterpret_cast<std::uintptr_t>(action.sa_handler));
    }
    sigset_t blocked;
    sigemptyset(&blocked);
    pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
    for (int number = 1; number < 32; ++number)
      handlers.push_back(static_cast<std::uintptr_t>(sigismember(&blocked, number)));
    return handlers;
  });
}

Outcome keeps_floating_point(const Subject& subject) {
  return unchanged(
      subject, "how the processor calculates (the rounding, or numbers near nought: -ffast-math does)", [] {
        // A number near nought that is halved, and two roundings: what a changed mode changes. As bits, because such a
        // mode also changes what is equal.
        const volatile double small = 2.2250738585072014e-308, one = 1, three = 3;
        const double half = small / 2, third = one / three, minus = -one / three;
        return std::vector<std::uint64_t>{std::bit_cast<std::uint64_t>(half), std::bit_cast<std::uint64_t>(third),
                                          std::bit_cast<std::uint64_t>(minus),
                                          static_cast<std::uint64_t>(std::fegetround()),
                                          static_cast<std::uint64_t>(fegetexcept())};
      });
}

Outcome keeps_folder(const Subject& subject) {
  return unchanged(subject, "the process's folder or the mode of new files", [] {
    const mode_t mask = umask(0);
    umask(mask);
    std::error_code ignored;
    return std::filesystem::current_path(ignored).string() + " " + std::to_string(mask);
  });
}

Outcome keeps_environment(const Subject& subject) {
  return unchanged(subject, "the environment", [] {
    std::string all;
    for (char** at = environ; *at != nullptr; ++at) all += std::string(*at) + '\n';
    return all;
  });
}

Outcome keeps_locale(const Subject& subject) {
  return unchanged(subject, "the process's locale", [] {
    return std::string(std::setlocale(LC_ALL, nullptr));  // NOLINT(concurrency-mt-unsafe): one thread
  });
}

Outcome host_only_while_it_lasts(const Subject& subject) {
  auto session = Session::open(subject);
  if (!session) return skipped("the plugin does not get so far: " + session.error().message);
  for_each_question(**session, false, [](Session& s, const Instance& instance, const Question& question) {
    ask(s, instance, question, sample(s, question));
    return passed();
  });
  (*session)->end();
  std::this_thread::sleep_for(std::chrono::milliseconds(300));  // for a thread that it left behind
  for (const auto& sentence : (*session)->host().misuse()) {
    if (sentence.find("after deinit()") != std::string::npos) return failed(sentence);
  }
  return passed();
}

Outcome services_used_well(Session& session) {
  for_each_question(session, false, [](Session& s, const Instance& instance, const Question& question) {
    ask(s, instance, question, sample(s, question));
    ask(s, instance, question, bytes_of(std::string_view("rubbish")));
    return passed();
  });
  const auto misuse = session.host().misuse();
  return misuse.empty() ? passed() : failed(misuse.front());
}

Outcome ends_with_the_process(const Subject& subject) { return ends(subject, true); }
Outcome ends_without_deinit(const Subject& subject) { return ends(subject, false); }

}  // namespace alliance::check
