// SPDX-License-Identifier: Apache-2.0
// An accepted proposal to what the platform is to send: one request per line. Pure.
#pragma once

#include <alliance_schema/proposal_generated.h>

#include <string>

#include "catalogue.h"

namespace alliance::koppeltaal {

struct Parties {
  std::string requester;  // reference of who asks for new Tasks; empty: none is named
  std::string system;     // of the identifiers that new Tasks bear
};

// Throws alliance::Error: ALLIANCE_E_UNSUPPORTED for what a Task cannot say.
std::string apply(const Parties& parties, const Catalogue& catalogue, const std::string& case_id,
                  const fb::ProposalT& proposal, std::int64_t when);

}  // namespace alliance::koppeltaal
