// SPDX-License-Identifier: Apache-2.0
// What is and will be asked of one case, for a viewer. Pure.
#pragma once

#include "host/review.h"

namespace alliance::host {

// ALLIANCE_E_DENIED with the access table's own reason, or that the case is observed only.
Result<void> may_see_course(const fb::CaseT& state, const Viewer& viewer);

// The plan, with what the case remembers of each measure: when it was sent, shown, and asked for anew. What was asked
// for and is in the plan no more stands there as it was left. A client sees what is asked of the client.
fb::DueListT due_list(const fb::CaseT& state, std::int64_t at, fb::PlanT plan, const Viewer& viewer);

}  // namespace alliance::host
