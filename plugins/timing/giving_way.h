// SPDX-License-Identifier: Apache-2.0
// Which of several measures gives way to the others. Pure, and the same whatever the order of events.
#pragma once

#include <alliance_schema/case_generated.h>
#include <alliance_schema/policy_generated.h>

#include <memory>
#include <vector>

#include "civil.h"

namespace alliance::timing {

// An occasion and the place of its rule in the file.
struct Placed {
  std::unique_ptr<fb::OccasionT> occasion;
  std::size_t rule = 0;
};

// `not_within_hours` of the rules: what is due too close to an occasion of an earlier rule, and was not answered,
// names it in `gives_way`.
void keep_apart(const fb::ScheduleT& schedule, std::vector<Placed>& placed);

// The burden limit: in each week (Monday to Sunday in the client's zone) the client's measures are taken in, those
// that were answered first, then by what the schedule says gives way; what no longer fits gives way to "burden". One
// instrument on one day is answered once, so its items count once.
void keep_light(const fb::ScheduleT& schedule, const Zone& zone, std::vector<Placed>& placed);

}  // namespace alliance::timing
