// SPDX-License-Identifier: Apache-2.0
// Scores as FHIR R4 Observations: one for each scale. docs/fhir.md lists what stands where.
#pragma once

#include <alliance/measure.h>
#include <alliance_schema/instrument_generated.h>

#include <alliance/score.hpp>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "common/result.h"
#include "fhir/resources.h"
#include "fhir/response.h"

namespace alliance::fhir {

inline constexpr std::string_view scale_system = "urn:alliance-sdk:scale";  // codes "phq-9/total"
inline constexpr std::string_view band_system = "urn:alliance-sdk:band";    // codes "phq-9/total/moderate"
inline constexpr std::string_view score_extension = "urn:alliance-sdk:extension:score";
// Identifier of a response that has neither id nor identifier: the sha256 of its JSON without white space.
inline constexpr std::string_view response_hash_system = "urn:alliance-sdk:response-sha256";

class ObservationWriter {
 public:
  // Keeps what it needs of the definition. `missing` is the rule that the scores were made with.
  ObservationWriter(const fb::InstrumentT& definition, const alliance_missing& missing);

  struct Out {
    // Each Observation in one line of JSON without its end. The same response, definition and rule give the same id,
    // which is a UUID.
    std::function<void(std::string_view id, std::string_view json)> take;
  };
  // `checked` is valid and from a form of the same definition; `scores` are one for each of its scales. Refuses a
  // response with the status entered-in-error.
  Result<void> write(const Json& response, const Place& place, const Checked& checked, std::span<const Score> scores,
                     const Out& out) const;

 private:
  struct Watched {
    std::size_t item;
    std::string id;
    fb::SafetyRuleT rule;
  };
  struct Scale {
    std::string id, code, extension, note;
    std::vector<std::string> bands;
    std::vector<std::size_t> items;
    std::vector<Watched> safety;
    std::string band_note;
  };
  void absent(const Scale& scale, const Checked& checked, std::string& to) const;

  std::vector<Scale> scales_;
  std::string instrument_;  // id, version, hash and rule: what a score depends on beside the answers
  std::string rule_;
};

enum class Safety : std::uint8_t { clear, raised, unknown };
// What an item's safety rule says of its answer: unknown where there is none.
Safety safety_of(const fb::SafetyRuleT& rule, std::uint8_t state, double value);

// What the response itself states of its scales, where it differs from what its items give: the scales' ids.
std::vector<std::string> stated_otherwise(const fb::InstrumentT& definition, const Checked& checked,
                                          std::span<const Score> scores);

// A scale's score as an Observation in the input has it.
struct StatedScore {
  std::size_t scale;
  double value;
  std::vector<std::string> derived_from;  // references
};
std::vector<StatedScore> stated_in(const Json& observation, const fb::InstrumentT& definition);

// How other resources refer to the response: "QuestionnaireResponse/ID", or the entry's fullUrl. Empty: not at all.
std::string reference_to(const Json& response, const Place& place);

}  // namespace alliance::fhir
