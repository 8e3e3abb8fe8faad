// SPDX-License-Identifier: Apache-2.0
// One scale's score, for those who make it and those who ask for it.
#pragma once

#include <alliance/measure.h>

#include <cstdint>

namespace alliance {

struct Score {
  double value = 0;  // in the scale's own unit; says nothing unless scored or prorated
  std::uint8_t state = ALLIANCE_NOT_SCORABLE;
  std::uint32_t answered = 0;            // how many of the scale's items were answered
  std::int32_t band = ALLIANCE_NO_BAND;  // index into the scale's bands
};

}  // namespace alliance
