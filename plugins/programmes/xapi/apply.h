// SPDX-License-Identifier: Apache-2.0
// A change that a practitioner decided on, as a statement that the programme can take. Pure.
#pragma once

#include <alliance_schema/programme_generated.h>
#include <alliance_schema/proposal_generated.h>

#include <cstdint>
#include <string>

#include "launch.h"

namespace alliance::xapi {

struct Names {
  Launching launching = {};
  std::string home_page;   // of the accounts that stand for cases
  std::string activities;  // what an activity's IRI begins with
};

// One line of JSON; the same bytes for the same case, proposal and instant. Throws alliance::Error:
// ALLIANCE_E_UNSUPPORTED for what the programme cannot do.
std::string apply(const Names& names, const fb::ProgrammeT& programme, const std::string& case_id,
                  const fb::ProposalT& proposal, std::int64_t when);

}  // namespace alliance::xapi
