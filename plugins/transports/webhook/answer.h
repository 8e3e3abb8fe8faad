// SPDX-License-Identifier: Apache-2.0
// What a receiver's answer means.
#pragma once

#include <cstdint>
#include <string>

namespace alliance::webhook {

struct Answer {
  long status = 0;               // of HTTP
  std::int64_t retry_after = 0;  // seconds; 0: it did not say
};

struct Meaning {
  std::int32_t status = 0;  // ALLIANCE_OK: taken
  bool about_data = false;  // this report will not be taken as it is
  std::string sentence;
};
Meaning meaning_of(const Answer& answer);

// How long to leave the receiver alone, in seconds. A receiver cannot silence the safety lane.
std::int64_t pause_of(const Answer& answer, bool safety);

}  // namespace alliance::webhook
