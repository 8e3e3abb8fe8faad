// SPDX-License-Identifier: Apache-2.0
// Sheets to a plugin's process and scores back.
#pragma once

#include <alliance/measure.h>

#include "plugin/process.h"

namespace alliance::plugin {

// A large batch goes in pieces: its rows do not know one another. The caller's arrays are written when all is there.
int32_t score_there(wire::Op op, Process::Instance& instance, const alliance_sheets& sheets,
                    const alliance_missing* missing, const alliance_scores& out, alliance_error* error);

}  // namespace alliance::plugin
