// SPDX-License-Identifier: Apache-2.0
// What a case's scores over time say, as reports that were not made before.
#pragma once

#include <alliance_schema/case_generated.h>

#include <vector>

#include "host/instruments.h"

namespace alliance::host {

// Drops and repairs of the client's ratings of the alliance. Series of different instruments are never joined.
std::vector<fb::AllianceSignalT> alliance_signals(const fb::CaseT& state, const Instruments& instruments);

// Measures that the client let expire, several in a row for one role.
std::vector<fb::AllianceSignalT> non_response(const fb::CaseT& state, const fb::PlanT& plan);

// Scales of the latest sheet whose change since the first has just become reliable, or has turned.
std::vector<fb::ReliablyChangedT> reliable_changes(const fb::CaseT& state, const fb::SheetT& latest,
                                                   const Instruments& instruments);

}  // namespace alliance::host
