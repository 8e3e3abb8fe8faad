// SPDX-License-Identifier: Apache-2.0
// Tasks, and notifications without a payload, to a batch of events and of what is to be fetched. Pure.
#pragma once

#include <alliance_schema/event_generated.h>

#include <string>
#include <string_view>

#include "catalogue.h"

namespace alliance::koppeltaal {

inline constexpr const char* case_field_unless_said = "for.reference";

// `case_field`: of a Task. Throws alliance::Error (ALLIANCE_E_LIMIT) past the limits of shared/batch.h; nothing
// else is an error here.
fb::EventBatchT ingest(const Catalogue& catalogue, const std::string& case_field, std::string_view payload);

}  // namespace alliance::koppeltaal
