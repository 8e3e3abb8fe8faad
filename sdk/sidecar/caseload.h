// SPDX-License-Identifier: Apache-2.0
// A case in one row: what asks for a look, and why, with the numbers behind it. Reasons to ask, in the order in which a
// person would want to know them; none is a verdict.
#pragma once

#include <boost/json/object.hpp>

namespace alliance::sidecar {

// `listed`: the case as the list has it, a CaseSummary. `review`: its Review, as this viewer may see it.
boost::json::object glance(const boost::json::object& listed, const boost::json::object& review);

// The most urgent first; among the same, who waits longest.
void by_urgency(boost::json::array& rows);

}  // namespace alliance::sidecar
