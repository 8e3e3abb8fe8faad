// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "timing/plan.h"

namespace {

namespace fb = alliance::fb;
using alliance::timing::transitions;
using To = alliance::timing::Transition::To;
using State = fb::OccasionState;

fb::OccasionT occasion(const std::string& key, State state) {
  fb::OccasionT made;
  made.key = key;
  made.role = "alliance.pulse";
  made.rater = fb::Rater::client;
  made.target = fb::Target::practitioner;
  made.rule = "pulse";
  made.opens = 0;
  made.due = 10;
  made.expires = 20;
  made.state = state;
  return made;
}

fb::PlanT plan(State state) {
  fb::PlanT made;
  made.occasions.push_back(std::make_unique<fb::OccasionT>(occasion("a", state)));
  return made;
}

fb::CaseT remembering(State state) {
  fb::CaseT made;
  auto record = std::make_unique<fb::OccasionRecordT>();
  record->occasion = std::make_unique<fb::OccasionT>(occasion("a", state));
  made.occasions.push_back(std::move(record));
  return made;
}

fb::PlanT later(State state) {
  fb::PlanT made = plan(state);
  made.occasions[0]->due = 15;
  made.occasions[0]->expires = 25;
  return made;
}

TEST(Transitions, AnOccasionNeverSeenBeforeIsReportedInTheStateItIsIn) {
  const fb::CaseT nothing;
  const std::pair<State, To> asked[] = {
      {State::due, To::due}, {State::overdue, To::overdue}, {State::expired, To::expired}};
  for (const auto& [state, to] : asked) {
    const auto found = transitions(nothing, plan(state));
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].to, to);
    EXPECT_EQ(found[0].occasion.key, "a");
    EXPECT_EQ(found[0].round, 0);
  }
  for (const State state : {State::unset, State::planned, State::answered, State::cancelled}) {
    EXPECT_TRUE(transitions(nothing, plan(state)).empty()) << static_cast<int>(state);
  }
}

// What the step from one state to another is reported as: nothing, or the first letter but for r(emoved) = cancelled.
std::string told(const fb::CaseT& before, const fb::PlanT& now) {
  const auto found = transitions(before, now);
  if (found.empty()) return "-";
  EXPECT_EQ(found.size(), 1u);
  static const std::string names[] = {"due", "overdue", "expired", "reminded", "answered", "cancelled"};
  return names[static_cast<int>(found[0].to)] + (found[0].round > 0 ? "#" + std::to_string(found[0].round) : "");
}

TEST(Transitions, EveryStepHasItsReport) {
  const State states[] = {State::planned, State::due,      State::overdue,
                          State::expired, State::answered, State::cancelled};
  const std::string same_window[6][6] = {
      // planned    due      overdue    expired    answered    cancelled
      {"-", "due", "overdue", "expired", "-", "-"},                       // from planned
      {"cancelled", "-", "overdue", "expired", "answered", "cancelled"},  // from due
      {"cancelled", "-", "-", "expired", "answered", "cancelled"},        // from overdue
      {"-", "-", "-", "-", "answered", "-"},                              // from expired
      {"-", "-", "-", "-", "-", "-"},                                     // from answered
      {"-", "due#1", "overdue#1", "-", "-", "-"},                         // from cancelled
  };
  const std::string moved_to_later[6][6] = {
      {"-", "due", "overdue", "expired", "-", "-"},
      {"cancelled", "-", "overdue", "expired", "answered", "cancelled"},
      {"cancelled", "-", "-", "expired", "answered", "cancelled"},
      {"-", "-", "-", "-", "answered", "-"},
      {"-", "due#1", "overdue#1", "expired#1", "-", "-"},
      {"-", "due#1", "overdue#1", "expired#1", "-", "-"},
  };
  for (int before = 0; before < 6; ++before) {
    for (int now = 0; now < 6; ++now) {
      EXPECT_EQ(told(remembering(states[before]), plan(states[now])), same_window[before][now]) << before << " " << now;
      EXPECT_EQ(told(remembering(states[before]), later(states[now])), moved_to_later[before][now])
          << before << " " << now << " later";
    }
  }
}

TEST(Transitions, AReminderIsReportedOnceAndOnlyWhileItIsAskedFor) {
  fb::PlanT now = plan(State::due);
  now.occasions[0]->reminded = 1;
  EXPECT_EQ(told(remembering(State::due), now), "reminded");
  fb::CaseT reminded = remembering(State::due);
  reminded.occasions[0]->occasion->reminded = 1;
  EXPECT_EQ(told(reminded, now), "-");
  now.occasions[0]->state = State::answered;
  EXPECT_EQ(told(remembering(State::due), now), "answered");
  EXPECT_EQ(told(fb::CaseT{}, plan(State::due)), "due");
}

TEST(Transitions, WhatIsGoneFromThePlanIsTakenBackUnlessNobodyCanPlayItNow) {
  fb::PlanT empty;
  for (const State before : {State::due, State::overdue}) EXPECT_EQ(told(remembering(before), empty), "cancelled");
  for (const State before : {State::expired, State::answered, State::cancelled}) {
    EXPECT_EQ(told(remembering(before), empty), "-");
  }
  empty.missing_roles = {"alliance.pulse (client about practitioner)"};
  EXPECT_EQ(told(remembering(State::due), empty), "-");
}

TEST(Transitions, AKeyThatAPlanRepeatsIsReportedOnce) {
  fb::PlanT twice = plan(State::due);
  twice.occasions.push_back(std::make_unique<fb::OccasionT>(occasion("a", State::due)));
  EXPECT_EQ(transitions(fb::CaseT{}, twice).size(), 1u);
}

}  // namespace
