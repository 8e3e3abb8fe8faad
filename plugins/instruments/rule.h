// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <alliance_schema/instrument_generated.h>

#include <cstdint>

namespace alliance::instruments {

struct Rule {
  fb::MissingRule how = fb::MissingRule::none;
  std::uint32_t most = 0;  // how many answers of a scale may be missing
};

}  // namespace alliance::instruments
