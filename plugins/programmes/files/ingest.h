// SPDX-License-Identifier: Apache-2.0
// An export to a batch of events, as a mapping says. Pure.
#pragma once

#include <alliance_schema/event_generated.h>

#include "mapping.h"

namespace alliance::files {

// `case_field` in place of the mapping's, where it is not empty. Throws alliance::Error: ALLIANCE_E_LIMIT past the
// limits of shared/batch.h, ALLIANCE_E_BAD_INPUT where a CSV has no header or lacks a column that the mapping names.
fb::EventBatchT ingest(const Encode& encode, const fb::FileMappingT& mapping, const std::string& case_field,
                       std::string_view payload);

}  // namespace alliance::files
