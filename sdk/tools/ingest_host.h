// SPDX-License-Identifier: Apache-2.0
// A host that takes in what a programme exported, and records it.
#pragma once

#include <alliance/host.hpp>
#include <boost/json.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "common/result.h"

namespace alliance::tools::ingest {

struct Request {
  std::string programme, case_field, mapping, store, tenant, config_file, plugins;
  bool future = false;  // events that lie more than a day ahead are recorded too
};

// What a host says, on whichever thread.
class Sayings {
 public:
  void add(const std::string& line) {
    const std::lock_guard lock(mutex_);
    lines_.push_back(line);
  }
  // The first that names it; empty when none does.
  std::string about(const std::string& name) const {
    const std::lock_guard lock(mutex_);
    for (const std::string& line : lines_) {
      if (line.find(name) != std::string::npos) return line;
    }
    return {};
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

struct Open {
  std::unique_ptr<Sayings> said;  // of the host, to its end
  Host host;
  std::string programme;
};

// The members of an EventBatch.
struct Taken {
  boost::json::array events, unmapped, needs, taken_back;
};

struct Refused {
  std::string event, reason;
};
struct Tally {
  std::uint64_t recorded = 0, repeated = 0, reports = 0, flags = 0;
  std::vector<Refused> refused;
};

inline constexpr std::size_t most_bytes = 64u << 20;

Result<std::string> payload(const std::string& file);  // "-": standard input
Result<Open> open(const Request& request);
Result<Taken> take(const Open& open, const std::string& payload);
Result<Tally> record(Open& open, const Taken& taken, bool future);

}  // namespace alliance::tools::ingest
