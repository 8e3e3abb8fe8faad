// SPDX-License-Identifier: Apache-2.0
// The one proposal that apply() is handed.
#pragma once

#include <alliance/base.h>
#include <alliance_schema/proposal_generated.h>

#include <alliance/error.hpp>
#include <alliance/services.hpp>

#include "tables.h"

namespace alliance::shared {

inline fb::ProposalT one_proposal(ByteView bytes) {
  const Verified<fb::Proposals> table(bytes.data(), bytes.size(), fb::ProposalsIdentifier(), "proposal");
  fb::ProposalsT proposals;
  table->UnPackTo(&proposals);
  if (proposals.proposals.size() != 1) throw Error(ALLIANCE_E_INVALID, "apply takes exactly one proposal");
  return std::move(*proposals.proposals.front());
}

}  // namespace alliance::shared
