// SPDX-License-Identifier: Apache-2.0
#include "plugins/timing/occasions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <alliance/error.hpp>
#include <random>

#include "course.h"

namespace {

using namespace course;
using alliance::timing::plan;
using fb::Anchor;
using fb::Rater;
using fb::Target;
using State = fb::OccasionState;

fb::CaseT pulse_case(const std::string& when = "2026-01-29T10:00Z", const std::string& zone = "Europe/London") {
  fb::CaseT made = opened(when, zone);
  can(made, "alliance.pulse", Rater::client, Target::practitioner);
  return made;
}

const fb::OccasionT* find(const fb::PlanT& plan, const std::string& key) {
  for (const auto& occasion : plan.occasions) {
    if (occasion->key == key) return occasion.get();
  }
  return nullptr;
}

std::vector<std::string> dues(const fb::PlanT& plan) {
  std::vector<std::string> found;
  for (const auto& occasion : plan.occasions) found.push_back(utc(occasion->due));
  return found;
}

fb::PlanT planned(const fb::ScheduleT& schedule, const fb::CaseT& state, const std::string& now) {
  return plan(schedule, *Bytes(state), at(now));
}

TEST(Occasions, HangOnSessionsThatWereHeldAndOnNoOthers) {
  fb::ScheduleT schedule;
  rule(schedule, "third", Anchor::session, 3);
  rule(schedule, "each", Anchor::every_session);
  rule(schedule, "last", Anchor::last_session);
  fb::CaseT state = pulse_case();
  session(state, 1, "2026-02-02T10:00Z", 25);
  session(state, 2, "2026-02-09T10:00Z", 30, fb::SessionState::missed);
  session(state, 3, "2026-02-16T10:00Z");
  session(state, 4, "2026-02-23T10:00Z", 30, fb::SessionState::booked);
  const fb::PlanT before_the_last = planned(schedule, state, "2026-02-17T10:00Z");
  ASSERT_EQ(before_the_last.occasions.size(), 3u);
  EXPECT_EQ(utc(find(before_the_last, "each/session-1")->due), "2026-02-02T10:25Z");
  EXPECT_EQ(utc(find(before_the_last, "third/session-3")->due), "2026-02-16T10:30Z");
  EXPECT_EQ(find(before_the_last, "third/session-3")->event, "held-3");
  EXPECT_EQ(find(before_the_last, "third/session-3")->session, 3);
  EXPECT_EQ(find(before_the_last, "third/session-3")->instrument, "i");  // by the case's own cast
  session(state, 6, "2026-03-30T10:00Z");
  EXPECT_NE(find(planned(schedule, state, "2026-03-30T11:00Z"), "last/session-6"), nullptr);
}

TEST(Occasions, OfASessionMayWaitForAnHourOfTheDay) {
  fb::ScheduleT schedule;
  rule(schedule, "evening", Anchor::every_session, 0, "20:00");
  fb::CaseT state = pulse_case();
  session(state, 1, "2026-03-28T10:00Z");
  session(state, 2, "2026-03-28T20:00Z");
  EXPECT_EQ(dues(planned(schedule, state, "2026-03-28T11:00Z")),
            (std::vector<std::string>{"2026-03-28T20:00Z", "2026-03-29T19:00Z"}));
}

TEST(Occasions, KeepTheHourOnTheClockAcrossItsChange) {
  fb::ScheduleT schedule;
  rule(schedule, "weekly", Anchor::every_weeks, 1, "09:00");
  fb::CaseT spring = pulse_case("2026-03-12T10:00Z");
  spring.weeks = 4;
  EXPECT_EQ(
      dues(planned(schedule, spring, "2026-03-12T10:00Z")),
      (std::vector<std::string>{"2026-03-19T09:00Z", "2026-03-26T09:00Z", "2026-04-02T08:00Z", "2026-04-09T08:00Z"}));
  fb::CaseT autumn = pulse_case("2026-10-15T10:00Z");
  autumn.weeks = 2;
  EXPECT_EQ(dues(planned(schedule, autumn, "2026-10-15T10:00Z")),
            (std::vector<std::string>{"2026-10-22T08:00Z", "2026-10-29T09:00Z"}));
  fb::CaseT island = pulse_case("2026-09-24T23:30Z", "Australia/Lord_Howe");  // the 25th on the island
  island.weeks = 2;
  EXPECT_EQ(dues(planned(schedule, island, "2026-09-25T10:00Z")),
            (std::vector<std::string>{"2026-10-01T22:30Z", "2026-10-08T22:00Z"}));
}

TEST(Occasions, CountWeeksFromTheOpeningAndStopWithTheCourse) {
  fb::ScheduleT schedule;
  rule(schedule, "w4", Anchor::week, 4);
  rule(schedule, "w12", Anchor::week, 12);
  rule(schedule, "third", Anchor::every_weeks, 3);
  fb::CaseT state = pulse_case("2026-04-01T10:15Z");
  EXPECT_EQ(
      dues(planned(schedule, state, "2026-04-01T11:00Z")),
      (std::vector<std::string>{"2026-04-22T10:15Z", "2026-04-29T10:15Z", "2026-05-13T10:15Z", "2026-06-03T10:15Z"}));
  state.weeks = 0;  // nobody said how long: up to the first one that lies ahead
  const fb::PlanT open_ended = planned(schedule, state, "2026-05-01T00:00Z");
  EXPECT_NE(find(open_ended, "w12/week-12"), nullptr);
  EXPECT_NE(find(open_ended, "third/week-6"), nullptr);
  EXPECT_EQ(find(open_ended, "third/week-9"), nullptr);
  EXPECT_EQ(utc(open_ended.next_change), "2026-05-01T10:15Z");  // the one of week 4 becomes overdue
  state.opened = 0;
  EXPECT_TRUE(planned(schedule, state, "2026-05-01T00:00Z").occasions.empty());
}

TEST(Occasions, HangOnTheComponentThatWasCompletedInThatPlace) {
  fb::ScheduleT schedule;
  rule(schedule, "second", Anchor::component_completed, 2);
  fb::CaseT state = pulse_case();
  completed(state, "m3", "2026-02-20T10:00Z");
  EXPECT_TRUE(planned(schedule, state, "2026-02-21T10:00Z").occasions.empty());
  completed(state, "m2", "2026-02-10T10:00Z");
  completed(state, "m1", "2026-02-12T10:00Z");
  const fb::PlanT found = planned(schedule, state, "2026-02-21T10:00Z");
  ASSERT_EQ(found.occasions.size(), 1u);
  EXPECT_EQ(found.occasions[0]->key, "second/completed-2");
  EXPECT_EQ(utc(found.occasions[0]->due), "2026-02-12T10:00Z");
}

TEST(Occasions, GoFromPlannedToExpiredAndSayWhenTheyChange) {
  fb::ScheduleT schedule;
  fb::ScheduleRuleT& weekly = rule(schedule, "weekly", Anchor::week, 1, "09:00");
  weekly.opens_hours = 24;
  weekly.overdue_hours = 48;
  weekly.expires_hours = 96;
  const fb::CaseT state = pulse_case("2026-02-02T10:00Z");
  const struct {
    const char* now;
    State state;
    const char* next;
  } course[] = {
      {"2026-02-02T10:00Z", State::planned, "2026-02-09T09:00Z"},
      {"2026-02-09T08:59Z", State::planned, "2026-02-09T09:00Z"},
      {"2026-02-09T09:00Z", State::due, "2026-02-11T09:00Z"},
      {"2026-02-11T09:00Z", State::overdue, "2026-02-13T09:00Z"},
      {"2026-02-13T08:59Z", State::overdue, "2026-02-13T09:00Z"},
      {"2026-02-13T09:00Z", State::expired, ""},
  };
  for (const auto& step : course) {
    const fb::PlanT found = planned(schedule, state, step.now);
    ASSERT_EQ(found.occasions.size(), 1u);
    EXPECT_EQ(utc(found.occasions[0]->opens), "2026-02-08T09:00Z");
    EXPECT_EQ(utc(found.occasions[0]->expires), "2026-02-13T09:00Z");
    EXPECT_EQ(found.occasions[0]->state, step.state) << step.now;
    EXPECT_EQ(found.next_change == 0 ? "" : utc(found.next_change), step.next) << step.now;
  }
}

TEST(Occasions, AreAnsweredByTheRoleTheRaterAndTheTargetWithinTheWindow) {
  fb::ScheduleT schedule;
  rule(schedule, "each", Anchor::every_session).opens_hours = 1;
  fb::CaseT state = pulse_case();
  session(state, 1, "2026-02-02T10:00Z");
  const auto state_with = [&](const char* when, const char* role, Rater rater, Target target) {
    fb::CaseT with = state;
    sheet(with, when, role, rater, target);
    return planned(schedule, with, "2026-02-02T12:00Z").occasions.at(0)->state;
  };
  EXPECT_EQ(state_with("2026-02-02T10:45Z", "alliance.pulse", Rater::client, Target::practitioner), State::answered);
  EXPECT_EQ(state_with("2026-02-02T09:30Z", "alliance.pulse", Rater::client, Target::practitioner), State::answered);
  EXPECT_EQ(state_with("2026-02-02T09:29Z", "alliance.pulse", Rater::client, Target::practitioner), State::due);
  EXPECT_EQ(state_with("2026-02-02T10:45Z", "alliance.total", Rater::client, Target::practitioner), State::due);
  EXPECT_EQ(state_with("2026-02-02T10:45Z", "alliance.pulse", Rater::practitioner, Target::practitioner), State::due);
  EXPECT_EQ(state_with("2026-02-02T10:45Z", "alliance.pulse", Rater::client, Target::programme), State::due);
}

TEST(Occasions, AnAnswerBeforeTheEndIsNeverExpiredHoweverLateItIsLookedAt) {
  fb::ScheduleT schedule;
  rule(schedule, "each", Anchor::every_session).expires_hours = 48;
  fb::CaseT state = pulse_case();
  session(state, 1, "2026-02-02T10:00Z");
  sheet(state, "2026-02-04T10:30Z", "alliance.pulse", Rater::client, Target::practitioner);
  EXPECT_EQ(planned(schedule, state, "2026-06-01T00:00Z").occasions.at(0)->state, State::answered);
}

TEST(Occasions, EndWithTheCaseAndWithConsent) {
  fb::ScheduleT schedule;
  rule(schedule, "each", Anchor::every_session).expires_hours = 48;
  rule(schedule, "weekly", Anchor::every_weeks, 1, "09:00").opens_hours = 48;
  fb::CaseT state = pulse_case("2026-02-02T10:00Z");
  session(state, 1, "2026-02-03T10:00Z");
  session(state, 2, "2026-02-10T10:00Z");
  session(state, 3, "2026-02-17T10:00Z");  // held after the end
  sheet(state, "2026-02-10T10:40Z", "alliance.pulse", Rater::client, Target::practitioner, 2);
  for (const bool closed : {true, false}) {
    fb::CaseT ended = state;
    (closed ? ended.closed : ended.consent_withdrawn) = at("2026-02-14T12:00Z");
    const fb::PlanT found = planned(schedule, ended, "2026-03-01T00:00Z");
    EXPECT_EQ(find(found, "each/session-1")->state, State::expired);
    EXPECT_EQ(find(found, "each/session-2")->state, State::answered);
    EXPECT_EQ(find(found, "each/session-3"), nullptr);
    EXPECT_EQ(find(found, "weekly/week-2")->state, State::cancelled);  // it was open on the 14th
    EXPECT_EQ(find(found, "weekly/week-3"), nullptr);
    EXPECT_EQ(found.next_change, 0);
  }
  fb::CaseT again = state;
  again.consent_withdrawn = at("2026-02-12T12:00Z");
  again.consent_given = at("2026-02-15T12:00Z");
  EXPECT_NE(find(planned(schedule, again, "2026-03-01T00:00Z"), "each/session-3"), nullptr);
}

TEST(Occasions, AskOnlyForRolesThatSomebodyPlaysAndNameTheOthers) {
  fb::ScheduleT schedule;
  rule(schedule, "mine", Anchor::every_session);
  rule(schedule, "theirs", Anchor::every_session).rater = Rater::practitioner;
  rule(schedule, "total", Anchor::every_session).role = "alliance.total";
  rule(schedule, "total-again", Anchor::session, 1).role = "alliance.total";
  fb::ScheduleRuleT& other = rule(schedule, "other", Anchor::every_session);
  other.role = "usability.total";
  other.only = fb::Delivery::face_to_face;
  fb::CaseT state = pulse_case();
  session(state, 1, "2026-02-02T10:00Z");
  fb::PlanT found = planned(schedule, state, "2026-02-02T12:00Z");
  ASSERT_EQ(found.occasions.size(), 1u);
  EXPECT_EQ(found.occasions[0]->rule, "mine");
  EXPECT_EQ(found.missing_roles,
            (std::vector<std::string>{"alliance.pulse (practitioner about practitioner)", "alliance.total"}));
  state.delivery = fb::Delivery::face_to_face;
  found = planned(schedule, state, "2026-02-02T12:00Z");
  EXPECT_EQ(found.missing_roles.back(), "usability.total");
}

TEST(Occasions, AreTheSameBytesInWhateverOrderEventsArrived) {
  fb::ScheduleT schedule;
  rule(schedule, "each", Anchor::every_session).expires_hours = 200;
  rule(schedule, "weekly", Anchor::every_weeks, 1, "09:00").opens_hours = 60;
  rule(schedule, "second", Anchor::component_completed, 2);
  fb::CaseT state = pulse_case("2026-02-02T10:00Z");
  for (const auto& [number, day_of] :
       {std::pair<std::uint16_t, const char*>{1, "03"}, {2, "10"}, {3, "12"}, {4, "24"}}) {
    session(state, number, std::string("2026-02-") + day_of + "T10:00Z");
  }
  for (const char* when : {"2026-02-03T11:00Z", "2026-02-11T11:00Z", "2026-02-11T11:00Z", "2026-02-26T11:00Z"}) {
    sheet(state, when, "alliance.pulse", Rater::client, Target::practitioner);
  }
  completed(state, "m1", "2026-02-10T10:00Z");
  completed(state, "m2", "2026-02-10T10:00Z");
  completed(state, "m3", "2026-02-20T10:00Z");
  const auto bytes = [&] {
    return alliance::shared::packed<fb::Plan>(planned(schedule, state, "2026-02-27T10:00Z"), fb::PlanIdentifier());
  };
  const auto first = bytes();
  EXPECT_EQ(bytes(), first);
  std::mt19937 chance(3);
  for (int round = 0; round < 20; ++round) {
    std::shuffle(state.sessions.begin(), state.sessions.end(), chance);
    std::shuffle(state.sheets.begin(), state.sheets.end(), chance);
    std::shuffle(state.components.begin(), state.components.end(), chance);
    std::shuffle(state.roles.begin(), state.roles.end(), chance);
    ASSERT_EQ(bytes(), first);
  }
}

TEST(Occasions, RefuseACaseWhoseTimesCannotBe) {
  fb::ScheduleT schedule;
  rule(schedule, "weekly", Anchor::every_weeks, 1, "09:00");
  fb::CaseT state = pulse_case();
  state.opened = INT64_MAX;
  EXPECT_THROW(planned(schedule, state, "2026-02-02T12:00Z"), alliance::Error);
  state = pulse_case();
  state.zone = "Europe/Atlantis";
  EXPECT_THROW(planned(schedule, state, "2026-02-02T12:00Z"), alliance::Error);
  state = pulse_case();
  session(state, 1, "2026-02-02T10:00Z");
  state.sessions[0]->minutes = 1e300;
  EXPECT_THROW(planned(schedule, state, "2026-02-02T12:00Z"), alliance::Error);
}

}  // namespace
