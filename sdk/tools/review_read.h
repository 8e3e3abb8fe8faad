// SPDX-License-Identifier: Apache-2.0
// Asks a host for reviews, through host.h alone.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/result.h"
#include "review_model.h"

namespace alliance::tools::review {

struct Request {
  std::string store, tenant, config, plugins;
  std::vector<std::string> cases, practitioners, services;  // all empty: everything on the list
  int role = 0;                                             // 0: each part as the person whom it is for sees it
  std::string viewer;
};

using HostPointer = std::unique_ptr<alliance_host, decltype(&alliance_host_close)>;

Result<HostPointer> open(const Request& request);
Result<Pages> read(alliance_host* host, const Request& request);

// The same answers in the JSON face: one line per review.
Result<void> read_json(alliance_host* host, const Request& request,
                       const std::function<void(const std::string&)>& line);

}  // namespace alliance::tools::review
