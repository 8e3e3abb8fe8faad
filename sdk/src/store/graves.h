// SPDX-License-Identifier: Apache-2.0
// Which reports of which chunks were put aside, and for whom. Values only.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "store/store.h"

namespace alliance::store {

class Graves {
 public:
  void add(const std::string& endpoint, Lane lane, std::uint64_t position, std::string report, bool resent) {
    reports_[{endpoint, lane, position}].push_back(std::move(report));
    if (resent) return;
    ++unsent_;
    if (lane == Lane::safety) ++unsent_safety_;
  }
  std::vector<std::string> in(const std::string& endpoint, Lane lane, std::uint64_t position) const {
    const auto found = reports_.find({endpoint, lane, position});
    return found == reports_.end() ? std::vector<std::string>() : found->second;
  }
  std::uint64_t unsent() const { return unsent_; }
  std::uint64_t unsent_safety() const { return unsent_safety_; }

 private:
  std::map<std::tuple<std::string, Lane, std::uint64_t>, std::vector<std::string>> reports_;
  std::uint64_t unsent_ = 0, unsent_safety_ = 0;
};

}  // namespace alliance::store
