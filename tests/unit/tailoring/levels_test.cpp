// SPDX-License-Identifier: Apache-2.0
// Rules about levels, about what the programme refused, and about training; and what keeps a rule file within bounds.
#include "plugins/tailoring/levels.h"

#include <alliance/base.h>

#include <alliance/error.hpp>

#include "plugins/tailoring/rules.h"
#include "story.h"

namespace {

using namespace story;
using fb::When;
using Keys = std::vector<std::string>;

std::unique_ptr<fb::CurveT> cars() {  // R: dist ~ speed of `cars`
  auto curve = std::make_unique<fb::CurveT>();
  curve->intercept = -17.5790948905;
  curve->slope = 3.93240875912;
  curve->residual_sd = 15.3795867488;
  curve->n = 50;
  curve->mean_x = 15.4;
  curve->sum_xx = 1370;
  curve->level = 0.8;
  curve->provenance = std::make_unique<fb::ProvenanceT>();
  curve->provenance->source = "R's data set cars";
  return curve;
}

void answered(Case& state, double day, double value, const std::string& role, const std::string& instrument = "phq") {
  state.sheets.push_back(std::make_unique<fb::SheetT>());
  auto& sheet = *state.sheets.back();
  sheet.time = on(day);
  sheet.event = "a-" + std::to_string(state.sheets.size());
  sheet.instrument = instrument;
  sheet.version = "1";
  sheet.rater = fb::Rater::client;
  sheet.scores.push_back(std::make_unique<fb::ScoreT>());
  sheet.scores[0]->scale = "total";
  sheet.scores[0]->roles = {role};
  sheet.scores[0]->value = value;
}

Keys found(const fb::RulesT& rules, const fb::CaseT& state, double day) { return keys(proposed(rules, state, day)); }

TEST(LevelRules, ThePredictionIntervalIsThatOfTheWorkedExample) {
  const auto at_10 = alliance::tailoring::interval_at(*cars(), 10),
             at_20 = alliance::tailoring::interval_at(*cars(), 20);
  EXPECT_NEAR(at_10.lower, 1.351798, 1e-6);
  EXPECT_NEAR(at_10.upper, 42.138187, 1e-6);
  EXPECT_NEAR(at_20.lower, 40.733148, 1e-6);
  EXPECT_NEAR(at_20.upper, 81.405013, 1e-6);
}

TEST(LevelRules, NotOnTrackIsBeyondTheCurveAtTheSoManiethAnswerOfOneSeries) {
  fb::RulesT rule = rules(When::not_on_track, 0, 28, "symptom.total");
  rule.rules[0]->comparator = fb::Comparator::more_than;
  auto& curve = rule.rules[0]->curve;
  curve = cars();
  curve->intercept = 20;
  curve->slope = -5;  // on ln of the answer
  curve->residual_sd = 2;
  curve->mean_x = 1;
  curve->sum_xx = 30;
  Case state;
  answered(state, 1, 21, "symptom.total");
  answered(state, 8, 17, "symptom.total");
  EXPECT_TRUE(found(rule, state, 9).empty());
  answered(state, 15, 22, "symptom.total");
  EXPECT_EQ(found(rule, state, 16), Keys{"r/a-3"});
  const auto made = proposed(rule, state, 16);
  const fb::EvidenceT& evidence = *made.proposals[0]->evidence[0];
  EXPECT_DOUBLE_EQ(*evidence.value, 22);
  EXPECT_EQ(evidence.comparator, fb::Comparator::more_than);
  EXPECT_EQ(evidence.provenance->source, "R's data set cars");
  EXPECT_LT(*evidence.threshold, 22);
  EXPECT_TRUE(found(rule, state, 50).empty());        // too long ago
  answered(state, 22, 21, "symptom.total", "other");  // another instrument begins anew: its first answer is expected
  EXPECT_TRUE(found(rule, state, 23).empty());
}

TEST(LevelRules, AScoreIsHeldAgainstAThresholdOnTheSideThatTheRuleSays) {
  fb::RulesT rule = rules(When::score_level, 68, 60, "usability.total");
  rule.rules[0]->comparator = fb::Comparator::less_than;
  Case state;
  answered(state, 1, 68, "usability.total");
  EXPECT_TRUE(found(rule, state, 2).empty());
  answered(state, 3, 67.5, "usability.total");
  EXPECT_EQ(found(rule, state, 4), Keys{"r/a-2"});
  rule.rules[0]->rater = fb::Rater::practitioner;
  EXPECT_TRUE(found(rule, state, 4).empty());
}

TEST(LevelRules, AreOffUntilADeploymentSaysWhereTheirThresholdComesFrom) {
  fb::RulesT rule = rules(When::score_level, 68, 0, "usability.total");
  rule.rules[0]->comparator = fb::Comparator::less_than;
  const auto check = [&] { alliance::tailoring::check(rule, "rules.json"); };
  EXPECT_THROW(check(), alliance::Error);
  rule.rules[0]->off = true;
  EXPECT_NO_THROW(check());
  rule.rules[0]->off = false;
  rule.rules[0]->provenance = std::make_unique<fb::ProvenanceT>();
  rule.rules[0]->provenance->source = "the service's own sample of 2025";
  EXPECT_NO_THROW(check());
  rule.rules[0]->when = When::not_on_track;
  EXPECT_THROW(check(), alliance::Error);  // no curve
  rule.rules[0]->curve = cars();
  EXPECT_NO_THROW(check());
  rule.rules[0]->curve->provenance->source.clear();
  EXPECT_THROW(check(), alliance::Error);
}

TEST(Rules, LookAtTheRoleAndAtWhomTheAllianceIsWith) {
  Case state;
  state.signal(fb::SignalKind::drop, "alliance.task", 10).signal(fb::SignalKind::drop, "alliance.bond", 10);
  state.signal(fb::SignalKind::drop, "alliance.total", 10);
  state.signals.back()->signal->target = fb::Target::programme;
  EXPECT_EQ(found(rules(When::alliance_drop, 0, 0, "alliance.task"), state, 11), Keys{"r/alliance.task/1"});
  EXPECT_EQ(found(rules(When::alliance_drop, 0, 0, "alliance.bond"), state, 11), Keys{"r/alliance.bond/2"});
  fb::RulesT programme = rules(When::alliance_drop, 0, 0, "alliance");
  programme.rules[0]->target = fb::Target::programme;
  EXPECT_EQ(found(programme, state, 11), Keys{"r/alliance.total/3"});
  const auto made = proposed(programme, state, 11);
  EXPECT_EQ(made.proposals[0]->evidence[0]->signal, "alliance.total/3");
  EXPECT_EQ(made.proposals[0]->evidence[0]->method, "r");
}

TEST(Rules, AChangeThatTheProgrammeRefusedIsFoundOnce) {
  Case state;
  state.refusals.push_back(std::make_unique<fb::RefusalT>());
  auto& refusal = *state.refusals[0];
  refusal.time = on(5);
  refusal.event = "e5";
  refusal.action = std::make_unique<fb::ActionT>();
  refusal.action->kind = fb::ActionKind::skip;
  refusal.action->component = "m3";
  const fb::RulesT rule = rules(When::change_refused, 0, 30, "", fb::ActionKind::workaround);
  EXPECT_EQ(found(rule, state, 6), Keys{"r/e5"});
  EXPECT_EQ(proposed(rule, state, 6).proposals[0]->action->component, "m3");
  EXPECT_TRUE(found(rule, state, 36).empty());
}

TEST(Rules, OnboardingGoesStepByStepAndATrainingIsDueBeforeItRunsOut) {
  fb::RulesT open = rules(When::onboarding_open, 3);
  open.rules[0]->steps = {"guide", "practice-client"};
  Case own = practitioner();
  EXPECT_TRUE(found(open, own, 9).empty());  // not at work yet
  own.sure(3, 1);
  EXPECT_TRUE(found(open, own, 3).empty());
  EXPECT_EQ(found(open, own, 4), Keys{"r/guide"});
  own.onboarding = {"guide"};
  EXPECT_EQ(found(open, own, 4), Keys{"r/practice-client"});
  own.onboarding.emplace_back("practice-client");
  EXPECT_TRUE(found(open, own, 4).empty());

  const fb::RulesT due = rules(When::training_due, 30);
  own.trained("basics", 1, 100.0);
  EXPECT_TRUE(found(due, own, 69).empty());
  EXPECT_EQ(found(due, own, 71), Keys{"r/basics/" + std::to_string(on(100))});
  EXPECT_EQ(proposed(due, own, 71).proposals[0]->evidence[0]->comparator, fb::Comparator::at_most);
  EXPECT_TRUE(found(due, own, 101).empty());  // then it has run out, which is another rule's
}

TEST(Rules, SayWhatElseWasConsideredAndWhyItComesSecond) {
  fb::RulesT rule = rules(When::stuck, 14);
  rule.rules[0]->considered.push_back(std::make_unique<fb::ConsideredT>());
  rule.rules[0]->considered[0]->action = std::make_unique<fb::ActionT>();
  rule.rules[0]->considered[0]->action->kind = fb::ActionKind::fallback;
  rule.rules[0]->considered[0]->why_not = "the client is asked first";
  Case state;
  state.launched("m1", 1, 1);
  const auto made = proposed(rule, state, 20);
  ASSERT_EQ(made.proposals.at(0)->considered.size(), 1u);
  EXPECT_EQ(made.proposals[0]->considered[0]->why_not, "the client is asked first");
  EXPECT_EQ(made.proposals[0]->considered[0]->action->component, "m1");
}

TEST(Rules, ACaseThatWouldTakeTooLongIsRefusedByName) {
  Case state;
  for (int i = 0; i < 5000; ++i) {
    state.signal(fb::SignalKind::drop, "alliance.total", 1);
    answered(state, 1, 1, "symptom.total");
  }
  try {
    proposed(rules(When::alliance_drop), state, 2);
    FAIL() << "it was looked through";
  } catch (const alliance::Error& error) {
    EXPECT_EQ(error.status(), ALLIANCE_E_LIMIT);
    EXPECT_NE(error.message().find("too large"), std::string::npos) << error.message();
  }
}

TEST(RulesFile, IsRefusedByLine) {
  const std::string text = "{\n \"id\": \"x\",\n \"rules\": [\n  {\"id\": \"a\",\n   \"when\": \"stuck\"}\n ]\n}";
  fb::RulesT made = rules(When::unset, 14);
  try {
    alliance::tailoring::check(made, "rules.json", text);
    FAIL();
  } catch (const alliance::Error& error) {
    EXPECT_NE(error.message().find("rules.json: line 5: rules[0].when: must be one of alliance_drop"),
              std::string::npos)
        << error.message();
  }
}

}  // namespace
