// SPDX-License-Identifier: Apache-2.0
// A child process that can be killed at any moment.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

namespace alliance::faults {

class Process {
 public:
  Process() = default;
  // Standard output is appended to `out`; standard error comes to read_error_line().
  Process(const std::vector<std::string>& command, const std::string& out) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return;
    const int file = ::open(out.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    std::vector<char*> arguments;
    for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    id_ = ::fork();
    if (id_ == 0) {
      ::dup2(file, STDOUT_FILENO);
      ::dup2(ends[1], STDERR_FILENO);
      ::execv(arguments[0], arguments.data());
      ::_exit(127);
    }
    ::close(file);
    ::close(ends[1]);
    error_ = ends[0];
  }
  Process(Process&& other) noexcept : id_(std::exchange(other.id_, -1)), error_(std::exchange(other.error_, -1)) {}
  Process& operator=(Process&& other) noexcept {
    if (this != &other) {
      end(SIGKILL);
      id_ = std::exchange(other.id_, -1);
      error_ = std::exchange(other.error_, -1);
    }
    return *this;
  }
  ~Process() { end(SIGKILL); }

  std::string read_error_line() {
    std::string line;
    for (char c = 0; ::read(error_, &c, 1) == 1 && c != '\n';) line += c;
    return line;
  }

  // The status as from waitpid(), or 0 when there was no process.
  int end(int signal) {
    if (id_ <= 0) return 0;
    ::kill(id_, signal);
    return wait();
  }
  int wait() {
    int status = 0;
    if (id_ > 0) ::waitpid(id_, &status, 0);
    if (error_ >= 0) ::close(error_);
    id_ = error_ = -1;
    return status;
  }
  bool alive() const { return id_ > 0 && ::waitpid(id_, nullptr, WNOHANG) == 0; }

 private:
  pid_t id_ = -1;
  int error_ = -1;
};

}  // namespace alliance::faults
