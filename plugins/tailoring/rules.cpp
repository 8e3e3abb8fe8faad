// SPDX-License-Identifier: Apache-2.0
#include "rules.h"

#include <alliance/base.h>

#include <alliance/error.hpp>
#include <cmath>
#include <set>

namespace alliance::tailoring {
namespace {

constexpr std::size_t most_rules = 64;

bool about_practitioner(fb::When when) {
  return when == fb::When::confidence_fell || when == fb::When::training_missing;
}

}  // namespace

void check(const fb::RulesT& rules, const std::string& place) {
  if (rules.rules.size() > most_rules) {
    throw Error(ALLIANCE_E_LIMIT, place + ": rules: at most " + std::to_string(most_rules) + " are taken");
  }
  std::set<std::string> ids;
  for (std::size_t i = 0; i < rules.rules.size(); ++i) {
    const fb::RuleT& rule = *rules.rules[i];
    const auto refuse = [&](const std::string& field, const std::string& why) {
      throw Error(ALLIANCE_E_BAD_INPUT, place + ": rules[" + std::to_string(i) + "]." + field + ": " + why);
    };
    if (rule.id.empty() || rule.id.size() > 64) refuse("id", "must have 1 to 64 bytes");
    if (!ids.insert(rule.id).second) refuse("id", "\"" + rule.id + "\" stands twice");
    if (rule.when == fb::When::unset || rule.when > fb::When::on_default_path) refuse("when", "must say when");
    if (!std::isfinite(rule.at_least) || rule.at_least < 0) refuse("at_least", "must be 0 or more");
    if (rule.audience == fb::Audience::unset) refuse("audience", "must say whom the proposal is for");
    if (rule.action->kind == fb::ActionKind::unset) refuse("action.kind", "must say what is proposed");
    if (rule.action->text.empty()) refuse("action.text", "must hold one sentence for the person whom it is for");
    if (!std::isfinite(rule.action->minutes) || rule.action->minutes < 0) {
      refuse("action.minutes", "must be 0 or more");
    }
    if (rule.when == fb::When::difficulties && rule.at_least < 1) refuse("at_least", "difficulties need a count");
    if (rule.when == fb::When::confidence_fell && rule.at_least <= 0) refuse("at_least", "must be more than 0");
    if (rule.when == fb::When::over_plan && rule.within_days != 0 && rule.within_days != 7) {
      refuse("within_days", "over_plan looks at 7 days, or with 0 at everything");
    }
    if (rule.when == fb::When::training_missing && rule.training.empty()) {
      refuse("training", "must name the training that is looked for");
    }
    // Confidence and training belong to the practitioner, who alone is told of them.
    if (about_practitioner(rule.when) && rule.audience != fb::Audience::practitioner) {
      refuse("audience", "confidence and training are shown to the practitioner alone");
    }
  }
}

}  // namespace alliance::tailoring
