// SPDX-License-Identifier: Apache-2.0
// What a fuzz target holds: says which promise was broken, then ends the process so that the fuzzer notices.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace alliance::fuzz {

inline void require(bool held, const std::string& promise) {
  if (held) return;
  std::fprintf(stderr, "broken promise: %s\n", promise.c_str());
  std::abort();
}

}  // namespace alliance::fuzz
