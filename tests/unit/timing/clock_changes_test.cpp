// SPDX-License-Identifier: Apache-2.0
// What is due at an hour of the client's clock, on both sides of each change of it.
#include <gtest/gtest.h>

#include <map>

#include "course.h"
#include "plugins/timing/civil.h"
#include "plugins/timing/occasions.h"

namespace {

using namespace course;
using fb::Anchor;

struct Change {
  const char* zone;
  const char* what;
  const char* opened;  // UTC, on the day before the one that is looked at
  const char* due_local;
  const char* due;  // UTC
};

// By the rules of tzdata for 2026. London: 29 March 01:00Z forward, 25 October 01:00Z back, an hour each. St John's:
// 8 March and 1 November, an hour. Lord Howe: 5 April back and 4 October forward, half an hour. Casablanca: 15 February
// back and 22 March forward, an hour. Shanghai: none since 1991, when the clock went forward on 14 April and back on 15
// September, an hour each at 02:00.
const Change changes[] = {
    {"Europe/London", "the day before", "2026-03-27T12:00Z", "09:00", "2026-03-28T09:00Z"},
    {"Europe/London", "the day of the change", "2026-03-28T12:00Z", "09:00", "2026-03-29T08:00Z"},
    {"Europe/London", "an hour that does not exist", "2026-03-28T12:00Z", "01:30", "2026-03-29T01:30Z"},
    {"Europe/London", "its last minute", "2026-03-28T12:00Z", "01:59", "2026-03-29T01:59Z"},
    {"Europe/London", "the first minute after it", "2026-03-28T12:00Z", "02:00", "2026-03-29T01:00Z"},
    {"Europe/London", "an hour that comes twice", "2026-10-24T12:00Z", "01:30", "2026-10-25T00:30Z"},
    {"Europe/London", "the morning after", "2026-10-24T12:00Z", "09:00", "2026-10-25T09:00Z"},
    {"Europe/London", "the minute before it comes twice", "2026-10-24T12:00Z", "00:59", "2026-10-24T23:59Z"},
    {"Europe/London", "the last minute that comes twice", "2026-10-24T12:00Z", "01:59", "2026-10-25T00:59Z"},
    {"Europe/London", "the first minute after it", "2026-10-24T12:00Z", "02:00", "2026-10-25T02:00Z"},
    {"America/St_Johns", "the day before", "2026-03-06T12:00Z", "09:00", "2026-03-07T12:30Z"},
    {"America/St_Johns", "the day of the change", "2026-03-07T12:00Z", "09:00", "2026-03-08T11:30Z"},
    {"America/St_Johns", "an hour that does not exist", "2026-03-07T12:00Z", "02:15", "2026-03-08T05:45Z"},
    {"America/St_Johns", "the minute before it", "2026-03-07T12:00Z", "01:59", "2026-03-08T05:29Z"},
    {"America/St_Johns", "the first minute after it", "2026-03-07T12:00Z", "03:00", "2026-03-08T05:30Z"},
    {"America/St_Johns", "the last minute that comes twice", "2026-10-31T12:00Z", "01:59", "2026-11-01T04:29Z"},
    {"America/St_Johns", "the first minute after that", "2026-10-31T12:00Z", "02:00", "2026-11-01T05:30Z"},
    {"America/St_Johns", "an hour that comes twice", "2026-10-31T12:00Z", "01:30", "2026-11-01T04:00Z"},
    {"America/St_Johns", "the morning after", "2026-10-31T12:00Z", "09:00", "2026-11-01T12:30Z"},
    {"Australia/Lord_Howe", "the day before", "2026-10-02T00:00Z", "09:00", "2026-10-02T22:30Z"},
    {"Australia/Lord_Howe", "the day of the change", "2026-10-03T00:00Z", "09:00", "2026-10-03T22:00Z"},
    {"Australia/Lord_Howe", "half an hour that does not exist", "2026-10-03T00:00Z", "02:15", "2026-10-03T15:45Z"},
    {"Australia/Lord_Howe", "its last minute", "2026-10-03T00:00Z", "02:29", "2026-10-03T15:59Z"},
    {"Australia/Lord_Howe", "the first minute after it", "2026-10-03T00:00Z", "02:30", "2026-10-03T15:30Z"},
    {"Australia/Lord_Howe", "the minute before it comes twice", "2026-04-04T00:00Z", "01:29", "2026-04-04T14:29Z"},
    {"Australia/Lord_Howe", "the first minute after it comes twice", "2026-04-04T00:00Z", "02:00", "2026-04-04T15:30Z"},
    {"Australia/Lord_Howe", "half an hour that comes twice", "2026-04-04T00:00Z", "01:45", "2026-04-04T14:45Z"},
    {"Australia/Lord_Howe", "the morning after", "2026-04-04T00:00Z", "09:00", "2026-04-04T22:30Z"},
    {"Asia/Shanghai", "in spring", "2026-03-28T12:00Z", "09:00", "2026-03-29T01:00Z"},
    {"Asia/Shanghai", "in autumn", "2026-10-24T12:00Z", "09:00", "2026-10-25T01:00Z"},
    {"Asia/Shanghai", "at half past one", "2026-03-28T12:00Z", "01:30", "2026-03-28T17:30Z"},
    {"Asia/Shanghai", "an hour that does not exist", "1991-04-13T00:00Z", "02:30", "1991-04-13T18:30Z"},
    {"Asia/Shanghai", "the first minute after it", "1991-04-13T00:00Z", "03:00", "1991-04-13T18:00Z"},
    {"Asia/Shanghai", "an hour that comes twice", "1991-09-14T00:00Z", "01:30", "1991-09-14T16:30Z"},
    {"Asia/Shanghai", "the first minute after that", "1991-09-14T00:00Z", "02:00", "1991-09-14T18:00Z"},
    {"Africa/Casablanca", "its last minute", "2026-03-21T12:00Z", "02:59", "2026-03-22T02:59Z"},
    {"Africa/Casablanca", "the first minute after it", "2026-03-21T12:00Z", "03:00", "2026-03-22T02:00Z"},
    {"Africa/Casablanca", "the last minute that comes twice", "2026-02-14T12:00Z", "02:59", "2026-02-15T01:59Z"},
    {"Africa/Casablanca", "before Ramadan's clock", "2026-02-13T12:00Z", "09:00", "2026-02-14T08:00Z"},
    {"Africa/Casablanca", "an hour that comes twice", "2026-02-14T12:00Z", "02:30", "2026-02-15T01:30Z"},
    {"Africa/Casablanca", "within Ramadan's clock", "2026-02-14T12:00Z", "09:00", "2026-02-15T09:00Z"},
    {"Africa/Casablanca", "an hour that does not exist", "2026-03-21T12:00Z", "02:30", "2026-03-22T02:30Z"},
    {"Africa/Casablanca", "after Ramadan's clock", "2026-03-21T12:00Z", "09:00", "2026-03-22T08:00Z"},
};

fb::PlanT next_day(const Change& change) {
  fb::ScheduleT schedule;
  rule(schedule, "daily", Anchor::day, 1, change.due_local);
  fb::CaseT state = opened(change.opened, change.zone);
  can(state, "alliance.pulse", fb::Rater::client, fb::Target::practitioner);
  return alliance::timing::plan(schedule, *Bytes(state), at(change.opened));
}

TEST(ClockChanges, WhatIsDueKeepsItsHourInEachZone) {
  for (const Change& change : changes) {
    const fb::PlanT plan = next_day(change);
    ASSERT_EQ(plan.occasions.size(), 1u);
    EXPECT_EQ(utc(plan.occasions[0]->due), change.due) << change.zone << ": " << change.what;
  }
}

TEST(ClockChanges, AClientWhoMovesIsAskedByTheClockOfTheNewPlace) {
  fb::ScheduleT schedule;
  rule(schedule, "weekly", Anchor::every_weeks, 1, "09:00");
  fb::CaseT state = opened("2026-03-03T12:00Z", "Europe/London");  // a Tuesday
  state.weeks = 4;
  can(state, "alliance.pulse", fb::Rater::client, fb::Target::practitioner);
  const auto moves = [&](const char* when, const char* zone) {
    auto change = std::make_unique<fb::ZoneChangeT>();
    change->time = at(when);
    change->zone = zone;
    state.zones.push_back(std::move(change));
  };
  const auto dues = [&] {
    std::string all;
    for (const auto& one : alliance::timing::plan(schedule, *Bytes(state), at("2026-03-03T12:00Z")).occasions) {
      all += utc(one->due).substr(5, 11) + " ";
    }
    return all;
  };
  moves("2026-03-14T00:00Z", "America/St_Johns");
  EXPECT_EQ(dues(), "03-10T09:00 03-17T11:30 03-24T11:30 03-31T11:30 ");
  moves("2026-03-24T10:00Z", "Asia/Shanghai");  // 09:00 there has passed: it is still 09:00 where the client was before
  EXPECT_EQ(dues(), "03-10T09:00 03-17T11:30 03-24T11:30 03-31T01:00 ");
  state.zones.back()->time = at("2026-03-23T10:00Z");
  EXPECT_EQ(dues(), "03-10T09:00 03-17T11:30 03-24T01:00 03-31T01:00 ");
}

// Each zone's table of what the clock shows at which instant, minute by minute: the other way round than the policy
// reckons. In each minute around each change of twelve years, and in a place moved to.
std::map<std::int64_t, std::int64_t> shown_at(const date::time_zone& zone, std::int64_t from, std::int64_t until) {
  std::map<std::int64_t, std::int64_t> first;
  for (std::int64_t now = from; now < until; now += 60) {
    const auto local = zone.to_local(date::sys_seconds(std::chrono::seconds(now)));
    first.emplace(local.time_since_epoch().count(), now);
  }
  return first;
}

TEST(ClockChanges, EachMinuteAroundEachChangeOfTwelveYearsIsWhereTheClockShowsIt) {
  constexpr std::int64_t in_hour = 3600, six_hours = 6 * in_hour;
  for (const char* name :
       {"Europe/London", "America/St_Johns", "Australia/Lord_Howe", "Asia/Shanghai", "Africa/Casablanca"}) {
    const date::time_zone& zone = *date::locate_zone(name);
    const alliance::timing::Zone asked(name);
    int changes_seen = 0;
    const bool shanghai = std::string(name) == "Asia/Shanghai";
    const std::int64_t begin = at(shanghai ? "1985-01-01T00:00Z" : "2020-01-01T00:00Z") / 1'000'000;
    for (std::int64_t now = begin; now < begin + 12 * 366 * 24 * in_hour;) {
      const date::sys_info info = zone.get_info(date::sys_seconds(std::chrono::seconds(now)));
      const std::int64_t change = info.end.time_since_epoch().count();
      if (change > begin + 12 * 366 * 24 * in_hour) break;
      now = change;
      ++changes_seen;
      const auto shown = shown_at(zone, change - six_hours, change + six_hours);
      const std::int64_t before = info.offset.count();
      const std::int64_t after = zone.get_info(date::sys_seconds(std::chrono::seconds(change))).offset.count();
      for (std::int64_t local = change + before - 2 * in_hour; local < change + before + 2 * in_hour; local += 60) {
        const auto found = shown.find(local);
        // What the clock leaves out moves forward by the gap.
        const std::int64_t expected = found != shown.end() ? found->second : shown.at(local + after - before);
        const date::local_seconds on{std::chrono::seconds(local)};
        const auto date = date::floor<date::days>(on);
        const int minutes = static_cast<int>((on - date).count() / 60);
        ASSERT_EQ(asked.instant({date, minutes}), expected * 1'000'000) << name << " " << change << " " << local;
      }
    }
    EXPECT_GE(changes_seen, shanghai ? 12 : 22) << name;
  }
}

struct Move {
  const char* from;
  const char* to;
  const char* when;  // UTC
  const char* due;   // at 09:00 of the day after the move, there
};
// Each of the five is moved from and to, on days of a change too.
const Move moved[] = {
    {"Europe/London", "America/St_Johns", "2026-03-07T15:00Z", "2026-03-08T11:30Z"},
    {"America/St_Johns", "Australia/Lord_Howe", "2026-04-03T12:00Z", "2026-04-04T22:30Z"},
    {"Australia/Lord_Howe", "Asia/Shanghai", "2026-10-03T00:00Z", "2026-10-04T01:00Z"},
    {"Asia/Shanghai", "Africa/Casablanca", "2026-02-14T02:00Z", "2026-02-15T09:00Z"},
    {"Africa/Casablanca", "Europe/London", "2026-03-28T10:00Z", "2026-03-29T08:00Z"},
};

TEST(ClockChanges, AMoveOnTheEveOfAChangeTakesTheNewPlacesClock) {
  for (const Move& move : moved) {
    fb::ScheduleT schedule;
    rule(schedule, "daily", Anchor::every_session, 0, "09:00");
    fb::CaseT state = opened("2026-01-05T12:00Z", move.from);
    can(state, "alliance.pulse", fb::Rater::client, fb::Target::practitioner);
    auto change = std::make_unique<fb::ZoneChangeT>();
    change->time = at(move.when);
    change->zone = move.to;
    state.zones.push_back(std::move(change));
    session(state, 1, move.when, 30);
    state.sessions.back()->starts += 14 * hour;  // that evening, or in the night after
    if (std::string(move.to) == "Australia/Lord_Howe") state.sessions.back()->starts += 8 * hour;
    const auto plan = alliance::timing::plan(schedule, *Bytes(state), at(move.when));
    ASSERT_EQ(plan.occasions.size(), 1u);
    EXPECT_EQ(utc(plan.occasions[0]->due), move.due) << move.to;
  }
}

TEST(ClockChanges, ADayBeforeAnAppointmentIsTheSameHourOfTheDayBefore) {
  fb::ScheduleT schedule;
  fb::ScheduleRuleT& before = rule(schedule, "before", Anchor::every_session);
  before.at = fb::Moment::start;
  before.after_hours = -24;
  fb::CaseT state = opened("2026-03-03T12:00Z", "Europe/London");
  can(state, "alliance.pulse", fb::Rater::client, fb::Target::practitioner);
  session(state, 1, "2026-03-29T13:00Z", 30, fb::SessionState::booked);  // 14:00 summer time
  const auto plan = alliance::timing::plan(schedule, *Bytes(state), at("2026-03-03T12:00Z"));
  EXPECT_EQ(utc(plan.occasions.at(0)->due), "2026-03-28T14:00Z");  // 14:00 winter time
}

}  // namespace
