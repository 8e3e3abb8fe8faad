// SPDX-License-Identifier: Apache-2.0
// How many minutes of online reviews a practitioner's account foresees, week by week. Pure.
#pragma once

#include <alliance_schema/time_generated.h>

#include <cstdint>
#include <vector>

namespace alliance::timing {

// Weeks of seven times 24 hours from `now` on. What waits for a review stands in the first; what the rest of each plan
// needs besides is spread evenly over the weeks until the plan ends, or, where no end is known or it has passed, over
// `weeks`. Cases that are closed or observed only need nothing.
std::vector<double> review_minutes(const fb::TimeViewT& view, std::int64_t now, unsigned weeks);

}  // namespace alliance::timing
