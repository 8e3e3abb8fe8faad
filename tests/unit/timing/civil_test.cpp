// SPDX-License-Identifier: Apache-2.0
#include "plugins/timing/civil.h"

#include <gtest/gtest.h>

#include <alliance/error.hpp>

#include "course.h"

namespace {

using alliance::timing::Civil;
using alliance::timing::clock_minutes;
using alliance::timing::Zone;
using course::at;
using course::utc;

std::string local(const char* zone, int year, unsigned month, unsigned of_month, const char* clock) {
  const auto date = date::local_days(date::year(year) / static_cast<int>(month) / static_cast<int>(of_month));
  return utc(Zone(zone).instant(Civil{date, clock_minutes(clock)}));
}

TEST(CivilTime, MovesForwardByTheGapWhereTheClockLeavesATimeOut) {
  EXPECT_EQ(local("Europe/London", 2026, 3, 29, "00:59"), "2026-03-29T00:59Z");
  EXPECT_EQ(local("Europe/London", 2026, 3, 29, "01:30"), "2026-03-29T01:30Z");  // 02:30 summer time
  EXPECT_EQ(local("Europe/London", 2026, 3, 29, "02:00"), "2026-03-29T01:00Z");
  EXPECT_EQ(local("Europe/London", 2026, 3, 29, "09:00"), "2026-03-29T08:00Z");
  EXPECT_EQ(local("Europe/London", 2026, 3, 28, "09:00"), "2026-03-28T09:00Z");
  // Lord Howe's clock moves by half an hour, 02:00 to 02:30
  EXPECT_EQ(local("Australia/Lord_Howe", 2026, 10, 4, "02:15"), "2026-10-03T15:45Z");  // 02:45 summer time
  EXPECT_EQ(local("Australia/Lord_Howe", 2026, 10, 4, "09:00"), "2026-10-03T22:00Z");
  EXPECT_EQ(local("Australia/Lord_Howe", 2026, 10, 3, "09:00"), "2026-10-02T22:30Z");
}

TEST(CivilTime, TakesTheEarlierOfTwo) {
  EXPECT_EQ(local("Europe/London", 2026, 10, 25, "01:30"), "2026-10-25T00:30Z");
  EXPECT_EQ(local("Europe/London", 2026, 10, 25, "02:00"), "2026-10-25T02:00Z");
  EXPECT_EQ(local("Australia/Lord_Howe", 2026, 4, 5, "01:45"), "2026-04-04T14:45Z");
}

TEST(CivilTime, FindsTheNextTimeTheClockShowsIt) {
  const Zone london("Europe/London");
  EXPECT_EQ(utc(london.next(at("2026-03-28T08:00Z"), clock_minutes("09:00"))), "2026-03-28T09:00Z");
  EXPECT_EQ(utc(london.next(at("2026-03-28T09:00Z"), clock_minutes("09:00"))), "2026-03-28T09:00Z");
  EXPECT_EQ(utc(london.next(at("2026-03-28T10:00Z"), clock_minutes("09:00"))), "2026-03-29T08:00Z");
  EXPECT_EQ(utc(london.next(at("2026-03-29T01:10Z"), clock_minutes("01:30"))), "2026-03-29T01:30Z");
}

TEST(CivilTime, RefusesAZoneThatIsNoneAndReadsOnlyTimesOfDay) {
  EXPECT_THROW(Zone("Europe/Atlantis"), alliance::Error);
  EXPECT_THROW(Zone("../../../etc/passwd"), alliance::Error);
  EXPECT_NO_THROW(Zone(""));
  EXPECT_EQ(clock_minutes("00:00"), 0);
  EXPECT_EQ(clock_minutes("23:59"), 1439);
  for (const char* wrong : {"", "9:00", "24:00", "12:60", "12-00", "ab:cd", "12:000", " 2:00"}) {
    EXPECT_EQ(clock_minutes(wrong), -1) << wrong;
  }
}

}  // namespace
