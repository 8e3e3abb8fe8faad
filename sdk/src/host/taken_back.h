// SPDX-License-Identifier: Apache-2.0
// A programme that takes a statement back names its id alone: whose it was, the log knows.
#pragma once

#include "host/streams.h"

namespace alliance::host {

// The batch with an EventTakenBack for each of its `taken_back` that was recorded, in the stream where it was.
Result<std::vector<std::uint8_t>> with_those_taken_back(Streams& streams, const std::vector<std::uint8_t>& batch);

}  // namespace alliance::host
