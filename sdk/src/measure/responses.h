// SPDX-License-Identifier: Apache-2.0
// What the manner of answering says: no answers, the same answer again and again, the highest there is. Scores
// near the maximum are common where the client knows that the therapist reads them. See series.h.
#pragma once

#include "measure/series.h"

namespace alliance::measure {

// `length` occasions in a row, ending at `last`. A run is reported once, when it reaches the length that was
// asked for; how much longer it grows is not waited for.
struct Run {
  std::size_t first = 0, last = 0;
};

// Occasions in a row that were not answered. length below 1: nothing.
std::vector<Run> non_response(Series series, int length);

// Answers in a row, unanswered occasions passed over, that are all at or above `maximum`.
std::vector<Run> ceiling(Series series, double maximum, int length);

// Answers in a row, unanswered occasions passed over, that are all the same. Length below 2: nothing.
std::vector<Run> flat(Series series, int length);

}  // namespace alliance::measure
