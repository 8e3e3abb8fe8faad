// SPDX-License-Identifier: Apache-2.0
// A host that loads plugins and scores, for `alliance score` and `alliance instruments`.
#pragma once

#include <alliance/host.h>
#include <alliance_schema/instrument_generated.h>

#include <memory>
#include <string>
#include <vector>

#include "common/result.h"

namespace alliance::tools::score {

struct HostClosed {
  void operator()(alliance_host* host) const noexcept { alliance_host_close(host); }
};
using Host = std::unique_ptr<alliance_host, HostClosed>;

struct Place {
  std::string plugins;                  // --plugins; empty: ALLIANCE_PLUGINS, else beside the command
  std::string config_file;              // --config; empty: defaults
  std::string store = {}, tenant = {};  // where something is to be read from a store
};

// What a plugin folder refuses is said on standard error; the rest is used. Nothing loaded: a failure.
Result<Host> open(const Place& place);

// The newest version of every instrument, in the order of their ids.
Result<std::vector<std::unique_ptr<fb::InstrumentT>>> instruments(alliance_host* host);
// One version of one instrument, ready to score.
struct Measure {
  fb::InstrumentT definition;
  alliance_measure_ref ref = ALLIANCE_MEASURE_REF_INIT;
};
// `version` empty: the newest. ALLIANCE_E_NOT_FOUND names what there is.
Result<Measure> find_measure(alliance_host* host, const std::string& id, const std::string& version);
// The same as one line of JSON.
Result<std::string> instruments_json(alliance_host* host);

}  // namespace alliance::tools::score
