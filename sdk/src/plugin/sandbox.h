// SPDX-License-Identifier: Apache-2.0
// What a process gives up before it runs a stranger's code.
#pragma once

#include <string>
#include <vector>

#include "common/result.h"

namespace alliance::plugin {

struct Bounds {
  std::uint64_t memory_mib = 1024;
  bool network = false;
  std::vector<std::string> read, write;  // files and folders
};

// For this process and for good: memory, open files, signals to others, new processes, sockets, files. The answer says
// what holds it back, and what this kernel lacks. Called while there is one thread.
Result<std::string> hold_back(const Bounds& bounds);

// What this kernel has for that, in the same words; nothing is given up.
std::string kernel_words();

}  // namespace alliance::plugin
