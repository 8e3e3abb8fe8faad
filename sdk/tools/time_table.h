// SPDX-License-Identifier: Apache-2.0
// A time account for a reader at a terminal.
#pragma once

#include <alliance_schema/time_generated.h>

#include <string>

namespace alliance::tools::time {

std::string table(const fb::TimeViewT& view);

}  // namespace alliance::tools::time
