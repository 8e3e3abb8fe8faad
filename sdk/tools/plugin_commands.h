// SPDX-License-Identifier: Apache-2.0
// The subcommands for those who write, check and install plugins.
#pragma once

#include "commands.h"

namespace alliance::tools {

void add_new(CLI::App& app, Run& run);
void add_inspect(CLI::App& app, Run& run);
void add_sign(CLI::App& app, Run& run);
void add_check(CLI::App& app, Run& run);
void add_fuzz(CLI::App& app, Run& run);

}  // namespace alliance::tools
