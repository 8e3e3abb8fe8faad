// SPDX-License-Identifier: Apache-2.0
// What the sidecar tells its operator on standard error: a line when it starts, when it stops, and when something is
// amiss. No line names a person, a case or a token.
#pragma once

#include "engine.h"

namespace alliance::sidecar {

// Any thread. As text, "2026-11-26T05:00:00.000Z info ...", or as JSON, {"time":...,"level":...,"message":...}, one a
// line.
Log log_of(const LogSettings& settings);

}  // namespace alliance::sidecar
