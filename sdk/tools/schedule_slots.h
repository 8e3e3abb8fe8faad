// SPDX-License-Identifier: Apache-2.0
// `alliance schedule slots`. [B1]
#pragma once

#include "commands.h"

namespace alliance::tools {

void add_schedule_slots(CLI::App& schedule, Run& run);

}  // namespace alliance::tools
