// SPDX-License-Identifier: Apache-2.0
// How often somebody may ask: so many requests at once, and so many a second on the average.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace alliance::sidecar {

class Rates {
 public:
  // `per_second` 0: as often as they like.
  Rates(double per_second, double burst) : per_second_(per_second), burst_(burst) {}

  // Seconds to wait before asking again; 0: go on. `now`: an instant in microseconds.
  int take(const std::string& who, std::int64_t now);

 private:
  struct Bucket {
    double left;
    std::int64_t at;
  };
  void make_room(std::int64_t now);

  const double per_second_, burst_;
  std::mutex mutex_;
  std::map<std::string, Bucket> buckets_;
};

}  // namespace alliance::sidecar
