// SPDX-License-Identifier: Apache-2.0
// A programme's export to a batch of events. Pure.
#pragma once

#include <alliance_schema/event_generated.h>

#include <string_view>

namespace alliance::xapi {

inline constexpr std::size_t most_payload = 16u << 20;  // bytes; a larger export is handed over in parts
inline constexpr std::size_t most_events = 25'000;      // of one payload
inline constexpr std::size_t most_unmapped = 10'000;    // named one by one; the rest is counted

// Throws alliance::Error (ALLIANCE_E_LIMIT) for a payload past the limits; nothing else is an error here.
fb::EventBatchT ingest(std::string_view payload);

}  // namespace alliance::xapi
