// SPDX-License-Identifier: Apache-2.0
// Proposals, decisions and what was in force, as lines for a person.
#pragma once

#include <alliance_schema/review_generated.h>

#include <string>

namespace alliance::tools::tailor {

// "skip module-3, worry-time in its place"
std::string in_words(const fb::ActionT& action);
std::string as_text(const fb::SimulationT& simulation);
std::string as_text(const fb::InForceT& table);

}  // namespace alliance::tools::tailor
