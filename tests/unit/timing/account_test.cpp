// SPDX-License-Identifier: Apache-2.0
#include "plugins/timing/account.h"

#include <gtest/gtest.h>

#include <cmath>

#include "course.h"
#include "timing/plan.h"

namespace {

using namespace course;
using fb::Work;

fb::ScheduleT minutes() {
  fb::ScheduleT made;
  made.minutes = std::make_unique<fb::MinutesPlanT>();  // 30 per session, 5 + 5 around it, 10 per module, 5 per week
  return made;
}

fb::TimeAccountT accounted(const fb::CaseT& state, const std::string& now) {
  fb::TimeAccountT made = alliance::timing::account(minutes(), *Bytes(state), at(now));
  const auto fine = alliance::timing::check(made);
  EXPECT_TRUE(fine) << fine.error().message;
  return made;
}

void spend(fb::CaseT& state, const std::string& when, Work work, double minutes, const std::string& event) {
  auto made = std::make_unique<fb::MinutesT>();
  made->time = at(when);
  made->work = work;
  made->minutes = minutes;
  made->event = event;
  state.minutes.push_back(std::move(made));
}

const fb::WorkMinutesT& of(const fb::TimeAccountT& account, Work work) {
  for (const auto& row : account.work) {
    if (row->work == work) return *row;
  }
  static const fb::WorkMinutesT none;
  return none;
}

TEST(Account, PlansByDelivery) {
  fb::CaseT state = opened("2026-02-02T10:00Z");
  const fb::TimeAccountT blended = accounted(state, "2026-02-02T10:00Z");
  EXPECT_DOUBLE_EQ(of(blended, Work::in_person).planned, 180);
  EXPECT_DOUBLE_EQ(of(blended, Work::preparation).planned, 30);
  EXPECT_DOUBLE_EQ(of(blended, Work::admin).planned, 30);
  EXPECT_DOUBLE_EQ(of(blended, Work::online_review).planned, 50);
  EXPECT_DOUBLE_EQ(of(blended, Work::messaging).planned, 55);
  EXPECT_DOUBLE_EQ(blended.planned, 345);
  EXPECT_DOUBLE_EQ(blended.remaining, 345);
  EXPECT_DOUBLE_EQ(*blended.online_share_planned, 105.0 / 285.0);
  EXPECT_FALSE(blended.online_share_used.has_value());
  EXPECT_FALSE(blended.days_since_contact.has_value());
  state.delivery = fb::Delivery::face_to_face;
  const fb::TimeAccountT in_person = accounted(state, "2026-02-02T10:00Z");
  EXPECT_DOUBLE_EQ(in_person.planned, 240);
  EXPECT_DOUBLE_EQ(*in_person.online_share_planned, 0);
}

TEST(Account, CountsWhatWasBookedAndUsedOnce) {
  fb::CaseT state = opened("2026-02-02T10:00Z");
  session(state, 1, "2026-02-03T10:00Z", 25);
  session(state, 2, "2026-02-10T10:00Z", 30, fb::SessionState::missed);
  session(state, 3, "2026-02-17T10:00Z", 30, fb::SessionState::booked);
  spend(state, "2026-02-03T10:25Z", Work::in_person, 25, "held-1");  // the same session among the activities
  spend(state, "2026-02-09T10:00Z", Work::online_review, 12, "a");
  spend(state, "2026-02-11T10:00Z", Work::messaging, 3, "b");
  spend(state, "2026-03-11T10:00Z", Work::messaging, 99, "c");  // still to come
  const fb::TimeAccountT found = accounted(state, "2026-02-12T10:00Z");
  EXPECT_DOUBLE_EQ(of(found, Work::in_person).booked, 85);
  EXPECT_DOUBLE_EQ(of(found, Work::in_person).used, 25);
  EXPECT_DOUBLE_EQ(of(found, Work::online_review).used, 12);
  EXPECT_DOUBLE_EQ(found.used, 40);
  EXPECT_DOUBLE_EQ(found.minutes_last_week, 15);
  EXPECT_DOUBLE_EQ(*found.online_share_used, 15.0 / 40.0);
  // 5 sessions of 40, 5 modules of 10, 10 weeks of 5
  EXPECT_DOUBLE_EQ(found.remaining, 300);
}

TEST(Account, CountsASessionThatIsNoActivity) {
  fb::CaseT state = opened("2026-02-02T10:00Z");
  session(state, 1, "2026-02-03T10:00Z", 25);
  const fb::TimeAccountT found = accounted(state, "2026-02-05T10:00Z");
  EXPECT_DOUBLE_EQ(found.used, 25);
  EXPECT_DOUBLE_EQ(found.minutes_last_week, 25);
  EXPECT_DOUBLE_EQ(accounted(state, "2026-02-11T10:00Z").minutes_last_week, 0);
}

TEST(Account, SaysWhatWaitsForReviewAndForHowLong) {
  fb::CaseT state = opened("2026-02-02T10:00Z");
  completed(state, "m2", "2026-02-20T10:00Z");
  completed(state, "m1", "2026-02-10T10:00Z");
  completed(state, "m0", "2026-02-08T10:00Z", "2026-02-09T10:00Z");
  state.last_contact = at("2026-02-19T22:00Z");
  state.capacity_per_week = 120;
  const fb::TimeAccountT found = accounted(state, "2026-02-22T10:00Z");
  EXPECT_EQ(found.unreviewed, (std::vector<std::string>{"m1", "m2"}));
  EXPECT_DOUBLE_EQ(found.oldest_unreviewed_days, 12);
  EXPECT_DOUBLE_EQ(*found.days_since_contact, 2.5);
  EXPECT_DOUBLE_EQ(*found.capacity_per_week, 120);
}

TEST(Account, OfAClosedCaseNeedsNothingMoreAndAPractitionerHasNoPlan) {
  fb::CaseT state = opened("2026-02-02T10:00Z");
  state.closed = at("2026-02-10T10:00Z");
  EXPECT_DOUBLE_EQ(accounted(state, "2026-02-12T10:00Z").remaining, 0);
  state.subject = fb::Subject::practitioner;
  state.closed = 0;
  spend(state, "2026-02-11T10:00Z", Work::supervision, 60, "s");
  const fb::TimeAccountT own = accounted(state, "2026-02-12T10:00Z");
  EXPECT_DOUBLE_EQ(own.planned, 0);
  EXPECT_DOUBLE_EQ(own.remaining, 0);
  EXPECT_DOUBLE_EQ(of(own, Work::supervision).used, 60);
}

fb::TimerT& timer(fb::CaseT& state, const std::string& id, Work work, const std::string& started,
                  const std::string& stopped = {}) {
  auto made = std::make_unique<fb::TimerT>();
  made->timer = id;
  made->work = work;
  made->started = at(started);
  made->stopped = stopped.empty() ? 0 : at(stopped);
  state.timers.push_back(std::move(made));
  return *state.timers.back();
}

TEST(Timers, CountNoMinuteTwiceWhateverTheDevice) {
  fb::CaseT state = opened("2026-02-02T10:00Z");
  timer(state, "phone", Work::messaging, "2026-02-05T10:10Z", "2026-02-05T10:40Z");
  timer(state, "desk", Work::online_review, "2026-02-05T10:00Z", "2026-02-05T10:30Z");
  timer(state, "inside", Work::admin, "2026-02-05T10:05Z", "2026-02-05T10:20Z");
  const fb::TimeAccountT found = accounted(state, "2026-02-06T10:00Z");
  EXPECT_DOUBLE_EQ(of(found, Work::online_review).used, 30);
  EXPECT_DOUBLE_EQ(of(found, Work::messaging).used, 10);
  EXPECT_DOUBLE_EQ(of(found, Work::admin).used, 0);
  EXPECT_DOUBLE_EQ(found.used, 40);  // 10:00 to 10:40
}

TEST(Timers, ThatRunOrWereForgottenCountNothingUntilTheyAreStoppedOrCorrected) {
  fb::CaseT state = opened("2026-02-02T10:00Z");
  timer(state, "running", Work::messaging, "2026-02-05T10:00Z");
  EXPECT_DOUBLE_EQ(accounted(state, "2026-02-05T11:00Z").used, 0);
  EXPECT_TRUE(accounted(state, "2026-02-05T11:00Z").forgotten_timers.empty());
  EXPECT_EQ(accounted(state, "2026-02-05T14:01Z").forgotten_timers, std::vector<std::string>{"running"});
  state.timers[0]->stopped = at("2026-02-06T08:00Z");
  EXPECT_DOUBLE_EQ(accounted(state, "2026-02-06T09:00Z").used, 0);
  state.timers[0]->corrected = 12;
  EXPECT_DOUBLE_EQ(accounted(state, "2026-02-06T09:00Z").used, 12);
  EXPECT_TRUE(accounted(state, "2026-02-06T09:00Z").forgotten_timers.empty());
}

TEST(Timers, OfASessionThatWasRecordedAddNothingAndLoggedMinutesCanBeCorrected) {
  fb::CaseT state = opened("2026-02-02T10:00Z");
  session(state, 1, "2026-02-03T10:00Z", 25);
  timer(state, "t", Work::in_person, "2026-02-03T10:00Z", "2026-02-03T10:28Z").session = 1;
  spend(state, "2026-02-04T10:00Z", Work::admin, 45, "logged");
  auto correction = std::make_unique<fb::TimerT>();  // a correction alone: it names an event
  correction->timer = "logged";
  correction->corrected = 5;
  state.timers.push_back(std::move(correction));
  EXPECT_DOUBLE_EQ(accounted(state, "2026-02-05T10:00Z").used, 30);
}

TEST(Account, ForetellsTheRestFromWhatSessionsAndReviewsTook) {
  fb::CaseT state = opened("2026-02-02T10:00Z");
  EXPECT_FALSE(accounted(state, "2026-02-02T10:00Z").remaining_low.has_value());
  session(state, 1, "2026-02-03T10:00Z", 40);
  session(state, 2, "2026-02-10T10:00Z", 44);
  session(state, 3, "2026-02-17T10:00Z", 48);
  const fb::TimeAccountT found = accounted(state, "2026-02-17T12:00Z");
  // 3 further sessions at a mean of 44, sd 4: 132 +- 1.96 * 4 * sqrt(3 + 9 / 3); 3 times 10 around them, 5 reviews of
  // 10, 9 weeks of 5
  const double half = 1.96 * 4 * std::sqrt(6.0), rest = 30 + 50 + 45;
  ASSERT_TRUE(found.remaining_low.has_value());
  EXPECT_NEAR(*found.remaining_low, 132 + rest - half, 1e-9);
  EXPECT_NEAR(*found.remaining_high, 132 + rest + half, 1e-9);
  EXPECT_DOUBLE_EQ(found.remaining, 90 + rest);
  EXPECT_DOUBLE_EQ(of(found, Work::in_person).remaining, 90);
  EXPECT_NE(found.forecast_rule.find("sessions n=3"), std::string::npos);
}

TEST(Account, NamesOverdueReviewsAndCountsWeeksWithoutContact) {
  fb::CaseT state = opened("2026-02-02T10:00Z");
  completed(state, "old", "2026-02-10T10:00Z");
  completed(state, "fresh", "2026-02-20T10:00Z");
  state.last_contact = at("2026-02-06T10:00Z");
  const fb::TimeAccountT found = accounted(state, "2026-02-22T10:00Z");
  EXPECT_EQ(found.overdue_reviews, std::vector<std::string>{"old"});
  EXPECT_DOUBLE_EQ(*found.weeks_since_contact, 2);
}

}  // namespace
