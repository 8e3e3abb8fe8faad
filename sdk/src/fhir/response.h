// SPDX-License-Identifier: Apache-2.0
// A QuestionnaireResponse, held against a form.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fhir/form.h"
#include "fhir/json.h"

namespace alliance::fhir {

enum class Severity : std::uint8_t { error, warning };

struct Finding {
  Severity severity = Severity::error;
  const char* rule = "";  // "option": one of docs/fhir.md's list
  std::string path;       // "QuestionnaireResponse.item[2].answer[0].valueCoding"
  std::string sentence;   // what is wrong and how to mend it; names codes and linkIds, never what a person wrote
};

inline constexpr std::size_t most_findings = 100;  // of one response; the last then says that there are more

struct Checked {
  std::vector<Finding> findings;  // in the order of the resource
  // For a form made from an instrument: its answers in the order of its items (ALLIANCE_ANSWERED ..., and what is not
  // in the response is ALLIANCE_SKIPPED), and the score of each scale as far as the response states one itself.
  std::vector<double> values;
  std::vector<std::uint8_t> states;
  std::vector<std::optional<double>> stated;

  bool valid() const;  // without an error; warnings stop nothing
};

// `path` is how the resource itself is called: "QuestionnaireResponse", "Bundle.entry[2].resource".
// Not looked at: what lies outside the resource, such as value sets elsewhere (a warning says so), invariants in
// FHIRPath, and of enableWhen which repeat of a group a question stands in.
Checked check(const Json& response, const Form& form, std::string_view path = "QuestionnaireResponse");

}  // namespace alliance::fhir
