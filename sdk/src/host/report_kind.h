// SPDX-License-Identifier: Apache-2.0
// One table of what is known about each kind of report.
#pragma once

#include <alliance_schema/report_generated.h>

namespace alliance::host {

struct ReportKind {
  fb::ReportBody body;
  const char* name;       // as envelopes carry it
  bool safety;            // travels in the lane of its own
  bool while_observing;   // also for a case that is observed only
  bool after_withdrawal;  // also when the client has withdrawn consent
};

const ReportKind& kind_of(fb::ReportBody body);

}  // namespace alliance::host
