// SPDX-License-Identifier: Apache-2.0
// Made-up answers of 60 people to five items, drawn from one common factor, a digit per answer.
#pragma once

#include <string_view>
#include <vector>

namespace sample_test {

inline std::vector<double> sample_60() {
  constexpr std::string_view digits =
      "44444 23323 45454 13413 33423 34433 11312 21332 32331 22233 32433 34223 31123 45353 21214 32122 43444 33443 "
      "22234 34434 33343 43232 44442 34233 33533 12221 23423 24132 11212 32221 44424 44343 55343 43254 23113 12313 "
      "32232 54345 33442 34543 33243 22514 44433 33222 23223 32333 43242 44344 45444 23233 44542 43333 34334 44441 "
      "33345 32541 43243 33223 23223 33432";
  std::vector<double> values;
  for (const char c : digits) {
    if (c != ' ') values.push_back(c - '0');
  }
  return values;
}

}  // namespace sample_test
