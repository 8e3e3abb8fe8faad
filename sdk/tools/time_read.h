// SPDX-License-Identifier: Apache-2.0
// Asks a store for a practitioner's own time account, as that practitioner.
#pragma once

#include <alliance_schema/review_generated.h>
#include <alliance_schema/time_generated.h>

#include <cstdint>
#include <string>
#include <vector>

#include "common/result.h"
#include "score_host.h"

namespace alliance::tools::own_time {

struct Asked {
  score::Place place;
  std::string practitioner;
  std::int64_t at = 0;
  bool measures = false;  // also what the practitioner is asked to answer
};
struct Told {
  fb::TimeViewT view;             // what the last events left: bookings, leave, what waits for a review
  std::vector<fb::DueListT> due;  // a list for each case that is open
};

// Nothing is recorded; each read is in the store's access log. ALLIANCE_E_NOT_FOUND: no such store or practitioner.
Result<Told> read(const Asked& asked);

}  // namespace alliance::tools::own_time
