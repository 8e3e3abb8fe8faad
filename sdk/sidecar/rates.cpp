// SPDX-License-Identifier: Apache-2.0
#include "rates.h"

#include <algorithm>
#include <cmath>

namespace alliance::sidecar {

constexpr std::size_t most_buckets = 20'000;

int Rates::take(const std::string& who, std::int64_t now) {
  if (per_second_ <= 0) return 0;
  const std::lock_guard lock(mutex_);
  if (buckets_.size() >= most_buckets && !buckets_.contains(who)) make_room(now);
  auto& bucket = buckets_.try_emplace(who, Bucket{burst_, now}).first->second;
  const double seconds = static_cast<double>(std::max<std::int64_t>(now - bucket.at, 0)) / 1e6;
  bucket.left = std::min(burst_, bucket.left + seconds * per_second_);
  bucket.at = now;
  if (bucket.left >= 1) {
    bucket.left -= 1;
    return 0;
  }
  return std::max(1, static_cast<int>(std::ceil((1 - bucket.left) / per_second_)));
}

// Who has not asked for long enough to have a full bucket is forgotten; without any such, everybody is.
void Rates::make_room(std::int64_t now) {
  std::erase_if(buckets_, [&](const auto& one) {
    return one.second.left + static_cast<double>(now - one.second.at) / 1e6 * per_second_ >= burst_;
  });
  if (buckets_.size() >= most_buckets) buckets_.clear();
}

}  // namespace alliance::sidecar
