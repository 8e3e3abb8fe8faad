// SPDX-License-Identifier: Apache-2.0
#include "fhir_score.h"

#include <cstdio>

#include "commands.h"

namespace alliance::tools {

int run_fhir_score(const FhirScoring& chosen) {
  std::fprintf(stderr, "alliance score: %s: FHIR cannot be read yet\n", chosen.input.c_str());
  return exit_failed;
}

}  // namespace alliance::tools
