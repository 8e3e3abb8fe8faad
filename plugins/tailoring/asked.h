// SPDX-License-Identifier: Apache-2.0
// What every tailoring policy does around its own thought: bytes in, verified, and bytes out.
#pragma once

#include <alliance_schema/case_generated.h>
#include <alliance_schema/programme_generated.h>

#include <alliance/services.hpp>
#include <optional>

#include "../shared/tables.h"

namespace alliance::tailoring {

// `think` is called with the case and the programme, which is null where the case has none.
template <class Think>
Bytes asked(ByteView case_bytes, ByteView programme_bytes, Think think) {
  const shared::Verified<fb::Case> state(case_bytes.data(), case_bytes.size(), fb::CaseIdentifier(), "case");
  std::optional<shared::Verified<fb::Programme>> programme;
  if (!programme_bytes.empty()) {
    programme.emplace(programme_bytes.data(), programme_bytes.size(), fb::ProgrammeIdentifier(), "programme");
  }
  const fb::ProposalsT made = think(*state, programme ? &**programme : nullptr);
  return shared::packed<fb::Proposals>(made, fb::ProposalsIdentifier());
}

}  // namespace alliance::tailoring
