// SPDX-License-Identifier: Apache-2.0
// A programme's export to a batch of events. Pure.
#pragma once

#include <alliance_schema/event_generated.h>

#include <string>
#include <string_view>

namespace alliance::xapi {

inline constexpr const char* case_field_unless_said = "actor.account.name";

// `case_field`: where a statement says whose it is, as shared::find_field() reads it. Throws alliance::Error
// (ALLIANCE_E_LIMIT) for a payload past the limits of shared/batch.h; nothing else is an error here.
fb::EventBatchT ingest(std::string_view payload, const std::string& case_field = case_field_unless_said);

}  // namespace alliance::xapi
