// SPDX-License-Identifier: Apache-2.0
// Rules that can be followed: what the schema leaves open is checked once, when they are read.
#pragma once

#include <alliance_schema/policy_generated.h>

#include <string>

namespace alliance::tailoring {

// Refuses by field. `place` is the file's name.
void check(const fb::RulesT& rules, const std::string& place);

}  // namespace alliance::tailoring
