// SPDX-License-Identifier: Apache-2.0
// Counts and times for Prometheus. Labels are operations and classes of status: no person, case or tenant.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace alliance::sidecar {

class Metrics {
 public:
  void answered(const std::string& operation, int status, double seconds);

  // Of the server's sockets.
  std::atomic<std::uint64_t> connections{0}, streams{0}, turned_away{0}, dropped_streams{0}, waiting{0};
  // Of requests: without a good token, and where something failed that should not.
  std::atomic<std::uint64_t> refused{0}, faults{0};
  // What an operator should know has happened since this was asked before, in one line; empty: nothing. One thread.
  std::string noteworthy();

  std::string text() const;
  static void line(std::string& to, const char* name, const char* type, const char* help, double value);

 private:
  static constexpr std::array<double, 10> bounds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5};
  struct Row {
    std::array<std::uint64_t, 6> by_class{};  // 1xx to 5xx
    std::array<std::uint64_t, bounds.size() + 1> buckets{};
    double seconds = 0;
    std::uint64_t count = 0;
  };
  mutable std::mutex mutex_;
  std::map<std::string, Row> rows_;
  std::array<std::uint64_t, 4> told_{};
};

}  // namespace alliance::sidecar
