// SPDX-License-Identifier: Apache-2.0
// From the answers of an event to scores, and to the safety flags that they raise.
#pragma once

#include <alliance_schema/event_generated.h>
#include <alliance_schema/report_generated.h>

#include <memory>
#include <string>
#include <vector>

#include "host/instruments.h"

namespace alliance::host {

// ALLIANCE_E_BAD_INPUT: the answers are none of this instrument's. Any other status: the plugin failed.
Result<fb::ScoredT> score(const Instrument& instrument, const fb::AnswersGivenT& given, const std::string& event);

// The whole sheet, each item with its value or why it has none. Of answers that score() took.
std::vector<std::unique_ptr<fb::AnswerT>> answers_of(const Instrument& instrument, const fb::AnswersGivenT& given);

// An item that should have an answer and has none is unknown, whatever the reason; one that was not presented, or
// does not apply, raises nothing.
std::vector<fb::SafetyFlagT> safety_flags(const Instrument& instrument, const fb::AnswersGivenT& given,
                                          const std::string& event);

}  // namespace alliance::host
