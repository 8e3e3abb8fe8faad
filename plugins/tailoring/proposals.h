// SPDX-License-Identifier: Apache-2.0
// From rules and a case to proposals. Pure.
#pragma once

#include <alliance_schema/case_generated.h>
#include <alliance_schema/policy_generated.h>
#include <alliance_schema/programme_generated.h>

namespace alliance::tailoring {

// Every rule that is on, in the order of the file. Nothing for a case that is closed or whose consent was
// withdrawn. At most 128 proposals: a case that would lead to more has its evidence bounded first.
fb::ProposalsT propose(const fb::RulesT& rules, const fb::Case& state, const fb::Programme* programme,
                       std::int64_t now);

}  // namespace alliance::tailoring
