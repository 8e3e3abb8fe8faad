// SPDX-License-Identifier: Apache-2.0
// A report as the one line of JSON that `alliance listen` prints.
#pragma once

#include <string>
#include <string_view>

#include "store/inbox.h"

namespace alliance::tools {

// With its line break. `payload` is the report's body; null, and `why` says so, when this version has no word
// for it, which is so when the sender is newer.
std::string inbox_line(const store::InboxReport& report, std::string& why);

// A member's text as it stands in a JSON object, so that numbers keep their form; empty when it is not there.
std::string_view json_member(std::string_view object, std::string_view name);

}  // namespace alliance::tools
