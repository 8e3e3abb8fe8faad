// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <alliance_schema/config_generated.h>

#include <string>

#include "common/result.h"

namespace alliance::host {

// JSON of a HostConfig; null or empty: defaults.
Result<fb::HostConfigT> read_config(const char* json);
// The JSON object that the operator gave to a plugin, "{}" where there is none.
std::string settings_of(const fb::HostConfigT& config, const std::string& plugin);

}  // namespace alliance::host
