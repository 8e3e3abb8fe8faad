// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

namespace alliance::abi {

using LogLine = void (*)(void* context, std::int32_t level, const char* message) noexcept;

// Lines of `least` (0: warnings) and above to the caller's function, or to standard error where there is none.
std::function<void(std::int32_t level, const std::string& line)> log_to(std::int32_t least, LogLine log, void* context);

}  // namespace alliance::abi
