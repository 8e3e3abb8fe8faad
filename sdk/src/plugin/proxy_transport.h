// SPDX-License-Identifier: Apache-2.0
// An open transport of a plugin that runs in a process of its own: it has a way of its own there, and speaks over it
// also when nobody called.
#pragma once

#include <alliance/transport.h>

#include "plugin/process.h"

namespace alliance::plugin {

std::int32_t open_there(Process& process, const char* id, const char* endpoint, const alliance_transport_events& events,
                        alliance_transport** out, alliance_error* error);
std::int32_t send_there(alliance_transport* transport, std::uint64_t position, const std::uint8_t* batch,
                        std::uint64_t length, alliance_error* error) noexcept;
void close_there(alliance_transport* transport) noexcept;

}  // namespace alliance::plugin
