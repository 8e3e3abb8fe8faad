// SPDX-License-Identifier: Apache-2.0
#include "rules.h"

#include <alliance/base.h>

#include <alliance/error.hpp>
#include <cmath>
#include <initializer_list>
#include <set>

#include "../shared/lines.h"

namespace alliance::tailoring {
namespace {

using fb::When;
using shared::Place;

constexpr std::size_t most_rules = 64, most_text = 500, most_name = 100, most_steps_named = 32, most_alternatives = 8;
constexpr double most_number = 1e6;
constexpr std::uint32_t most_days = 3660;

// What each kind of rule needs besides what all need.
struct RuleKind {
  When when;
  bool practitioner;  // about the practitioner, who alone is told of it
  bool level;         // how high something is: on only where the deployment says where its threshold comes from
  bool count;         // `at_least` counts from 1
};
constexpr RuleKind rule_kinds[] = {
    {When::alliance_drop, false, false, false},
    {When::alliance_unrepaired, false, false, false},
    {When::non_response, false, false, false},
    {When::component_irrelevant, false, false, false},
    {When::stuck, false, false, false},
    {When::difficulties, false, false, true},
    {When::unreviewed, false, false, false},
    {When::over_plan, false, false, false},
    {When::confidence_fell, true, false, false},
    {When::training_missing, true, false, false},
    {When::online_work_undiscussed, false, false, false},
    {When::on_default_path, false, false, false},
    {When::change_refused, false, false, false},
    {When::onboarding_open, true, false, false},
    {When::training_due, true, false, false},
    {When::score_level, false, true, false},
    {When::not_on_track, false, true, false},
    {When::next_tool, false, false, false},
    {When::over_capacity, true, false, false},
};

const RuleKind* kind_of(When when) {
  for (const RuleKind& kind : rule_kinds) {
    if (kind.when == when) return &kind;
  }
  return nullptr;
}

std::string names() {
  std::string all;
  for (const RuleKind& kind : rule_kinds) all += (all.empty() ? "" : ", ") + std::string(fb::EnumNameWhen(kind.when));
  return all;
}

bool about(const std::string& role, std::string_view prefix) {
  return role == prefix || (role.substr(0, prefix.size()) == prefix && role[prefix.size()] == '.');
}

class Checker {
 public:
  Checker(const fb::RulesT& rules, const std::string& file, std::string_view text)
      : rules_(rules), file_(file), text_(text) {}

  void check() {
    if (rules_.id.empty() || rules_.id.size() > most_name) refuse({{"id"}}, "must have 1 to 100 bytes");
    if (rules_.rules.size() > most_rules) {
      refuse({{"rules"}}, "at most " + std::to_string(most_rules) + " are taken", ALLIANCE_E_LIMIT);
    }
    for (std::size_t i = 0; i < rules_.rules.size(); ++i) {
      at_ = i;
      rule(*rules_.rules[i]);
    }
  }

 private:
  [[noreturn]] void refuse(const Place& place, const std::string& why,
                           std::int32_t status = ALLIANCE_E_BAD_INPUT) const {
    const std::string line = text_.empty() ? "" : "line " + std::to_string(shared::line_of(text_, place)) + ": ";
    throw Error(status, file_ + ": " + line + shared::to_text(place) + ": " + why);
  }
  [[noreturn]] void no(std::initializer_list<shared::Step> field, const std::string& why) const {
    Place place = {{"rules"}, {"", at_}};
    place.insert(place.end(), field);
    refuse(place, why);
  }
  void short_enough(std::initializer_list<shared::Step> field, const std::string& text, std::size_t most) const {
    if (text.size() > most) no(field, "must have at most " + std::to_string(most) + " bytes");
  }

  void rule(const fb::RuleT& rule) {
    if (rule.id.empty() || rule.id.size() > 64) no({{"id"}}, "must have 1 to 64 bytes");
    if (!ids_.insert(rule.id).second) no({{"id"}}, "\"" + rule.id + "\" stands twice");
    const RuleKind* kind = kind_of(rule.when);
    if (!kind) no({{"when"}}, "must be one of " + names());
    if (rule.factor > fb::Factor::b4_confidence) no({{"factor"}}, "is none of the eight");
    if (!(rule.at_least >= (rule.when == When::score_level ? -most_number : 0) && rule.at_least <= most_number)) {
      no({{"at_least"}}, "must be 0 or more, and at most 1000000");
    }
    if (rule.within_days > most_days) no({{"within_days"}}, "is at most 3660, and 0 for however old");
    short_enough({{"role"}}, rule.role, most_name);
    short_enough({{"training"}}, rule.training, most_name);
    audience(rule, *kind);
    action(rule);
    numbers(rule, *kind);
    level(rule, *kind);
    considered(rule);
  }

  void audience(const fb::RuleT& rule, const RuleKind& kind) const {
    if (rule.audience < fb::Audience::client || rule.audience > fb::Audience::content_owner) {
      no({{"audience"}}, "must say whom the proposal is for");
    }
    // Confidence and training belong to the practitioner, who alone is told of them.
    const bool theirs =
        kind.practitioner || rule.action->kind == fb::ActionKind::private_nudge || about(rule.role, "confidence");
    if (theirs && rule.audience != fb::Audience::practitioner) {
      no({{"audience"}}, "confidence, training, capacity and private nudges are shown to the practitioner alone");
    }
  }

  void action(const fb::RuleT& rule) const {
    const fb::ActionT& action = *rule.action;
    if (action.kind == fb::ActionKind::unset || action.kind > fb::ActionKind::fallback) {
      no({{"action"}, {"kind"}}, "must say what is proposed");
    }
    if (action.text.empty()) no({{"action"}, {"text"}}, "must hold one sentence for the person whom it is for");
    short_enough({{"action"}, {"text"}}, action.text, most_text);
    short_enough({{"action"}, {"component"}}, action.component, most_name);
    short_enough({{"action"}, {"replacement"}}, action.replacement, most_name);
    short_enough({{"action"}, {"before"}}, action.before, most_name);
    short_enough({{"action"}, {"option"}}, action.option, most_name);
    if (!(action.minutes >= 0 && action.minutes <= 1440)) no({{"action"}, {"minutes"}}, "must be from 0 to 1440");
    if (action.value && !(std::fabs(*action.value) <= most_number)) {
      no({{"action"}, {"value"}}, "must be a number of at most 1000000");
    }
    if (action.kind == fb::ActionKind::fallback && action.option != "paper" && action.option != "phone") {
      no({{"action"}, {"option"}}, "must be paper or phone");
    }
  }

  void numbers(const fb::RuleT& rule, const RuleKind& kind) const {
    if (kind.count && rule.at_least < 1) no({{"at_least"}}, "difficulties need a count");
    if (rule.when == When::confidence_fell && rule.at_least <= 0) no({{"at_least"}}, "must be more than 0");
    if (rule.when == When::over_plan && rule.within_days != 0 && rule.within_days != 7) {
      no({{"within_days"}}, "over_plan looks at 7 days, or with 0 at everything");
    }
    if ((rule.when == When::training_missing || rule.when == When::training_due) && rule.training.empty()) {
      no({{"training"}}, "must name the training that is looked for");
    }
    if (rule.when == When::onboarding_open && (rule.steps.empty() || rule.steps.size() > most_steps_named)) {
      no({{"steps"}}, "must name 1 to 32 steps");
    }
    for (std::size_t i = 0; i < rule.steps.size(); ++i) {
      if (rule.steps[i].empty() || rule.steps[i].size() > most_name) {
        no({{"steps"}, {"", i}}, "must have 1 to 100 bytes");
      }
    }
  }

  // No level comes with the SDK: what is high, and where that is said, is the deployment's to supply.
  void level(const fb::RuleT& rule, const RuleKind& kind) const {
    if (kind.level) {
      if (rule.role.empty()) no({{"role"}}, "must name the role of the score that is looked at");
      if (rule.comparator == fb::Comparator::unset || rule.comparator > fb::Comparator::less_than) {
        no({{"comparator"}}, "must be at_least, more_than, at_most or less_than");
      }
    }
    const bool week = rule.when == When::over_plan && rule.within_days == 7;
    if (rule.off || (!kind.level && !week)) return;
    if (rule.when == When::not_on_track) return curve(rule);
    if (!rule.provenance || rule.provenance->source.empty()) {
      no({{"provenance"}, {"source"}}, "a rule about a level is off until it says where its threshold comes from");
    }
  }

  void curve(const fb::RuleT& rule) const {
    if (!rule.curve) no({{"curve"}}, "not_on_track is off until there is a reference curve");
    const fb::CurveT& curve = *rule.curve;
    for (const double number : {curve.intercept, curve.slope, curve.mean_x}) {
      if (!(std::fabs(number) <= most_number)) no({{"curve"}}, "holds a number that is not finite or too large");
    }
    if (!(curve.n >= 3 && curve.n <= 1e9)) no({{"curve"}, {"n"}}, "a line needs 3 points or more");
    if (!(curve.residual_sd >= 0 && curve.residual_sd <= most_number)) {
      no({{"curve"}, {"residual_sd"}}, "must be 0 or more");
    }
    if (!(curve.sum_xx > 0 && curve.sum_xx <= 1e12)) no({{"curve"}, {"sum_xx"}}, "must be more than 0");
    if (!(curve.level >= 0.5 && curve.level <= 0.999)) no({{"curve"}, {"level"}}, "must be from 0.5 to 0.999");
    if (!curve.provenance || curve.provenance->source.empty()) {
      no({{"curve"}, {"provenance"}, {"source"}}, "must say whose courses the curve was fitted to");
    }
  }

  void considered(const fb::RuleT& rule) const {
    if (rule.considered.size() > most_alternatives) no({{"considered"}}, "at most 8 are taken");
    for (std::size_t i = 0; i < rule.considered.size(); ++i) {
      const fb::ConsideredT& other = *rule.considered[i];
      if (other.action->kind == fb::ActionKind::unset || other.action->kind > fb::ActionKind::fallback) {
        no({{"considered"}, {"", i}, {"action"}, {"kind"}}, "must say what else could be done");
      }
      if (!(other.action->minutes >= 0 && other.action->minutes <= 1440)) {
        no({{"considered"}, {"", i}, {"action"}, {"minutes"}}, "must be from 0 to 1440");
      }
      if (other.why_not.empty() || other.why_not.size() > most_text) {
        no({{"considered"}, {"", i}, {"why_not"}}, "must say in 1 to 500 bytes why it comes second");
      }
    }
  }

  const fb::RulesT& rules_;
  const std::string& file_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::set<std::string> ids_;
};

}  // namespace

void check(const fb::RulesT& rules, const std::string& file, std::string_view text) {
  Checker(rules, file, text).check();
}

}  // namespace alliance::tailoring
