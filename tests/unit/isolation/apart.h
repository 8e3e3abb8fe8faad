// SPDX-License-Identifier: Apache-2.0
// A host's side where every plugin runs in a process of its own.
#pragma once

#include <chrono>
#include <functional>

#include "../plugin/folder.h"
#include "plugin/process.h"

namespace alliance::test {

// Generous: what a test waits for is what happens, never how soon.
inline plugin::RunnerSettings patient() {
  plugin::RunnerSettings made;
  made.call_ms = 60'000;
  made.start_ms = 60'000;
  made.cpu_seconds = 60;
  made.first_wait = std::chrono::milliseconds(1);
  return made;
}

inline plugin::HostSide apart(Services& services, plugin::RunnerSettings settings = patient()) {
  auto side = services.host();
  side.runner = [settings](const std::string&) { return std::optional(settings); };
  return side;
}

inline bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// Tries until the process may be started again.
template <class Try>
std::int32_t until_started(alliance_error& error, Try attempt) {
  for (;;) {
    error = ALLIANCE_ERROR_INIT;
    const std::int32_t status = attempt();
    const bool waits = std::string(error.message).find("it is started again in") != std::string::npos;
    if (status != ALLIANCE_E_STATE || !waits) return status;
  }
}

}  // namespace alliance::test
