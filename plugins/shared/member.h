// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace alliance::shared {

// A member's text as it stands in a JSON object of the host's codec, so that numbers keep their form; "null" when it
// is not there.
std::string_view member(std::string_view object, std::string_view name);

}  // namespace alliance::shared
