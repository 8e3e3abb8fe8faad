// SPDX-License-Identifier: Apache-2.0
// What a runner is but for how its plugin is loaded: a native library here, a class in Python in bindings/python. The
// host's socket is descriptor 3, and the plugin's file, whose hash the host has compared, descriptor 4.
#pragma once

#include <alliance/plugin.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "common/result.h"

namespace alliance::runner {

inline constexpr int library_file = 4;

// The plugin, as the host names it.
struct Wanted {
  std::string library, hash, folder;
  std::uint64_t size = 0, device = 0, inode = 0;  // of the open file
  std::vector<std::string> kinds;
};

struct Program {
  // The plugin's entry. Called when this process has given up what it is to give up.
  std::function<Result<const alliance_plugin_entry*>(const Wanted& wanted)> load;
  std::vector<std::string> readable{};  // what `load` and the plugin need to read besides system libraries
};

// The whole life of the process that `parent` has started: it comes back only where there is no such host. Called while
// there is one thread.
int run(int parent, const Program& program);

}  // namespace alliance::runner
