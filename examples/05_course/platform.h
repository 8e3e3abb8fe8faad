// SPDX-License-Identifier: Apache-2.0
// A platform's own thin wrapper round host.h: JSON in, JSON out, failures as exceptions of its own.
#pragma once

#include <alliance/host.h>

#include <boost/json.hpp>
#include <cstdint>
#include <functional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace course {

// What went wrong, in one sentence.
class Failed : public std::runtime_error {
 public:
  Failed(std::int32_t status_, const std::string& sentence) : std::runtime_error(sentence), status(status_) {}
  std::int32_t status;
};

struct Recorded {
  std::uint64_t reports = 0, safety_flags = 0;
  bool repeated = false;
};

class Platform {
 public:
  // Called with one entry of a ReportList for each safety flag, before the call that raised it returns.
  using OnSafety = std::function<void(const boost::json::object& entry)>;

  Platform(const std::string& tenant, const std::string& store, const std::string& config, OnSafety on_safety);
  ~Platform();
  Platform(const Platform&) = delete;
  Platform& operator=(const Platform&) = delete;

  // Sentences about plugins that were refused; the others are loaded.
  std::vector<std::string> load(const std::string& folder);
  void connect(const std::string& endpoint);
  void run();

  boost::json::array plugins();
  std::set<std::string> instruments_in_use();

  // Empty, or the sentence that says why this is no event.
  std::string why_no_event(const std::string& json);
  boost::json::object ingest(const std::string& programme, const std::string& payload);

  // One status per event, in their order.
  Recorded record(const std::vector<std::string>& events, std::vector<std::int32_t>& statuses);
  Recorded record(const std::string& event);  // throws with the event's own sentence
  Recorded advance(alliance_instant now);

  // False when some receiver has not acknowledged everything in time.
  bool drain(std::int64_t seconds);

  boost::json::array cases(std::int32_t role, const std::string& viewer);
  boost::json::object review(std::int32_t scope, const std::string& id, std::int32_t role, const std::string& viewer);
  alliance_host_counts count();

 private:
  alliance_host* host_ = nullptr;
  OnSafety on_safety_;
  void tell(const std::string& report_list);
};

}  // namespace course
