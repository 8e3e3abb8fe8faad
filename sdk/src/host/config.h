// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <alliance_schema/config_generated.h>

#include <optional>
#include <string>

#include "common/result.h"
#include "plugin/process.h"

namespace alliance::host {

// JSON of a HostConfig; null or empty: defaults.
Result<fb::HostConfigT> read_config(const char* json);
// The JSON object that the operator gave to a plugin, "{}" where there is none.
std::string settings_of(const fb::HostConfigT& config, const std::string& plugin);
// How it runs in a process of its own; nothing: in the host's.
std::optional<plugin::RunnerSettings> runner_of(const fb::HostConfigT& config, const std::string& plugin);
// One in Python never runs in this process, whatever is said of it.
plugin::RunnerSettings python_of(const fb::HostConfigT& config, const std::string& plugin);

}  // namespace alliance::host
