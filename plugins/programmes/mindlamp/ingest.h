// SPDX-License-Identifier: Apache-2.0
// Activity events of a mindLAMP server, by REST or NATS, to a batch of events. Pure.
#pragma once

#include <alliance_schema/event_generated.h>
#include <alliance_schema/mapping_generated.h>

#include <string>
#include <string_view>

#include "activities.h"

namespace alliance::mindlamp {

// Throws alliance::Error (ALLIANCE_E_BAD_INPUT) that names `file`, the survey and the item: two items in one place,
// a hash that is none, a place that the survey does not have.
void check(const std::string& file, const fb::SurveysT& surveys, const Activities& activities);

// `case_field`: empty for the participant. Throws alliance::Error (ALLIANCE_E_LIMIT) past the limits of
// shared/batch.h; nothing else is an error here.
fb::EventBatchT ingest(const fb::SurveysT& surveys, const Activities& activities, const std::string& case_field,
                       std::string_view payload);

}  // namespace alliance::mindlamp
