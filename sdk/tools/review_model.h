// SPDX-License-Identifier: Apache-2.0
// What a review shows: the host's answers, in the order in which they are read.
#pragma once

#include <alliance/host.h>
#include <alliance_schema/review_generated.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace alliance::tools::review {

struct Pages {
  std::string tenant;
  std::string seen_as;                       // one sentence: as whom all of this was asked for
  std::vector<fb::InstrumentT> instruments;  // for axes: ranges and names of scales
  std::vector<fb::ReviewT> services, practitioners, cases;
  std::vector<fb::CaseSummaryT> summaries;  // of every case on the list, those that could not be read too
  std::vector<std::string> left_out;        // sentences: what was not shown, and why
};

// What the list says about a case; empty but for the id where it says nothing.
fb::CaseSummaryT summary_of(const Pages& pages, const std::string& id);

}  // namespace alliance::tools::review
