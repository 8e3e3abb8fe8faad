// SPDX-License-Identifier: Apache-2.0
// An id that the same parts give each time: a UUID of version 5. Pure.
#pragma once

#include <string>
#include <vector>

namespace alliance::shared {

// No two lists of parts are written the same way.
std::string derived_id(const std::vector<std::string>& parts);

}  // namespace alliance::shared
