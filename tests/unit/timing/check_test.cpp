// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "timing/plan.h"

namespace {

namespace fb = alliance::fb;
using alliance::timing::check;

fb::PlanT good_plan() {
  fb::PlanT plan;
  for (const char* key : {"a", "b"}) {
    auto occasion = std::make_unique<fb::OccasionT>();
    occasion->key = key;
    occasion->role = "alliance.pulse";
    occasion->rule = "pulse";
    occasion->rater = fb::Rater::client;
    occasion->opens = 5;
    occasion->due = 10;
    occasion->expires = 20;
    occasion->state = fb::OccasionState::planned;
    plan.occasions.push_back(std::move(occasion));
  }
  return plan;
}

fb::TimeAccountT good_account() {
  fb::TimeAccountT account;
  for (const fb::Work work : {fb::Work::in_person, fb::Work::admin}) {
    auto row = std::make_unique<fb::WorkMinutesT>();
    row->work = work;
    row->planned = 30;
    account.work.push_back(std::move(row));
  }
  account.planned = 60;
  account.online_share_planned = 0.25;
  return account;
}

TEST(CheckPlan, TakesWindowsInOrderAndSaysWhichFieldIsWrong) {
  ASSERT_TRUE(check(good_plan()));
  ASSERT_TRUE(check(fb::PlanT{}));
  const std::pair<const char*, std::function<void(fb::PlanT&)>> faults[] = {
      {"occasions[1].key", [](fb::PlanT& p) { p.occasions[1]->key = "a"; }},
      {"occasions[0].key", [](fb::PlanT& p) { p.occasions[0]->key.clear(); }},
      {"occasions[1].key", [](fb::PlanT& p) { p.occasions[1]->key.assign(201, 'k'); }},
      {"occasions[1].due", [](fb::PlanT& p) { p.occasions[1]->opens = 11; }},
      {"occasions[0].expires", [](fb::PlanT& p) { p.occasions[0]->expires = 9; }},
      {"occasions[0].state", [](fb::PlanT& p) { p.occasions[0]->state = fb::OccasionState::unset; }},
      {"occasions[0].state", [](fb::PlanT& p) { p.occasions[0]->state = static_cast<fb::OccasionState>(7); }},
      {"occasions[0].rater", [](fb::PlanT& p) { p.occasions[0]->rater = fb::Rater::unset; }},
      {"occasions[0].target", [](fb::PlanT& p) { p.occasions[0]->target = static_cast<fb::Target>(9); }},
      {"occasions[0].role", [](fb::PlanT& p) { p.occasions[0]->role.clear(); }},
      {"occasions[0].rule", [](fb::PlanT& p) { p.occasions[0]->rule.clear(); }},
      {"next_change", [](fb::PlanT& p) { p.next_change = -1; }},
      {"missing_roles[0]", [](fb::PlanT& p) { p.missing_roles.emplace_back(); }},
  };
  for (const auto& [field, break_it] : faults) {
    fb::PlanT plan = good_plan();
    break_it(plan);
    const auto result = check(plan);
    ASSERT_FALSE(result) << field;
    EXPECT_NE(result.error().message.find(field), std::string::npos) << result.error().message;
  }
}

TEST(CheckPlan, RefusesMoreOccasionsThanAHostCanHold) {
  fb::PlanT plan;
  for (int i = 0; i < 4097; ++i) {
    auto occasion = std::make_unique<fb::OccasionT>(*good_plan().occasions[0]);
    occasion->key = std::to_string(i);
    plan.occasions.push_back(std::move(occasion));
  }
  const auto result = check(plan);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().status, ALLIANCE_E_LIMIT);
}

TEST(CheckAccount, RefusesWhatIsNoAmountOfTime) {
  ASSERT_TRUE(check(good_account()));
  const double nan = std::nan("");
  const std::pair<const char*, std::function<void(fb::TimeAccountT&)>> faults[] = {
      {"work[0].used", [](fb::TimeAccountT& a) { a.work[0]->used = -1; }},
      {"work[1].planned", [nan](fb::TimeAccountT& a) { a.work[1]->planned = nan; }},
      {"work[1].work", [](fb::TimeAccountT& a) { a.work[1]->work = fb::Work::in_person; }},
      {"work[0].work", [](fb::TimeAccountT& a) { a.work[0]->work = fb::Work::unset; }},
      {"remaining", [](fb::TimeAccountT& a) { a.remaining = HUGE_VAL; }},
      {"days_since_contact", [](fb::TimeAccountT& a) { a.days_since_contact = -0.5; }},
      {"capacity_per_week", [nan](fb::TimeAccountT& a) { a.capacity_per_week = nan; }},
      {"online_share_planned", [](fb::TimeAccountT& a) { a.online_share_planned = 1.5; }},
      {"online_share_used", [nan](fb::TimeAccountT& a) { a.online_share_used = nan; }},
  };
  for (const auto& [field, break_it] : faults) {
    fb::TimeAccountT account = good_account();
    break_it(account);
    const auto result = check(account);
    ASSERT_FALSE(result) << field;
    EXPECT_NE(result.error().message.find(field), std::string::npos) << result.error().message;
  }
}

}  // namespace
