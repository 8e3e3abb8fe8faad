// SPDX-License-Identifier: Apache-2.0
// The host's services, for a plugin that asks from another process. JSON is turned into bytes over there.
#pragma once

#include <alliance/plugin.h>

#include "plugin/wire.h"

namespace alliance::plugin {

// Which of them there are, one bit each.
enum Offered : std::uint64_t {
  offers_log = 1,
  offers_clock = 2,
  offers_codec = 4,
  offers_store = 8,
  offers_report = 16,
  offers_thread_check = 32,
};
std::uint64_t services_offered(const alliance_services& services);

void log_for(const alliance_services& services, wire::Reader& asked);

// False where the question is none.
bool answer_for(const alliance_services& services, wire::Op op, wire::Reader& asked, wire::Writer& answer);

}  // namespace alliance::plugin
