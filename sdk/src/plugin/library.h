// SPDX-License-Identifier: Apache-2.0
// Loads a library whose file was checked, by that very file's descriptor.
#pragma once

#include <alliance/plugin.h>

#include <string>

#include "common/result.h"
#include "plugin/file.h"

namespace alliance::plugin {

// Its entry function. The library is never unloaded: code of it may stand on some stack, in a thread's
// destructors or in an exit handler. `name` is what sentences call the file.
Result<alliance_plugin_entry_function> load_library(File file, const std::string& hash, const std::string& name);

}  // namespace alliance::plugin
