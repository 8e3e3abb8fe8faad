// SPDX-License-Identifier: Apache-2.0
// Where a field stands in a JSON file, for faults that only a plugin can find.
#pragma once

#include <string>
#include <string_view>

namespace alliance::shared {

// "line 4, column 7" of `field`, as in "scales[0].items[1]"; of the part around it where the field itself is
// absent. The text must be JSON that the host's codec has taken.
std::string place(std::string_view json, std::string_view field);

}  // namespace alliance::shared
