// SPDX-License-Identifier: Apache-2.0
// A child process that can be killed at any moment.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace alliance::faults {

class Process {
 public:
  Process() = default;
  // Standard output is appended to `out`; standard error comes to read_error_line(). It does not outlive the test.
  Process(const std::vector<std::string>& command, const std::string& out) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return;
    const int file = ::open(out.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    std::vector<char*> arguments;
    for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    id_ = ::fork();
    if (id_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::dup2(file, STDOUT_FILENO);
      ::dup2(ends[1], STDERR_FILENO);
      ::execv(arguments[0], arguments.data());
      ::_exit(127);
    }
    ::close(file);
    ::close(ends[1]);
    error_ = ends[0];
  }
  Process(Process&& other) noexcept
      : id_(std::exchange(other.id_, -1)),
        error_(std::exchange(other.error_, -1)),
        status_(std::exchange(other.status_, 0)) {}
  Process& operator=(Process&& other) noexcept {
    if (this != &other) {
      end(SIGKILL);
      id_ = std::exchange(other.id_, -1);
      error_ = std::exchange(other.error_, -1);
      status_ = std::exchange(other.status_, 0);
    }
    return *this;
  }
  ~Process() { end(SIGKILL); }

  // A process that says nothing for so long is told of in the line's place: a test that waits for ever says nothing.
  std::string read_error_line(std::chrono::seconds within = std::chrono::seconds(120)) {
    const auto end = std::chrono::steady_clock::now() + within;
    std::string line;
    for (char c = 0;;) {
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()).count();
      pollfd one{error_, POLLIN, 0};
      if (left <= 0 || ::poll(&one, 1, static_cast<int>(left)) == 0) {
        return line + "(and nothing more within " + std::to_string(within.count()) + " s)";
      }
      if (::read(error_, &c, 1) != 1 || c == '\n') return line;
      line += c;
    }
  }
  // The first line that begins so, past what else is said; or all that was said, where it ends without.
  std::string read_error_line(std::string_view beginning) {
    std::string all;
    for (;;) {
      auto line = read_error_line();
      if (line.starts_with(beginning)) return line;
      if (line.empty() || line.ends_with(" s)")) return all + line;
      all += line + " / ";
    }
  }

  void signal(int what) const {
    if (id_ > 0) ::kill(id_, what);
  }
  // The status as from waitpid(), or 0 when there was no process.
  int end(int signal) {
    if (alive()) ::kill(id_, signal);
    return wait();
  }
  int wait() {
    if (id_ > 0) ::waitpid(id_, &status_, 0);
    if (error_ >= 0) ::close(error_);
    id_ = error_ = -1;
    return std::exchange(status_, 0);
  }
  bool alive() {
    if (id_ > 0 && ::waitpid(id_, &status_, WNOHANG) != 0) id_ = -1;
    return id_ > 0;
  }

 private:
  pid_t id_ = -1;
  int error_ = -1;
  int status_ = 0;  // of one that ended by itself
};

// Waits until a file has more lines than that: on a machine that is busy the moments may all have come too early.
inline bool grows_past(const std::string& path, std::size_t lines) {
  const auto patience = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  while (std::chrono::steady_clock::now() < patience) {
    std::ifstream in(path);
    std::size_t there = 0;
    for (std::string line; there <= lines && std::getline(in, line);) ++there;
    if (there > lines) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return false;
}

}  // namespace alliance::faults
