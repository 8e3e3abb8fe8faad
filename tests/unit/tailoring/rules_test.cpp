// SPDX-License-Identifier: Apache-2.0
#include <alliance/base.h>

#include <algorithm>
#include <alliance/error.hpp>
#include <functional>

#include "plugins/tailoring/rules.h"
#include "story.h"
#include "tailoring/check.h"

namespace {

using namespace story;
using fb::ActionKind;
using fb::SignalKind;
using fb::When;
using Keys = std::vector<std::string>;

Keys of(const fb::RulesT& made, const fb::CaseT& state, double day) { return keys(proposed(made, state, day)); }

TEST(Rules, ADropIsAReasonToAskUntilItIsRepaired) {
  const fb::RulesT drop = rules(When::alliance_drop, 0, 21, "alliance");
  Case state;
  state.signal(SignalKind::drop, "alliance.pulse", 10);
  EXPECT_EQ(of(drop, state, 11), Keys{"r/alliance.pulse/1"});
  const fb::ProposalsT made = proposed(drop, state, 11);
  const fb::EvidenceT& evidence = *made.proposals.at(0)->evidence.at(0);
  EXPECT_DOUBLE_EQ(*evidence.value, -4);
  EXPECT_DOUBLE_EQ(*evidence.threshold, -2.5);
  EXPECT_EQ(evidence.comparator, fb::Comparator::at_most);
  EXPECT_EQ(evidence.provenance->certainty, fb::Certainty::own);
  EXPECT_TRUE(made.proposals[0]->not_validated);
  EXPECT_TRUE(of(drop, state, 32).empty());  // 22 days later
  EXPECT_TRUE(of(drop, state, 9).empty());
  EXPECT_TRUE(of(rules(When::alliance_drop, 0, 0, "alliance.pul"), state, 11).empty());
  EXPECT_TRUE(of(rules(When::alliance_drop, 0, 0, "alliance.task"), state, 11).empty());
  EXPECT_EQ(of(rules(When::alliance_drop, 0, 0, "alliance.pulse"), state, 11).size(), 1u);
  state.signal(SignalKind::repaired, "alliance.pulse", 17);
  EXPECT_TRUE(of(drop, state, 18).empty());
}

TEST(Rules, WhatIsNotRepairedOrNotAnsweredHasRulesOfItsOwn) {
  Case state;
  state.signal(SignalKind::unrepaired, "alliance.total", 10)
      .signal(SignalKind::non_response, "symptom.depression", 12, 3);
  EXPECT_EQ(of(rules(When::alliance_unrepaired), state, 13), Keys{"r/alliance.total/1"});
  EXPECT_EQ(of(rules(When::non_response, 3), state, 13), Keys{"r/symptom.depression/2"});
  EXPECT_TRUE(of(rules(When::non_response, 4), state, 13).empty());
  EXPECT_TRUE(of(rules(When::alliance_drop), state, 13).empty());
}

TEST(Rules, AComponentIsStuckAfterSoManyDaysAndNotOnceItIsDone) {
  const fb::RulesT stuck = rules(When::stuck, 14, 60);
  Case state;
  state.launched("m1", 1, 5).launched("m2", 1, 18);
  EXPECT_TRUE(of(stuck, state, 18.9).empty());
  EXPECT_EQ(of(stuck, state, 19), Keys{"r/m1"});
  EXPECT_EQ(of(stuck, state, 40), (Keys{"r/m1", "r/m2"}));
  EXPECT_EQ(of(stuck, state, 70), Keys{"r/m2"});  // m1 is old by then
  state.completed("m1", 20);
  EXPECT_EQ(of(stuck, state, 40), Keys{"r/m2"});
  fb::ProgrammeT without = programme();
  without.default_path = {"m1", "fixed"};  // m2 was taken off the path
  EXPECT_TRUE(proposed(stuck, state, 40, &without).proposals.empty());
}

TEST(Rules, CompletedWorkWaitsForReview) {
  Case state;
  state.completed("m1", 1).completed("m2", 5);
  const fb::RulesT unreviewed = rules(When::unreviewed, 7);
  EXPECT_TRUE(of(unreviewed, state, 7.9).empty());
  EXPECT_EQ(of(unreviewed, state, 8), Keys{"r/m1"});
  EXPECT_DOUBLE_EQ(*proposed(unreviewed, state, 8.5).proposals[0]->evidence[0]->value, 7);
  state.component("m1").reviewed = on(8);
  EXPECT_EQ(of(unreviewed, state, 12), Keys{"r/m2"});
}

TEST(Rules, OnlineWorkThatTheLastSessionDidNotTakeUp) {
  const fb::RulesT rule = rules(When::online_work_undiscussed, 1);
  Case state;
  state.completed("m1", 3).completed("m2", 9);
  EXPECT_TRUE(of(rule, state, 12).empty());  // no session yet
  state.held(1, 7);
  EXPECT_TRUE(of(rule, state, 7.5).empty());  // its notes may still come
  EXPECT_EQ(of(rule, state, 8), Keys{"r/m1"});
  EXPECT_EQ(proposed(rule, state, 8).proposals[0]->evidence[0]->events, (Keys{"held-1", "m1-event"}));
  state.component("m1").discussed = on(7);
  EXPECT_TRUE(of(rule, state, 10).empty());
  state.held(2, 14);
  EXPECT_EQ(of(rule, state, 16), Keys{"r/m2"});
}

TEST(Rules, DifficultiesAreCountedWithinTheTimeAndFoundOnce) {
  const fb::RulesT three = rules(When::difficulties, 3, 14);
  Case state;
  state.difficulty(1).difficulty(3).difficulty(20);
  EXPECT_TRUE(of(three, state, 20).empty());
  state.difficulty(22, "m2").difficulty(25, "m2");
  EXPECT_EQ(of(three, state, 25), Keys{"r/d-5"});
  state.difficulty(26);  // one more changes nothing
  EXPECT_EQ(of(three, state, 26), Keys{"r/d-5"});
  EXPECT_EQ(proposed(three, state, 26).proposals[0]->action->component, "m2");
  EXPECT_TRUE(of(three, state, 40).empty());
  std::reverse(state.difficulties.begin(), state.difficulties.end());
  EXPECT_EQ(of(three, state, 26), Keys{"r/d-5"});
  state.difficulty(27).difficulty(28);
  EXPECT_EQ(of(three, state, 28), (Keys{"r/d-5", "r/d-8"}));
}

TEST(Rules, MinutesOverThePlanInAllAndInAWeek) {
  Case state;
  EXPECT_TRUE(of(rules(When::over_plan, 10), state, 20).empty());
  state.used(110, 100, 19);
  EXPECT_TRUE(of(rules(When::over_plan, 11), state, 20).empty());
  EXPECT_EQ(of(rules(When::over_plan, 9), state, 20), Keys{"r/course"});
  EXPECT_EQ(of(rules(When::over_plan, 80, 7), state, 20), Keys{"r/week-2"});  // 10 were planned
  EXPECT_TRUE(of(rules(When::over_plan, 100, 7), state, 20).empty());
  state.used(90, 100);
  EXPECT_TRUE(of(rules(When::over_plan, 0), state, 20).empty());
  state.used(90, 0);
  EXPECT_TRUE(of(rules(When::over_plan, 0), state, 20).empty());
}

TEST(Rules, ConfidenceIsComparedWithItsOwnPastAlone) {
  const fb::RulesT fell = rules(When::confidence_fell, 1, 28);
  Case own = practitioner();
  own.sure(2, 1);
  EXPECT_TRUE(of(fell, own, 2).empty());  // low, and no change
  own.sure(4, 10).sure(3, 20);
  EXPECT_EQ(of(fell, own, 21), Keys{"r/sure-3"});
  EXPECT_TRUE(of(fell, own, 49).empty());
  EXPECT_TRUE(of(rules(When::confidence_fell, 1.5), own, 21).empty());
  std::swap(own.confidence[0], own.confidence[2]);
  EXPECT_EQ(of(fell, own, 21), Keys{"r/sure-3"});
  own.sure(4, 30);
  EXPECT_TRUE(of(fell, own, 31).empty());
  Case client;
  client.sure(4, 1).sure(1, 2);
  EXPECT_TRUE(of(fell, client, 3).empty());
}

TEST(Rules, ATrainingThatWasNeverDoneOrHasRunOut) {
  const fb::RulesT missing = rules(When::training_missing, 7);
  Case own = practitioner();
  EXPECT_TRUE(of(missing, own, 100).empty());  // not at work yet
  own.sure(3, 1);
  EXPECT_TRUE(of(missing, own, 7).empty());
  EXPECT_EQ(of(missing, own, 8), Keys{"r/basics"});
  own.trained("other", 2);
  EXPECT_EQ(of(missing, own, 8), Keys{"r/basics"});
  own.trained("basics", 9, 30.0);
  EXPECT_TRUE(of(missing, own, 10).empty());
  EXPECT_EQ(of(missing, own, 30), Keys{"r/basics/" + std::to_string(on(30))});
  own.trainings[1]->expires = 0;
  EXPECT_TRUE(of(missing, own, 300).empty());
}

TEST(Rules, ACourseThatNobodyAdapted) {
  const fb::RulesT rule = rules(When::on_default_path, 2);
  const fb::ProgrammeT catalogue = programme();
  Case state;
  state.held(1, 1);
  EXPECT_TRUE(proposed(rule, state, 2, &catalogue).proposals.empty());
  state.held(2, 8);
  EXPECT_EQ(keys(proposed(rule, state, 9, &catalogue)), Keys{"r/path"});
  EXPECT_TRUE(proposed(rule, state, 9).proposals.empty());
  Case in_person;
  in_person.delivery = fb::Delivery::face_to_face;
  in_person.held(1, 1).held(2, 8);
  EXPECT_TRUE(proposed(rule, in_person, 9, &catalogue).proposals.empty());
  state.adapted(9);
  EXPECT_TRUE(proposed(rule, state, 10, &catalogue).proposals.empty());
}

// tool-b and tool-c are for sleep, shut as well; m3 is on the path, tool-a needs m2.
fb::ProgrammeT for_sleep() {
  fb::ProgrammeT made = programme();
  for (auto& one : made.components) {
    if (one->id == "m3" || one->id == "shut" || one->id.starts_with("tool-")) one->tags = {"sleep"};
  }
  return made;
}

TEST(Rules, TheNextToolForAGoalIsTheFirstThatCanBeHadAndWasNotTried) {
  const fb::RulesT rule = rules(When::next_tool, 1, 30, "", ActionKind::brief);
  const fb::ProgrammeT catalogue = for_sleep();
  Case state;
  EXPECT_TRUE(proposed(rule, state, 3, &catalogue).proposals.empty());  // no goal
  state.goal("sleep", 2).goal("work", 2);
  EXPECT_TRUE(proposed(rule, state, 2.5, &catalogue).proposals.empty());  // the session in which it was set
  fb::ProposalsT made = proposed(rule, state, 3, &catalogue);
  ASSERT_EQ(keys(made), Keys{"r/sleep/tool-b"});  // nothing bears the tag work
  EXPECT_EQ(made.proposals[0]->action->component, "tool-b");
  EXPECT_EQ(made.proposals[0]->evidence[0]->events, Keys{"goal-1"});
  EXPECT_TRUE(alliance::tailoring::check(*made.proposals[0], state, &catalogue));
  std::string others;
  for (const auto& other : made.proposals[0]->considered) {
    others += other->action->component + ": " + other->why_not + "; ";
  }
  EXPECT_EQ(others,
            "m3: it is on the path already; shut: the programme does not let it be added; "
            "tool-a: it needs m2 to be completed first; tool-c: tool-b comes first in the catalogue; ");
  state.completed("m2", 3);
  EXPECT_EQ(keys(proposed(rule, state, 4, &catalogue)), Keys{"r/sleep/tool-a"});
  state.tool("tool-a", 4).launched("tool-b", 4, 4);
  EXPECT_EQ(keys(proposed(rule, state, 5, &catalogue)), Keys{"r/sleep/tool-c"});
  made = proposed(rule, state, 5, &catalogue);
  state.proposals.push_back(std::make_unique<fb::ProposalRecordT>());
  state.proposals[0]->proposal = std::make_unique<fb::ProposalT>(*made.proposals.at(0));
  EXPECT_EQ(proposed(rule, state, 6, &catalogue).proposals.size(), 1u);  // the same key, told once by the host
  state.proposals[0]->decision = fb::Decision::declined;
  EXPECT_TRUE(proposed(rule, state, 6, &catalogue).proposals.empty());
  state.proposals.clear();
  EXPECT_TRUE(proposed(rule, state, 33, &catalogue).proposals.empty());  // set a month ago
  state.goal("sleep", 32, true);
  EXPECT_EQ(proposed(rule, state, 33, &catalogue).proposals.size(), 1u);  // and revised since
  EXPECT_TRUE(proposed(rule, state, 33).proposals.empty());               // no catalogue
}

TEST(Rules, ANextToolIsNotProposedBesideWhatItDoesNotGoTogetherWith) {
  const fb::RulesT rule = rules(When::next_tool, 0, 0, "", ActionKind::add);
  fb::ProgrammeT catalogue = for_sleep();
  Case state;
  state.goal("sleep", 2);
  for (auto& one : catalogue.components) {
    if (one->id == "m1") one->excludes = {"tool-b"};
  }
  fb::ProposalsT made = proposed(rule, state, 3, &catalogue);
  ASSERT_EQ(keys(made), Keys{"r/sleep/tool-c"});
  EXPECT_TRUE(alliance::tailoring::check(*made.proposals[0], state, &catalogue));
  catalogue.most_adds = std::uint16_t{0};
  EXPECT_TRUE(proposed(rule, state, 3, &catalogue).proposals.empty());
}

TEST(Rules, TimePressureIsSeenOverAllCasesOfThePractitionerWeekByWeek) {
  const fb::RulesT rule = rules(When::over_capacity, 10, 14);
  Case own = practitioner();
  EXPECT_TRUE(of(rule, own, 1).empty());  // no contracted minutes are known
  own.week(0, 500, 100).week(7, 109, 100).week(14, 111, 100).week(21, 200, 100).week(28, 40, 0);
  const fb::ProposalsT made = proposed(rule, own, 1);
  ASSERT_EQ(keys(made), Keys{"r/week-2026-02-16"});  // the week that runs is not weighed, the fourth is far
  EXPECT_DOUBLE_EQ(*made.proposals[0]->evidence[0]->value, 11);
  EXPECT_DOUBLE_EQ(*made.proposals[0]->evidence[0]->threshold, 10);
  EXPECT_TRUE(alliance::tailoring::check(*made.proposals[0], own, nullptr));
  EXPECT_TRUE(of(rules(When::over_capacity, 12, 14), own, 1).empty());
  EXPECT_EQ(of(rules(When::over_capacity, 12), own, 1), Keys{"r/week-2026-02-23"});  // however far
  EXPECT_EQ(of(rule, own, 8), Keys{"r/week-2026-02-16"});                            // told once by the host
  EXPECT_EQ(of(rule, own, 14.5), Keys{"r/week-2026-02-23"});                         // and then the next
  const fb::ProposalsT away = proposed(rule, own, 22);
  ASSERT_EQ(keys(away), Keys{"r/week-2026-03-02"});
  EXPECT_NE(away.proposals[0]->evidence[0]->what.find("you are away"), std::string::npos);
  EXPECT_DOUBLE_EQ(*away.proposals[0]->evidence[0]->value, 40);
  Case client;
  client.week(7, 200, 100);
  EXPECT_TRUE(of(rule, client, 1).empty());
}

TEST(Rules, SomethingElseComesInThePlaceOfWhatIsNotRelevant) {
  const fb::RulesT rule = rules(When::component_irrelevant, 0, 0, "", ActionKind::skip);
  const fb::ProgrammeT catalogue = programme();
  Case state;
  state.irrelevant("m3", 5);
  fb::ProposalsT made = proposed(rule, state, 6, &catalogue);
  ASSERT_EQ(keys(made), Keys{"r/m3"});
  EXPECT_EQ(made.proposals[0]->action->kind, ActionKind::skip);
  EXPECT_EQ(made.proposals[0]->action->component, "m3");
  EXPECT_EQ(made.proposals[0]->action->replacement, "tool-a");  // m2, which it needs, comes before
  EXPECT_TRUE(alliance::tailoring::check(*made.proposals[0], state, &catalogue));
  ASSERT_EQ(made.proposals[0]->considered.size(), 3u);
  EXPECT_EQ(made.proposals[0]->considered[0]->action->replacement, "shut");
  EXPECT_EQ(made.proposals[0]->considered[1]->why_not, "tool-a comes first in the catalogue");

  state = Case();
  state.irrelevant("m1", 5);  // m2 needs it: it stays, and something is added
  made = proposed(rule, state, 6, &catalogue);
  EXPECT_EQ(made.proposals.at(0)->action->kind, ActionKind::add);
  EXPECT_EQ(made.proposals[0]->action->replacement, "tool-b");
  EXPECT_EQ(made.proposals[0]->considered.at(0)->why_not, "m2 needs it");
  EXPECT_TRUE(alliance::tailoring::check(*made.proposals[0], state, &catalogue));

  state = Case();
  state.irrelevant("fixed", 5).launched("tool-a", 1, 1).completed("tool-b", 2);
  made = proposed(rule, state, 6, &catalogue);
  EXPECT_EQ(made.proposals.at(0)->action->kind, ActionKind::add);
  EXPECT_EQ(made.proposals[0]->action->replacement, "tool-c");
  EXPECT_TRUE(alliance::tailoring::check(*made.proposals[0], state, &catalogue));

  state.launched("tool-c", 3, 3);  // nothing is left
  made = proposed(rule, state, 6, &catalogue);
  EXPECT_EQ(made.proposals.at(0)->action->kind, ActionKind::ask_client);
  EXPECT_TRUE(alliance::tailoring::check(*made.proposals[0], state, &catalogue));

  state = Case();
  state.irrelevant("m3", 5).completed("m3", 6);
  EXPECT_TRUE(proposed(rule, state, 7, &catalogue).proposals.empty());
  state = Case();
  state.irrelevant("m3", 5);
  EXPECT_EQ(proposed(rule, state, 6).proposals.at(0)->action->kind, ActionKind::ask_client);  // no programme
  EXPECT_TRUE(alliance::tailoring::check(*proposed(rule, state, 6).proposals[0], state, nullptr));
}

TEST(Rules, ATransdiagnosticComponentThatIsStillToComeIsBroughtForward) {
  fb::ProgrammeT catalogue = programme();
  catalogue.default_path = {"m1", "m3", "tool-b"};
  Case state;
  state.irrelevant("m3", 5);
  const fb::ProposalsT made =
      proposed(rules(When::component_irrelevant, 0, 0, "", ActionKind::skip), state, 6, &catalogue);
  EXPECT_EQ(made.proposals.at(0)->action->replacement, "tool-b");
  EXPECT_TRUE(alliance::tailoring::check(*made.proposals[0], state, &catalogue));
}

TEST(Rules, SayNothingOnceACaseIsClosedConsentWithdrawnOrTheRuleIsOff) {
  fb::RulesT rule = rules(When::unreviewed, 7);
  Case state;
  state.completed("m1", 1);
  ASSERT_EQ(of(rule, state, 20).size(), 1u);
  state.closed = on(10);
  EXPECT_TRUE(of(rule, state, 20).empty());
  state.closed = 0;
  state.consent_withdrawn = on(10);
  EXPECT_TRUE(of(rule, state, 20).empty());
  state.consent_given = on(11);
  EXPECT_EQ(of(rule, state, 20).size(), 1u);
  rule.rules[0]->off = true;
  EXPECT_TRUE(of(rule, state, 20).empty());
}

TEST(Rules, AreBoundedInNumber) {
  Case state;
  for (int i = 0; i < 500; ++i) state.completed("m" + std::to_string(i), 1);
  EXPECT_EQ(proposed(rules(When::unreviewed, 7), state, 20).proposals.size(), 128u);
}

TEST(RulesFile, IsRefusedByField) {
  const std::pair<const char*, std::function<void(fb::RuleT&)>> faults[] = {
      {"rules[0].id", [](fb::RuleT& r) { r.id.clear(); }},
      {"rules[0].when", [](fb::RuleT& r) { r.when = When::unset; }},
      {"rules[0].at_least", [](fb::RuleT& r) { r.at_least = -1; }},
      {"rules[0].at_least", [](fb::RuleT& r) { r.when = When::difficulties, r.at_least = 0; }},
      {"rules[0].within_days", [](fb::RuleT& r) { r.when = When::over_plan, r.within_days = 8; }},
      {"rules[0].training", [](fb::RuleT& r) { r.when = When::training_missing, r.training.clear(); }},
      {"rules[0].audience", [](fb::RuleT& r) { r.audience = fb::Audience::unset; }},
      {"rules[0].audience", [](fb::RuleT& r) { r.when = When::confidence_fell, r.audience = fb::Audience::service; }},
      {"rules[0].audience", [](fb::RuleT& r) { r.when = When::over_capacity, r.audience = fb::Audience::service; }},
      {"rules[0].action.kind", [](fb::RuleT& r) { r.action->kind = ActionKind::unset; }},
      {"rules[0].action.text", [](fb::RuleT& r) { r.action->text.clear(); }},
  };
  for (const auto& [field, break_it] : faults) {
    fb::RulesT made = rules(When::stuck, 14);
    ASSERT_NO_THROW(alliance::tailoring::check(made, "rules.json"));
    break_it(*made.rules[0]);
    try {
      alliance::tailoring::check(made, "rules.json");
      ADD_FAILURE() << field;
    } catch (const alliance::Error& error) {
      EXPECT_NE(error.message().find(std::string("rules.json: ") + field), std::string::npos) << error.message();
    }
  }
}

}  // namespace
