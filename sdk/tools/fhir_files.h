// SPDX-License-Identifier: Apache-2.0
// What the commands that read FHIR have in common: files, and the form that responses are held against.
#pragma once

#include <string>

#include "common/result.h"
#include "fhir/form.h"
#include "fhir/resources.h"
#include "fhir/response.h"
#include "score_host.h"

namespace alliance::tools::fhir_files {

// The whole file, or standard input for "-". ALLIANCE_E_BAD_INPUT says why not.
Result<std::string> text_of(const std::string& path);
// "standard input" for "-".
std::string name_of(const std::string& path);

// The file replaced by the text, or standard output for "-".
Result<void> write(const std::string& path, const std::string& text);

// An instrument that is loaded (its id), a definition's file, or a FHIR Questionnaire's file.
Result<fhir::Form> form_named(const std::string& name, const score::Place& place);

// "line 3: ", "Bundle.entry[2].resource: ", or nothing where the path in the sentence says it already.
std::string where(const fhir::Place& place);
// The line of NDJSON, the path and the sentence.
std::string sentence(const fhir::Place& place, const fhir::Finding& finding);

// JSON with a member a line, short arrays and objects on one.
std::string pretty(const std::string& json);

}  // namespace alliance::tools::fhir_files
