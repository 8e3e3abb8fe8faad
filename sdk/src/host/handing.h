// SPDX-License-Identifier: Apache-2.0
// A report in an envelope, handed to an application's callback.
#pragma once

#include <alliance/report.h>
#include <alliance_schema/envelope_generated.h>

#include "common/result.h"

namespace alliance::host {

struct Taker {
  alliance_take_report take = nullptr;
  void* context = nullptr;
  std::int32_t format = ALLIANCE_JSON;
};

// Verifies the report, and calls. A failure holds the application's status and its sentence.
Result<void> hand(const Taker& taker, const fb::Envelope& envelope);

}  // namespace alliance::host
