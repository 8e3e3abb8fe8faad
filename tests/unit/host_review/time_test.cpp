// SPDX-License-Identifier: Apache-2.0
// Weeks to come, and what of a service's minutes may be shown. Pure.
#include <gtest/gtest.h>

#include "host/time_totals.h"
#include "host/time_view.h"
#include "host/weeks.h"

namespace alliance::host {
namespace {

constexpr std::int64_t hour = INT64_C(3'600'000'000), day = 24 * hour;
constexpr std::int64_t monday = INT64_C(1'772'409'600'000'000);  // 2 March 2026, 00:00Z
constexpr std::int64_t now = monday;

fb::CaseTimeT part_of(const std::string& id, double sessions, double reviews, int weeks) {
  fb::CaseTimeT part;
  part.id = id;
  part.practitioner = "p";
  part.counting = fb::Counting::counted;
  part.opened = now - 28 * day;
  part.ends = now + weeks * 7 * day;
  part.account = std::make_unique<fb::TimeAccountT>();
  const auto add = [&](fb::Work work, double minutes) {
    auto row = std::make_unique<fb::WorkMinutesT>();
    row->work = work;
    row->remaining = minutes;
    part.account->work.push_back(std::move(row));
    part.account->remaining += minutes;
  };
  add(fb::Work::in_person, sessions);
  add(fb::Work::online_review, reviews);
  return part;
}

fb::BookingT& book(fb::CaseTimeT& part, std::int64_t starts, double minutes, std::uint16_t session = 1) {
  auto booking = std::make_unique<fb::BookingT>();
  booking->case_ = part.id;
  booking->starts = starts;
  booking->minutes = minutes;
  booking->session = session;
  part.bookings.push_back(std::move(booking));
  return *part.bookings.back();
}

fb::CaseTimeT contracted(double minutes) {
  fb::CaseTimeT own;
  own.id = "practitioner/p";
  own.practitioner = "p";
  own.account = std::make_unique<fb::TimeAccountT>();
  own.capacity_per_week = minutes;
  return own;
}

void away(fb::CaseTimeT& own, std::int64_t from, std::int64_t until) {
  auto leave = std::make_unique<fb::LeaveT>();
  leave->from = from;
  leave->until = until;
  own.leave.push_back(std::move(leave));
}

Load load(const std::vector<const fb::CaseTimeT*>& cases, const fb::CaseTimeT& own, std::uint32_t weeks = 4) {
  return weeks_ahead({now, weeks, "Etc/UTC"}, cases, &own);
}

TEST(Weeks, HoldWhatIsBookedAndTheRestOfThePlansSpreadOverThem) {
  auto part = part_of("c", 60, 40, 4);
  book(part, now + 8 * day, 30);
  const auto own = contracted(100);
  const Load found = load({&part}, own);
  // 30 minutes are booked in the second week; 30 of sessions and 40 of reviews lie over four weeks
  EXPECT_DOUBLE_EQ(*found.weeks[0]->needed, 17.5);
  EXPECT_DOUBLE_EQ(*found.weeks[1]->needed, 47.5);
  EXPECT_DOUBLE_EQ(*found.weeks[1]->booked, 30);
  EXPECT_DOUBLE_EQ(*found.weeks[3]->needed, 17.5);
  EXPECT_DOUBLE_EQ(*found.weeks[0]->capacity, 100);
  EXPECT_EQ(found.weeks[0]->from, monday);
  EXPECT_EQ(found.weeks[1]->from, monday + 7 * day);
}

TEST(Weeks, OfLeaveHaveNoRoomAndLeaveMoreToTheOthers) {
  auto part = part_of("c", 0, 90, 4);
  auto own = contracted(100);
  away(own, monday + 7 * day, monday + 12 * day);   // all of the second week
  away(own, monday + 14 * day, monday + 16 * day);  // Monday and Tuesday of the third
  away(own, monday + 15 * day, monday + 16 * day);  // told twice
  const Load found = load({&part}, own);
  EXPECT_DOUBLE_EQ(*found.weeks[1]->capacity, 0);
  EXPECT_DOUBLE_EQ(*found.weeks[2]->capacity, 60);
  EXPECT_DOUBLE_EQ(*found.weeks[1]->needed, 0);
  EXPECT_NEAR(*found.weeks[0]->needed, 90 * 5 / 13.0, 1e-9);
  EXPECT_NEAR(*found.weeks[2]->needed, 90 * 3 / 13.0, 1e-9);
}

TEST(Weeks, ThatAreOverSayWhatCouldMoveAndWhere) {
  auto part = part_of("c", 90, 0, 4), other = part_of("d", 0, 40, 1);
  book(part, now + 1 * day, 45, 1);
  book(part, now + 2 * day, 45, 2);
  const auto own = contracted(100);
  const Load found = load({&part, &other}, own);
  EXPECT_DOUBLE_EQ(*found.weeks[0]->needed, 130);
  EXPECT_DOUBLE_EQ(found.weeks[0]->over, 30);
  ASSERT_EQ(found.weeks[0]->could_move.size(), 1u);  // the reviews suffice
  EXPECT_EQ(found.weeks[0]->could_move[0]->case_, "d");
  EXPECT_EQ(found.weeks[0]->could_move[0]->work, fb::Work::online_review);
  EXPECT_EQ(found.weeks[0]->could_move[0]->to, monday + 7 * day);
  EXPECT_DOUBLE_EQ(found.weeks[1]->over, 0);
}

TEST(Weeks, AreTheZonesOwnAcrossAClockChange) {
  const auto own = contracted(100);
  const Load found = weeks_ahead({monday + 21 * day, 3, "Europe/London"}, {}, &own);
  EXPECT_EQ(found.weeks[0]->from, monday + 21 * day);         // 23 March, winter time
  EXPECT_EQ(found.weeks[1]->from, monday + 28 * day - hour);  // 30 March, summer time
  EXPECT_DOUBLE_EQ(*found.weeks[1]->capacity, 100);
}

TEST(Weeks, CountTheOneThatHasBegunFromNowOnAndOwnWorkAsItWas) {
  auto own = contracted(100);
  for (int week = 0; week < 8; ++week) {
    auto spent = std::make_unique<fb::SpentT>();
    spent->time = now - week * 7 * day - day;
    spent->minutes = 60;
    own.recent.push_back(std::move(spent));
  }
  const Load found = weeks_ahead({monday + 2 * day + 12 * hour, 2, "Etc/UTC"}, {}, &own);  // Wednesday noon
  EXPECT_DOUBLE_EQ(*found.weeks[0]->capacity, 50);
  EXPECT_DOUBLE_EQ(*found.weeks[0]->needed, 30);
  EXPECT_DOUBLE_EQ(*found.weeks[1]->needed, 60);
}

TEST(Weeks, OfAPlanPastItsEndGoOnAtItsPaceAndWithoutAnEndOnlyBookingsAreForeseen) {
  auto late = part_of("late", 80, 0, 0);
  late.ends = now - 7 * day;
  late.account->planned = 120;  // over three weeks: 40 a week
  auto open = part_of("open", 50, 0, 0);
  open.ends = 0;
  book(open, now + day, 25);
  const auto own = contracted(100);
  const Load found = load({&late, &open}, own);
  EXPECT_DOUBLE_EQ(*found.weeks[0]->needed, 40 + 25);
  EXPECT_DOUBLE_EQ(*found.weeks[1]->needed, 40);
  EXPECT_DOUBLE_EQ(*found.weeks[2]->needed, 0);
  EXPECT_EQ(found.without_end, 1u);
}

// ---- Groups ----

Figures figures(std::initializer_list<std::pair<fb::Work, double>> used) {
  Figures out(figure::count, 0);
  out[figure::cases] = out[figure::open_cases] = 2;
  for (const auto& [work, minutes] : used) {
    const auto kind = static_cast<std::size_t>(work) - 1;
    out[figure::used + kind] = static_cast<std::int64_t>(minutes * milliseconds);
    out[figure::people + (figure::used - figure::planned) + kind] = 2;
  }
  return out;
}

const fb::WorkTotalT* row_for(const fb::TimeViewT& view, fb::Work work) {
  for (const auto& row : view.work) {
    if (row->work == work) return row.get();
  }
  return nullptr;
}

TEST(GroupTime, OfFewerThanFivePractitionersShowsNothing) {
  Group group;
  for (int i = 0; i < 4; ++i) group.emplace("p" + std::to_string(i), figures({{fb::Work::in_person, 30}}));
  fb::TimeViewT view;
  EXPECT_FALSE(put_group(view, group));
  EXPECT_TRUE(view.work.empty());
  EXPECT_FALSE(view.used || view.cases || view.practitioners);
  ASSERT_EQ(view.withheld.size(), 1u);
}

TEST(GroupTime, LeavesOutASmallKindAndTheOneByWhichItCouldBeHad) {
  Group group;
  for (int i = 0; i < 6; ++i) {
    group.emplace("p" + std::to_string(i),
                  figures({{fb::Work::in_person, 30 + i}, {fb::Work::messaging, 5}, {fb::Work::admin, 12}}));
  }
  for (const char* name : {"p0", "p1"})
    group[name] = figures(
        {{fb::Work::in_person, 30}, {fb::Work::messaging, 5}, {fb::Work::admin, 12}, {fb::Work::technical_support, 7}});
  fb::TimeViewT view;
  ASSERT_TRUE(put_group(view, group));
  ASSERT_TRUE(view.used);
  const auto* small = row_for(view, fb::Work::technical_support);
  ASSERT_NE(small, nullptr);
  EXPECT_TRUE(small->suppressed);
  EXPECT_FALSE(small->used);
  // With the total shown, one cell alone would come back by subtraction: the smallest other is left out too.
  double known = 0;
  int hidden = 0;
  for (const auto& row : view.work) {
    if (row->used) known += *row->used;
    hidden += !row->used;
  }
  EXPECT_EQ(hidden, 2);
  EXPECT_FALSE(row_for(view, fb::Work::messaging)->used);
  EXPECT_TRUE(row_for(view, fb::Work::admin)->used);
  EXPECT_DOUBLE_EQ(*view.used - known, 14 + 30);  // of the two together, behind which six stand
}

TEST(GroupTime, LeavesOutTheTotalWhereOnlyAFewSpentAnything) {
  Group group;
  for (int i = 0; i < 6; ++i) group.emplace("p" + std::to_string(i), figures({}));
  group["p0"] = figures({{fb::Work::in_person, 30}});
  fb::TimeViewT view;
  ASSERT_TRUE(put_group(view, group));
  EXPECT_FALSE(view.used);
  EXPECT_FALSE(row_for(view, fb::Work::in_person)->used);
  EXPECT_EQ(view.cases, 12u);
}

store::AccountSum sum_for(const std::string& practitioner) {
  return {"north", practitioner, static_cast<std::uint8_t>(fb::Counting::counted),
          figures({{fb::Work::in_person, 60}})};
}

std::map<std::string, Caseload> caseloads(int practitioners, int away_now) {
  std::map<std::string, Caseload> out;
  for (int i = 0; i < practitioners; ++i) {
    const std::string name = "p" + std::to_string(i);
    Caseload one;
    for (int c = 0; c < 2; ++c) {
      auto part = part_of(name + "-c" + std::to_string(c), 50, 0, 5);
      part.service = "north";
      part.practitioner = name;
      one.cases.push_back(std::make_unique<fb::CaseTimeT>(std::move(part)));
    }
    auto own = contracted(100 + 50 * i);
    if (i < away_now) away(own, monday + 7 * day, monday + 14 * day);
    one.own = std::make_unique<fb::CaseTimeT>(std::move(own));
    out.emplace(name, std::move(one));
  }
  return out;
}

fb::TimeViewT service_with(int practitioners, int away_now, std::uint32_t weeks = 6) {
  std::vector<store::AccountSum> sums;
  for (int i = 0; i < practitioners; ++i) sums.push_back(sum_for("p" + std::to_string(i)));
  return time_of_service({now, weeks, "Etc/UTC"}, "north", sums, caseloads(practitioners, away_now));
}

TEST(GroupTime, NobodysLeaveOrCapacityComesBackFromTheWeeks) {
  const auto nobody_away = service_with(6, 0), one_away = service_with(6, 1), five_away = service_with(6, 5);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_DOUBLE_EQ(*nobody_away.weeks[i]->needed, 6 * 2 * 10.0);
    // One practitioner's leave must not show: the same figures as without it, week by week.
    EXPECT_DOUBLE_EQ(*one_away.weeks[i]->capacity, *nobody_away.weeks[i]->capacity) << i;
    // Of five it is one mean over all weeks.
    EXPECT_DOUBLE_EQ(*five_away.weeks[i]->capacity, *five_away.weeks[0]->capacity) << i;
  }
  EXPECT_LT(*five_away.weeks[0]->capacity, *nobody_away.weeks[0]->capacity);
  EXPECT_DOUBLE_EQ(*service_with(6, 5, 3).weeks[0]->capacity, *five_away.weeks[0]->capacity);  // however many weeks
  for (const auto& week : service_with(5, 0).weeks) EXPECT_TRUE(week->could_move.empty());
  EXPECT_TRUE(service_with(5, 0).weeks[5]->suppressed);  // nobody needs anything after the plans' end
}

TEST(GroupTime, WeeksAreLeftOutWhenFewHaveSaidTheirCapacity) {
  auto few = caseloads(6, 0);
  few["p0"].own.reset();
  few["p1"].own->capacity_per_week = flatbuffers::nullopt;
  std::vector<store::AccountSum> sums;
  for (const auto& [name, unused] : few) sums.push_back(sum_for(name));
  const auto view = time_of_service({now, 3, "Etc/UTC"}, "north", sums, few);
  ASSERT_EQ(view.weeks.size(), 3u);
  for (const auto& week : view.weeks) {
    EXPECT_TRUE(week->suppressed);
    EXPECT_FALSE(week->needed || week->capacity || week->booked);
    EXPECT_EQ(week->over, 0);
  }
}

}  // namespace
}  // namespace alliance::host
