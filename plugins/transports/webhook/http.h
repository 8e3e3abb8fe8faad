// SPDX-License-Identifier: Apache-2.0
// Requests over HTTP with libcurl, which stays in this plugin.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "answer.h"
#include "hook.h"

namespace alliance::webhook {

using Headers = std::vector<std::pair<std::string, std::string>>;

class Http {
 public:
  explicit Http(const Hook& hook);
  // Blocks until there is an answer, no longer than the hook's patience. Throws Error(ALLIANCE_E_IO) without one.
  Answer post(const Headers& headers, const std::string& body);

 private:
  struct End {
    void operator()(void* curl) const;
  };
  std::unique_ptr<void, End> curl_;  // keeps the connection between requests
};

}  // namespace alliance::webhook
