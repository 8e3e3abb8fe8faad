// SPDX-License-Identifier: Apache-2.0
// An instrument's definition from a FHIR Questionnaire.
#pragma once

#include <alliance_schema/instrument_generated.h>

#include <string>
#include <vector>

#include "common/result.h"
#include "fhir/form.h"

namespace alliance::fhir {

struct Imported {
  fb::InstrumentT definition;       // its key unverified, so that it refuses to score until somebody accepts it
  fb::ContentPackT texts;           // the Questionnaire's own words; whether they may be used is the user's business
  std::vector<std::string> unsure;  // a sentence for each thing that the resource does not tell, or that was left out
};

// `form` was read from a Questionnaire. `id`: of the instrument; empty: made from the form's own. ALLIANCE_E_BAD_INPUT:
// nothing in it can be scored, or the id is none.
Result<Imported> import_form(const Form& form, const std::string& id = {});

}  // namespace alliance::fhir
