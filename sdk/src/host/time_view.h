// SPDX-License-Identifier: Apache-2.0
// The time account of a case, a practitioner or a service, for a viewer. Pure: what is kept goes in, a view comes out.
#pragma once

#include <alliance_schema/time_generated.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "host/accounts.h"
#include "host/review.h"
#include "host/weeks.h"

namespace alliance::host {

using CaseTimes = std::vector<std::unique_ptr<fb::CaseTimeT>>;

// What is kept of one practitioner: the cases, and what belongs to no case (null: nothing recorded yet).
struct Caseload {
  CaseTimes cases;
  std::unique_ptr<fb::CaseTimeT> own;
};

// `part` as the case stands at ahead.now, with the account as the policy made it then.
fb::TimeViewT time_of_case(const Ahead& ahead, fb::CaseTimeT part);
// `sums` of the practitioner's streams. Observed cases are counted in nowhere, and said to be.
fb::TimeViewT time_of_practitioner(const Ahead& ahead, const std::string& id,
                                   const std::vector<store::AccountSum>& sums, Caseload caseload);
// `sums` of the service's streams; `caseloads` by practitioner, of open cases alone, those of other services too: a
// week holds all of a practitioner's work. Figures of fewer than five clients or practitioners are left out, and so are
// those that would give them away.
fb::TimeViewT time_of_service(const Ahead& ahead, const std::string& id, const std::vector<store::AccountSum>& sums,
                              const std::map<std::string, Caseload>& caseloads);

}  // namespace alliance::host
