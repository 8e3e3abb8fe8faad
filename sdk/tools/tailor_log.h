// SPDX-License-Identifier: Apache-2.0
// A past log to try a policy on: a platform's own store, or a file of its events, one JSON object a line.
#pragma once

#include <alliance_schema/review_generated.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/result.h"

namespace alliance::tools::tailor {

struct LogRequest {
  std::string log, tenant, config, plugins, policy, only_case;
};

struct Simulated {
  std::vector<fb::SimulationT> cases;
  std::vector<std::string> json;  // of each, one line
  std::uint64_t events = 0;       // of a file of events: taken
  std::uint64_t not_taken = 0;    // and refused
  std::string first_refusal;
};

// Each case is read as its own practitioner, which the store's access log notes. Events from a file are recorded in the
// order of their times, with a day's time passing at a time, into a store that is thrown away.
Result<Simulated> simulate(const LogRequest& request, const std::function<void(std::size_t, std::size_t)>& progress);

struct InForceRequest {
  std::string store, tenant, config, plugins, case_id;
  std::int64_t at = 0;
  int role = 0;  // 0: the case's own practitioner
  std::string viewer;
};
struct InForce {
  fb::InForceT table;
  std::string json;
};
Result<InForce> in_force(const InForceRequest& request);

// Loads the plugin with these settings and lets go of it; nothing when it finds no fault in its file.
std::optional<Failure> fault_of(const std::string& manifest, const std::string& config);

}  // namespace alliance::tools::tailor
