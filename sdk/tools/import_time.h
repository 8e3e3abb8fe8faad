// SPDX-License-Identifier: Apache-2.0
// `alliance import calendar` and `alliance import contacts`.
#pragma once

#include "commands.h"

namespace alliance::tools {

void add_import_time(CLI::App& import, Run& run);

}  // namespace alliance::tools
