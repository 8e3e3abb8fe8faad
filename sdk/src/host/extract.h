// SPDX-License-Identifier: Apache-2.0
// What a service's own record system takes of a case: contacts, minutes of online work, and scores of the client's own
// answers. Nothing of an alliance and nothing of confidence, whatever is asked for. Pure.
#pragma once

#include <alliance_schema/extract_generated.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "host/review.h"

namespace alliance::host {

struct ExtractTerms {
  std::int64_t from = 0, until = 0;      // what happened between them, the end not included
  std::vector<std::string> instruments;  // whose scores are asked for
};

// ALLIANCE_E_INVALID names what is wrong with the terms.
Result<void> check(const ExtractTerms& terms);

// ALLIANCE_E_DENIED with the access table's reason.
Result<void> may_extract(const Viewer& viewer);

// Nothing where nothing happened in that time. `before` and `after`: the case's account at its two ends.
std::unique_ptr<fb::ExtractCaseT> extract(const fb::CaseT& state, const ExtractTerms& terms, const Viewer& viewer,
                                          const fb::TimeAccountT& before, const fb::TimeAccountT& after);

}  // namespace alliance::host
