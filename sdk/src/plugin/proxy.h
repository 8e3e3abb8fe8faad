// SPDX-License-Identifier: Apache-2.0
// The tables of a plugin that runs in a process of its own: whoever calls them sees no difference.
#pragma once

#include <alliance/measure.h>
#include <alliance/programme.h>
#include <alliance/tailoring.h>
#include <alliance/timing.h>
#include <alliance/transport.h>

#include <cstdint>

#include "plugin/process.h"

namespace alliance::plugin {

// A table that knows which process is meant.
template <class Table>
struct Remote : Table {
  Process* process = nullptr;
};

struct Proxies {
  Remote<alliance_measure_factory> measure{};
  Remote<alliance_timing_factory> timing{};
  Remote<alliance_tailoring_factory> tailoring{};
  Remote<alliance_programme_factory> programme{};
  Remote<alliance_transport_factory> transport{};
};

// Complete tables of all kinds that a plugin may have there.
void fill(Proxies& to, Process& process);

}  // namespace alliance::plugin
