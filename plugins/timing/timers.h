// SPDX-License-Identifier: Apache-2.0
// What timers add to an account, each minute once: also where two ran at once, and where the practitioner's time
// counts in another case. Pure.
#pragma once

#include <alliance_schema/case_generated.h>

#include <functional>
#include <string>
#include <vector>

#include "civil.h"

namespace alliance::timing {

struct Timed {
  fb::Work work;
  double minutes;
  Instant when;
};

struct Timers {
  std::vector<Timed> counted;
  std::vector<std::string> forgotten;  // ran longer than `longest`: no minute counts until somebody corrects it
  double elsewhere = 0;                // minutes left out because they count in another case
};

// A session that was held takes its time whole. Of timers the one that began first counts, the next from where that
// ended; of two that began at once the one with the smaller id, and then the smaller stream. A timer that was corrected
// counts as corrected. A timer of a session that was itself recorded adds nothing.
Timers timers(const fb::Case& state, Instant longest, Instant now);

}  // namespace alliance::timing
