// SPDX-License-Identifier: Apache-2.0
// `alliance score --format fhir`: QuestionnaireResponses in, Observations out.
#pragma once

#include <alliance/measure.h>

#include <string>
#include <vector>

#include "score_host.h"

namespace alliance::tools {

struct FhirScoring {
  std::string instrument, input;
  alliance_missing missing{};
  std::vector<std::string> link_ids;  // of the items, in their order; empty: the items' ids and codes
  bool bundle = false;                // one Bundle in place of a line per Observation
  score::Place place;
};

// The exit status.
int run_fhir_score(const FhirScoring& chosen);

}  // namespace alliance::tools
