// SPDX-License-Identifier: Apache-2.0
// Calls to the kernel, by seccomp.
#pragma once

#include "plugin/sandbox.h"

namespace alliance::plugin {

bool seccomp_offered();

// From here on the calls of seccomp.cpp's table fail with EPERM: other processes, other programs, the network unless it
// is granted, one's own limits.
Result<void> restrict_calls(const Bounds& bounds);

}  // namespace alliance::plugin
