// SPDX-License-Identifier: Apache-2.0
// The slices of a survey's event to the answers of an instrument. Pure.
#pragma once

#include <boost/json/array.hpp>

#include "ingest.h"

namespace alliance::mindlamp {

// Empty, or a sentence that says why these are no answers and repeats nothing of them.
std::string answers(const fb::SurveyT& survey, const std::vector<std::string>& wordings,
                    const boost::json::array& slices, fb::AnswersGivenT& into);

}  // namespace alliance::mindlamp
