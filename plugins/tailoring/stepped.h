// SPDX-License-Identifier: Apache-2.0
// A stepped review: fixed questions at fixed points. Pure.
#pragma once

#include <alliance_schema/case_generated.h>
#include <alliance_schema/policy_generated.h>
#include <alliance_schema/programme_generated.h>

#include <string>
#include <string_view>

namespace alliance::tailoring {

// Refuses by line and field, as check() of rules does.
void check(const fb::SteppedReviewT& review, const std::string& file, std::string_view text = {});

// One proposal per question of each point that was reached and does not lie too far back. A question whose `unless`
// came true since the point before falls away, and is told among what else was considered.
fb::ProposalsT propose(const fb::SteppedReviewT& review, const fb::Case& state, const fb::Programme* programme,
                       std::int64_t now);

}  // namespace alliance::tailoring
