// SPDX-License-Identifier: Apache-2.0
// Rules that can be followed: what the schema leaves open is checked once, when they are read.
#pragma once

#include <alliance_schema/policy_generated.h>

#include <string>
#include <string_view>

namespace alliance::tailoring {

// Refuses by field. `file` is the file's name; with its `text` the line is named as well.
void check(const fb::RulesT& rules, const std::string& file, std::string_view text = {});

}  // namespace alliance::tailoring
