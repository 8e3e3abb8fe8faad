// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "timing/plan.h"

namespace {

namespace fb = alliance::fb;
using alliance::timing::transitions;
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

TEST(Transitions, AnOccasionNeverSeenBeforeIsReportedInTheStateItIsIn) {
  const fb::CaseT nothing;
  for (const State state : {State::due, State::overdue, State::expired}) {
    const auto found = transitions(nothing, plan(state));
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].to, state);
    EXPECT_EQ(found[0].occasion.key, "a");
  }
  for (const State state : {State::unset, State::planned, State::answered, State::cancelled}) {
    EXPECT_TRUE(transitions(nothing, plan(state)).empty()) << static_cast<int>(state);
  }
}

TEST(Transitions, EachStepIsReportedOnceAndNoneGoesBack) {
  const State order[] = {State::planned, State::due, State::overdue, State::expired};
  for (int before = 0; before < 4; ++before) {
    for (int now = 0; now < 4; ++now) {
      const auto found = transitions(remembering(order[before]), plan(order[now]));
      EXPECT_EQ(found.size(), now > before ? 1u : 0u) << before << " to " << now;
    }
  }
}

TEST(Transitions, WhatWasAnsweredOrCancelledStaysQuiet) {
  for (const State before : {State::answered, State::cancelled}) {
    for (const State now : {State::due, State::overdue, State::expired}) {
      EXPECT_TRUE(transitions(remembering(before), plan(now)).empty());
    }
  }
}

TEST(Transitions, AKeyThatAPlanRepeatsIsReportedOnce) {
  fb::PlanT twice = plan(State::due);
  twice.occasions.push_back(std::make_unique<fb::OccasionT>(occasion("a", State::due)));
  EXPECT_EQ(transitions(fb::CaseT{}, twice).size(), 1u);
}

}  // namespace
