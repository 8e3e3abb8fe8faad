// SPDX-License-Identifier: Apache-2.0
// Each anchor, combination, window and rule for what gives way, by example.
#include <gtest/gtest.h>

#include <map>

#include "course.h"
#include "plugins/timing/occasions.h"

namespace {

using namespace course;
using fb::Anchor;
using State = fb::OccasionState;

class Anchors : public ::testing::Test {
 protected:
  Anchors() {
    can(state, "alliance.pulse", fb::Rater::client, fb::Target::practitioner);
    can(state, "alliance.pulse", fb::Rater::practitioner, fb::Target::practitioner);
    for (auto& playable : state.roles) playable->items = 4;
  }
  // "KEY state due" of each occasion, by due and key.
  std::vector<std::string> planned(const std::string& now) {
    std::vector<std::string> lines;
    last = alliance::timing::plan(schedule, *Bytes(state), at(now));
    for (const auto& one : last.occasions) {
      lines.push_back(one->key + " " + fb::EnumNameOccasionState(one->state) + " " + utc(one->due).substr(5, 11));
    }
    return lines;
  }
  void signal(const std::string& when, fb::SignalKind kind, const std::string& role, const std::string& key) {
    auto record = std::make_unique<fb::SignalRecordT>();
    record->time = at(when);
    record->signal = std::make_unique<fb::AllianceSignalT>();
    record->signal->key = key;
    record->signal->kind = kind;
    record->signal->role = role;
    record->signal->rule = "r";
    record->signal->wording = "w";
    state.signals.push_back(std::move(record));
  }
  void away(const std::string& from, const std::string& until) {
    auto leave = std::make_unique<fb::LeaveT>();
    leave->from = at(from);
    leave->until = at(until);
    state.leave.push_back(std::move(leave));
  }
  fb::AnchorPartT& part(std::vector<std::unique_ptr<fb::AnchorPartT>>& parts, Anchor anchor, std::uint16_t number = 0) {
    parts.push_back(std::make_unique<fb::AnchorPartT>());
    parts.back()->anchor = anchor;
    parts.back()->number = number;
    return *parts.back();
  }
  using Lines = std::vector<std::string>;
  fb::CaseT state = opened("2026-02-02T10:00Z");  // a Monday
  fb::ScheduleT schedule;
  fb::PlanT last;
};

TEST_F(Anchors, BeforeASessionHangsOnItsBookingAndGoesWithIt) {
  fb::ScheduleRuleT& before = rule(schedule, "before", Anchor::session, 2);
  before.at = fb::Moment::start;
  before.after_hours = -24;
  session(state, 2, "2026-02-12T10:00Z", 30, fb::SessionState::booked);
  EXPECT_EQ(planned("2026-02-11T11:00Z"), Lines{"before/session-2 due 02-11T10:00"});
  state.sessions[0]->starts = at("2026-02-19T10:00Z");  // moved
  EXPECT_EQ(planned("2026-02-11T11:00Z"), Lines{"before/session-2 planned 02-18T10:00"});
  state.sessions[0]->state = fb::SessionState::cancelled;
  EXPECT_EQ(planned("2026-02-11T11:00Z"), Lines{});
}

TEST_F(Anchors, ComponentsByPlaceByNameEachAndAgain) {
  rule(schedule, "second", Anchor::component_started, 2);
  rule(schedule, "named", Anchor::component_completed).component = "m1";
  rule(schedule, "each", Anchor::every_component).each_time = true;
  completed(state, "m1", "2026-02-05T10:00Z");
  completed(state, "m2", "2026-02-09T10:00Z");
  state.components[0]->launched = at("2026-02-04T10:00Z");
  state.components[1]->launched = at("2026-02-08T10:00Z");
  state.components[0]->completions = {at("2026-02-05T10:00Z"), at("2026-02-20T10:00Z")};
  EXPECT_EQ(planned("2026-02-03T10:00Z"),
            (Lines{"each/completed-m1 planned 02-05T10:00", "named/completed-m1 planned 02-05T10:00",
                   "second/started-2 planned 02-08T10:00", "each/completed-m2 planned 02-09T10:00",
                   "each/completed-m1-at-1771581600 planned 02-20T10:00"}));
  schedule.rules[2]->each_time = false;  // a module redone asks for nothing more
  EXPECT_EQ(planned("2026-02-03T10:00Z").size(), 4u);
}

TEST_F(Anchors, TheCalendarByWeekdayDayOfTheMonthAndDate) {
  state.weeks = 2;
  rule(schedule, "tuesdays", Anchor::calendar, 0, "09:00").weekdays = {fb::Weekday::tuesday};
  rule(schedule, "tenth", Anchor::calendar, 0, "09:00").month_days = {10};
  rule(schedule, "dates", Anchor::calendar, 0, "09:00").dates = {"2026-02-28", "2026-01-31"};  // one before the opening
  EXPECT_EQ(planned("2026-02-02T10:00Z"),
            (Lines{"tuesdays/2026-02-03 planned 02-03T09:00", "tenth/2026-02-10 planned 02-10T09:00",
                   "tuesdays/2026-02-10 planned 02-10T09:00", "dates/2026-02-28 planned 02-28T09:00"}));
}

TEST_F(Anchors, EventsThatNobodyForesees) {
  rule(schedule, "after-rupture", Anchor::rupture).after_hours = 24;
  rule(schedule, "after-help", Anchor::help_asked);
  fb::ScheduleRuleT& before = rule(schedule, "before-review", Anchor::review);
  before.after_hours = -48;
  signal("2026-02-10T10:00Z", fb::SignalKind::drop, "alliance.total", "drop/1");
  signal("2026-02-12T10:00Z", fb::SignalKind::repaired, "alliance.total", "repaired/1");
  signal("2026-02-13T10:00Z", fb::SignalKind::drop, "symptom.total", "drop/2");
  auto help = std::make_unique<fb::SupportT>();
  help->request = "h1";
  help->opened = at("2026-02-15T10:00Z");
  state.support.push_back(std::move(help));
  auto review = std::make_unique<fb::ReviewDateT>();
  review->review = "mid";
  review->starts = at("2026-02-20T10:00Z");
  state.reviews.push_back(std::move(review));
  EXPECT_EQ(planned("2026-02-03T10:00Z"),
            (Lines{"after-rupture/rupture-drop/1 planned 02-11T10:00", "after-help/help-h1 planned 02-15T10:00",
                   "before-review/review-mid planned 02-18T10:00"}));
  state.reviews[0]->cancelled = true;
  state.observe_only = true;  // nobody is prompted by a signal
  EXPECT_EQ(planned("2026-02-03T10:00Z"), Lines{"after-help/help-h1 planned 02-15T10:00"});
}

TEST_F(Anchors, FirstOfAndLastOf) {
  schedule.rules.push_back(std::make_unique<fb::ScheduleRuleT>());
  fb::ScheduleRuleT& first = *schedule.rules.back();
  first.id = "first";
  first.role = "alliance.pulse";
  first.rater = fb::Rater::client;
  first.target = fb::Target::practitioner;
  part(first.first_of, Anchor::session, 3);
  part(first.first_of, Anchor::week, 4).due_local = "09:00";
  auto second = std::make_unique<fb::ScheduleRuleT>(first);
  second->id = "last";
  second->first_of.clear();
  part(second->last_of, Anchor::session, 3);
  part(second->last_of, Anchor::week, 4).due_local = "09:00";
  schedule.rules.push_back(std::move(second));
  EXPECT_EQ(planned("2026-02-03T10:00Z"), Lines{"first/first planned 03-02T09:00"});
  session(state, 3, "2026-02-16T10:00Z");
  EXPECT_EQ(planned("2026-02-03T10:00Z"), (Lines{"first/first planned 02-16T10:30", "last/last planned 03-02T09:00"}));
}

TEST_F(Anchors, WhatStandsTooCloseToAnotherFallsAwayUnlessItWasAnswered) {
  rule(schedule, "main", Anchor::session, 3);
  fb::ScheduleRuleT& weekly = rule(schedule, "weekly", Anchor::every_weeks, 1);
  weekly.not_within_hours = 72;
  weekly.of = {"main"};
  state.weeks = 3;
  session(state, 3, "2026-02-15T10:00Z");
  EXPECT_EQ(planned("2026-02-16T12:00Z"),
            (Lines{"weekly/week-1 expired 02-09T10:00", "main/session-3 due 02-15T10:30",
                   "weekly/week-2 cancelled 02-16T10:00", "weekly/week-3 planned 02-23T10:00"}));
  EXPECT_EQ(last.occasions[2]->gives_way, "main/session-3");
  sheet(state, "2026-02-16T11:00Z", "alliance.pulse", fb::Rater::client, fb::Target::practitioner);
  EXPECT_EQ(planned("2026-02-16T12:00Z")[2], "weekly/week-2 answered 02-16T10:00");
}

TEST_F(Anchors, APairAsksBothAndEachAnswersForThemselves) {
  fb::ScheduleRuleT& pair = rule(schedule, "pair", Anchor::session, 1);
  pair.rater = fb::Rater::unset;
  pair.pair = true;
  session(state, 1, "2026-02-05T10:00Z");
  sheet(state, "2026-02-05T11:00Z", "alliance.pulse", fb::Rater::practitioner, fb::Target::practitioner);
  EXPECT_EQ(planned("2026-02-05T12:00Z"),
            (Lines{"pair/session-1/client due 02-05T10:30", "pair/session-1/practitioner answered 02-05T10:30"}));
  EXPECT_EQ(last.occasions[0]->pair, "pair/session-1/practitioner");
  EXPECT_EQ(last.occasions[1]->sheet, "sheet-0");
}

TEST_F(Anchors, RemindersGraceAndTheirInstants) {
  fb::ScheduleRuleT& once = rule(schedule, "once", Anchor::day, 1, "09:00");
  once.overdue_hours = 48;
  once.expires_hours = 72;
  once.grace_hours = 24;
  once.reminders_hours = {24, 60};
  const std::pair<const char*, const char*> course[] = {{"2026-02-03T09:00Z", "2026-02-04T09:00Z"},
                                                        {"2026-02-04T09:00Z", "2026-02-05T09:00Z"},
                                                        {"2026-02-05T09:00Z", "2026-02-05T21:00Z"},
                                                        {"2026-02-05T21:00Z", "2026-02-07T09:00Z"}};
  const int reminded[] = {0, 1, 1, 2};
  for (int i = 0; i < 4; ++i) {
    planned(course[i].first);
    EXPECT_EQ(utc(last.next_change), course[i].second);
    EXPECT_EQ(last.occasions[0]->reminded, reminded[i]);
    EXPECT_EQ(utc(last.occasions[0]->closes), "2026-02-06T09:00Z");
  }
  sheet(state, "2026-02-07T08:00Z", "alliance.pulse", fb::Rater::client, fb::Target::practitioner);
  EXPECT_EQ(planned("2026-02-09T09:00Z"), Lines{"once/day-1 answered 02-03T09:00"});  // within the grace
}

TEST_F(Anchors, AnAbsencePausesWhatComesOnceAndDropsWhatRepeats) {
  rule(schedule, "once", Anchor::week, 2, "09:00");
  rule(schedule, "weekly", Anchor::every_weeks, 1, "09:00");
  rule(schedule, "running", Anchor::day, 9, "09:00");
  state.weeks = 3;
  away("2026-02-12T00:00Z", "2026-02-18T00:00Z");
  away("2026-02-15T00:00Z", "2026-02-20T00:00Z");
  const Lines found = planned("2026-02-02T10:00Z");
  EXPECT_EQ(found, (Lines{"weekly/week-1 planned 02-09T09:00", "running/day-9 planned 02-11T09:00",
                          "weekly/week-2 cancelled 02-16T09:00", "once/week-2 planned 02-20T09:00",
                          "weekly/week-3 planned 02-23T09:00"}));
  EXPECT_EQ(last.occasions[2]->gives_way, "absence");
  EXPECT_EQ(utc(last.occasions[1]->expires), "2026-02-26T09:00Z");  // 7 days and the 8 of the absence
  schedule.rules[0]->absence = fb::Absence::ignored;
  schedule.rules[1]->absence = fb::Absence::waits;
  EXPECT_EQ(planned("2026-02-02T10:00Z")[2], "once/week-2 planned 02-16T09:00");
}

TEST_F(Anchors, WhoEnrolsLateIsNotAskedForWhatIsOverAndWhatIsOpenIsDueThen) {
  rule(schedule, "each", Anchor::every_session).expires_hours = 96;
  session(state, 1, "2026-02-03T10:00Z");
  session(state, 2, "2026-02-10T10:00Z");
  session(state, 3, "2026-02-17T10:00Z");
  const auto consent = [&](const char* when, bool given) {
    auto change = std::make_unique<fb::ConsentChangeT>();
    change->time = at(when);
    change->given = given;
    state.consents.push_back(std::move(change));
  };
  consent("2026-02-12T09:00Z", true);
  EXPECT_EQ(planned("2026-02-12T10:00Z"),
            (Lines{"each/session-2 due 02-12T09:00", "each/session-3 planned 02-17T10:30"}));
  consent("2026-02-13T09:00Z", false);
  EXPECT_EQ(planned("2026-02-13T10:00Z"), (Lines{"each/session-2 cancelled 02-12T09:00"}));
  consent("2026-02-18T09:00Z", true);
  EXPECT_EQ(planned("2026-02-18T10:00Z"),
            (Lines{"each/session-2 cancelled 02-12T09:00", "each/session-3 due 02-18T09:00"}));
}

TEST_F(Anchors, ABurdenLimitKeepsWhatMattersMost) {
  schedule.burden = std::make_unique<fb::BurdenT>();
  schedule.burden->items_per_week = 10;
  rule(schedule, "a", Anchor::day, 1);
  rule(schedule, "b", Anchor::day, 2);
  rule(schedule, "c", Anchor::day, 3).priority = 1;
  rule(schedule, "next-week", Anchor::day, 7);
  const auto states = [&] {
    std::map<std::string, std::string> by_rule;
    planned("2026-02-02T10:00Z");
    for (const auto& one : last.occasions) by_rule[one->rule] = one->gives_way;
    return by_rule["a"] + "," + by_rule["b"] + "," + by_rule["c"] + "," + by_rule["next-week"];
  };
  EXPECT_EQ(states(), ",burden,,");  // c says that it matters, then the order of the file
  schedule.burden->gives_way = fb::GivesWay::latest;
  EXPECT_EQ(states(), ",,burden,");
  for (int i = 0; i < 2; ++i) schedule.rules[i]->overdue_hours = schedule.rules[i]->expires_hours = 24;
  sheet(state, "2026-02-05T10:30Z", "alliance.pulse", fb::Rater::client, fb::Target::practitioner);
  EXPECT_EQ(states(), ",burden,,") << "what was answered has been borne already";
}

}  // namespace
