// SPDX-License-Identifier: Apache-2.0
// Eleven weeks in a few seconds: events and the passing of time, in their order.
#pragma once

#include "inputs.h"
#include "platform.h"

namespace course {

struct Totals {
  std::uint64_t taken = 0, refused = 0, reports = 0, safety_flags = 0;
};

// Called at the end of each week of the course.
using Progress = std::function<void(std::int64_t until, const Totals& so_far)>;

// Time passes up to `until`, or, where that is 0, until a week after the last event.
Totals record_all(Platform& platform, const std::vector<Item>& items, std::int64_t until, const Complain& complain,
                  const Progress& progress);

}  // namespace course
