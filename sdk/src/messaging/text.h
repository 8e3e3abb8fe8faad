// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace alliance::messaging {

// UTF-8 of at most `most` bytes, without control characters: what may stand in a log line.
bool is_name(std::string_view text, std::size_t most);

}  // namespace alliance::messaging
