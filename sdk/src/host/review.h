// SPDX-License-Identifier: Apache-2.0
// What a host answers about a case, a practitioner or a service. Pure: cases in, a review out.
#pragma once

#include <alliance_schema/review_generated.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "common/result.h"

namespace alliance::host {

struct Viewer {
  std::int32_t role = 0;  // ALLIANCE_ROLE_...
  std::string id;
};

// Cases and practitioners as they stand at `as_of`: at least all that the question is about. Borrowed.
struct Everyone {
  std::vector<const fb::CaseT*> cases;          // subject client
  std::vector<const fb::CaseT*> practitioners;  // subject practitioner; id is "practitioner/ID"
  std::int64_t as_of = 0;
};

namespace indicators {
struct Group;
}
// Those of a service whom its figures count in.
indicators::Group group_of(const Everyone& everyone, const std::string& service);

// ALLIANCE_E_NOT_FOUND, or ALLIANCE_E_DENIED where the access table says so (access.h).
Result<fb::ReviewT> review(const Everyone& everyone, fb::Scope scope, const std::string& id, const Viewer& viewer);

// What a list of cases says of one.
std::unique_ptr<fb::CaseSummaryT> summary_of(const fb::CaseT& state);

// The eight factors of one case or practitioner, from F1 to B4. Ours, inspired by the study, not validated.
std::vector<std::unique_ptr<fb::FactorRowT>> factors(const fb::CaseT& state, std::int64_t as_of);

}  // namespace alliance::host
