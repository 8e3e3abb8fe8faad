// SPDX-License-Identifier: Apache-2.0
// Files, by Landlock.
#pragma once

#include "plugin/sandbox.h"

namespace alliance::plugin {

int landlock_version();  // 0 where this kernel has none, or was started without it

// From here on: what programs need to run, to be read, and what the bounds name.
Result<void> restrict_files(const Bounds& bounds, int version);

}  // namespace alliance::plugin
