// SPDX-License-Identifier: Apache-2.0
// What a call of host.h writes into its sink, or why it failed in words.
#pragma once

#include <alliance/host.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "common/result.h"

namespace alliance::tools {

// The message of a failed call, or the status in words.
std::string sentence(const alliance_error& error, std::int32_t status);

// Bytes stay aligned for FlatBuffers because a vector's memory is.
using HostCall = std::function<std::int32_t(const alliance_sink*, alliance_error*)>;
Result<std::vector<std::uint8_t>> gather(const HostCall& call);

}  // namespace alliance::tools
