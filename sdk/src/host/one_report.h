// SPDX-License-Identifier: Apache-2.0
// One report by its id, for a person: the body of a notification.
#pragma once

#include "host/access.h"
#include "store/store.h"

namespace alliance::host {

struct OneReport {
  std::string kind;
  store::Bytes payload;  // a Report (ALRP), verified
};

// Among what the case's events led to. ALLIANCE_E_NOT_FOUND when there is none of that id, or it was shown to nobody.
Result<OneReport> find_report(store::Store& store, const std::string& stream, const std::string& id);

// ALLIANCE_E_DENIED, with the access table's own sentence.
Result<void> may_see_report(const fb::CaseT& state, const OneReport& report, const Viewer& viewer);

}  // namespace alliance::host
