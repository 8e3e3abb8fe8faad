// SPDX-License-Identifier: Apache-2.0
#include "measure/rests_on.h"

#include <alliance/measure.h>

namespace alliance::measure {
namespace {

bool is_unverified(const fb::ProvenanceT* provenance) {
  return provenance != nullptr && provenance->certainty == fb::Certainty::unverified;
}

}  // namespace

std::string missing_rule_name(std::int32_t rule, std::uint32_t most) {
  if (rule == ALLIANCE_MISSING_PRORATE) return "prorate:" + std::to_string(most);
  if (rule == ALLIANCE_MISSING_CENTRE) return "centre:" + std::to_string(most);
  return {};
}

std::vector<std::string> unverified(const fb::InstrumentT& definition, const fb::ScaleT& scale,
                                    const fb::ScoreT& score) {
  std::vector<std::string> found;
  if (!score.value) return found;
  if (is_unverified(definition.keys_provenance.get())) found.emplace_back("key");
  if (!score.band.empty() && is_unverified(scale.bands_provenance.get())) found.emplace_back("bands");
  if (const auto* missing = definition.missing.get();
      !score.rule.empty() && missing != nullptr && is_unverified(missing->provenance.get()) &&
      score.rule == missing_rule_name(static_cast<std::int32_t>(missing->rule), missing->most)) {
    found.emplace_back("missing");
  }
  return found;
}

}  // namespace alliance::measure
