// SPDX-License-Identifier: Apache-2.0
// Work that takes longer than two seconds says on standard error how far it is.
#pragma once

#include <chrono>
#include <cstdint>

namespace alliance::tools {

class Progress {
 public:
  // "alliance score: 120000 rows"
  Progress(const char* command, const char* what) : command_(command), what_(what) {}

  void step() {
    if (++done_ % 256 != 0) return;  // the clock costs more than most steps
    const auto now = std::chrono::steady_clock::now();
    if (now < next_) return;
    next_ = now + std::chrono::seconds(2);
    say();
  }

 private:
  void say() const;
  const char* command_;
  const char* what_;
  std::uint64_t done_ = 0;
  std::chrono::steady_clock::time_point next_ = std::chrono::steady_clock::now() + std::chrono::seconds(2);
};

}  // namespace alliance::tools
