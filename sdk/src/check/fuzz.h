// SPDX-License-Identifier: Apache-2.0
// Bytes that nobody meant, one round after the other. What a round does follows from seed and number alone.
#pragma once

#include "check/test.h"

namespace alliance::check {

struct Rounds {
  std::uint64_t seed = 1, first = 0;
  std::uint64_t count = 0;  // 0: until the time is over
  int seconds = 10;
};

// In this process, which is then good for nothing else. The slate's `at` names the round and the call that is under
// way.
void fuzz(const Subject& subject, const Rounds& rounds, Slate& slate);

}  // namespace alliance::check
