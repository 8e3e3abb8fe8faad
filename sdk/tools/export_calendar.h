// SPDX-License-Identifier: Apache-2.0
// `alliance export calendar`.
#pragma once

#include "commands.h"

namespace alliance::tools {

void add_export_calendar(CLI::App& exports, Run& run);

}  // namespace alliance::tools
