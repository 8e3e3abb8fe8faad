// SPDX-License-Identifier: Apache-2.0
// A schedule that can be followed: what the schema leaves open is checked once, when it is read.
#pragma once

#include <alliance_schema/policy_generated.h>

#include <string>
#include <string_view>

namespace alliance::timing {

// Refuses by file, line and field: a rule without an id, role, rater or anchor, an id twice, a field that its anchor
// does not take or lacks, a local time or date that is none, windows out of order. `file` is the file's name, `text`
// what stands in it (for the line; may be empty).
void check(const fb::ScheduleT& schedule, const std::string& file, std::string_view text);

}  // namespace alliance::timing
