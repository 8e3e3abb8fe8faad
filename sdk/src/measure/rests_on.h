// SPDX-License-Identifier: Apache-2.0
// What a score rests on: the rule that made up for missing answers, and numbers whose source nobody has verified.
#pragma once

#include <alliance_schema/instrument_generated.h>
#include <alliance_schema/report_generated.h>

#include <cstdint>
#include <string>
#include <vector>

namespace alliance::measure {

// "prorate:2", "centre:1"; empty for ALLIANCE_MISSING_NONE and what is no rule.
std::string missing_rule_name(std::int32_t rule, std::uint32_t most);

// Of "key", "bands" and "missing" those that this score of `scale` used and that are marked unverified. A missing rule
// that the caller named, and that is not the definition's own, is the caller's and rests on nothing here.
std::vector<std::string> unverified(const fb::InstrumentT& definition, const fb::ScaleT& scale,
                                    const fb::ScoreT& score);

}  // namespace alliance::measure
