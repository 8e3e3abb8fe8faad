// SPDX-License-Identifier: Apache-2.0
// Whether a practitioner's contracted minutes suffice for the weeks to come, over all cases. Pure. [B1]
#pragma once

#include "detectors.h"

namespace alliance::tailoring {

// The first week that has not begun and for which they do not: a begun week has too little of itself left to be
// weighed.
std::vector<Finding> over_capacity(const fb::RuleT& rule, const Facts& facts);

}  // namespace alliance::tailoring
