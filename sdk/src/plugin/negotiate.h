// SPDX-License-Identifier: Apache-2.0
// From an entry function's table to tables that can be called, in whichever process it happens.
#pragma once

#include <alliance/plugin.h>

#include <string>
#include <vector>

#include "common/result.h"
#include "plugin/kinds.h"

namespace alliance::plugin {

Result<void> check_entry(const alliance_plugin_entry* entry);

// init(), and what the plugin said when it failed.
Result<void> initialise(const alliance_plugin_entry& entry, const alliance_services& services);

// Fills the tables of the kinds that are named; of all that there are when none is, and names them.
Result<void> take_factories(const alliance_plugin_entry& entry, std::vector<std::string>& named, Tables& to);

}  // namespace alliance::plugin
