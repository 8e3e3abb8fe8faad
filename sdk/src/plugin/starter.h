// SPDX-License-Identifier: Apache-2.0
// Starts a runner, on a thread that lives as long as whoever wants it.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "common/result.h"
#include "plugin/file.h"

namespace alliance::plugin {

struct Started {
  Descriptor socket;   // our end
  Descriptor process;  // a pidfd: a number of a process may be somebody else's tomorrow
  int pid = 0;
};

// A program, its words before the number of this process, and what to do where it cannot be started.
struct Program {
  std::string path;
  std::vector<std::string> words;
  std::string mend;
};

// The kernel sends the parent-death signal when the *thread* that made a process ends, and any thread may be the one
// that calls a plugin.
class Starter {
 public:
  Starter();
  ~Starter();
  Starter(const Starter&) = delete;
  Starter& operator=(const Starter&) = delete;

  Result<Started> start(const Program& program, int library, const std::vector<std::string>& environment);

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::function<void()> work_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace alliance::plugin
