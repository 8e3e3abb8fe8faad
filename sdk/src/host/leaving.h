// SPDX-License-Identifier: Apache-2.0
// What of a report leaves for an endpoint: all of it, without some fields, or the notification alone. The operator's
// rules; never about the safety lane.
#pragma once

#include <alliance_schema/config_generated.h>

#include <map>
#include <string>
#include <vector>

#include "common/result.h"

namespace alliance::host {

// Refuses by name what the schema does not know, what it requires, and what is about safety.
Result<void> check_leaving(const fb::DeliveryConfigT& config);

class Leaving {
 public:
  using Bytes = std::vector<std::uint8_t>;
  explicit Leaving(const fb::HostConfigT& config);  // that was checked

  bool rules(const std::string& endpoint) const { return endpoints_.contains(endpoint); }
  bool leaves(const std::string& endpoint, const std::string& kind) const;
  // A Batch of the normal lane as the endpoint is to have it; empty when nothing of it leaves.
  Result<Bytes> batch(const std::string& endpoint, Bytes batch) const;
  // The body of a report that the endpoint asked for.
  Result<Bytes> body(const std::string& endpoint, const std::string& kind, Bytes payload) const;

 private:
  struct Rules {
    bool notify_only = false;
    std::map<std::string, std::vector<std::string>> fields;  // by kind; none: the whole kind
  };
  std::map<std::string, Rules> endpoints_;
};

}  // namespace alliance::host
