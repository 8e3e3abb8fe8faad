// SPDX-License-Identifier: Apache-2.0
// Slots against a second evaluator that walks minute by minute and asks the zone what the clock shows.
#include "timing/slots.h"

#include <date/tz.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace {

using namespace alliance::slots;
using std::chrono::microseconds;

constexpr std::int64_t minute = 60'000'000, day = 1'440 * minute;

std::int64_t at(const std::string& text) {
  std::istringstream in(text);
  date::sys_time<microseconds> made;
  in >> date::parse("%F %R", made);
  EXPECT_FALSE(in.fail()) << text;
  return made.time_since_epoch().count();
}
std::vector<Offset> offsets_of(const std::string& zone, const Span& within) {
  std::vector<Offset> made;
  for (std::int64_t t = within.from; t < within.until;) {
    const auto info = date::locate_zone(zone)->get_info(date::sys_time<microseconds>(microseconds(t)));
    made.push_back({t, microseconds(info.offset).count()});
    t = microseconds(info.end.time_since_epoch()).count();
  }
  return made;
}

// What the clock shows in each minute of `within`, as the zone has it.
struct Shown {
  int weekday, of_day;
  std::int64_t date;
};
Shown shown(const date::time_zone& zone, std::int64_t t) {
  const auto local = zone.to_local(date::sys_time<microseconds>(microseconds(t)));
  const auto date = date::floor<date::days>(local);
  return {static_cast<int>(date::weekday(date).iso_encoding()) - 1,
          static_cast<int>(std::chrono::duration_cast<std::chrono::minutes>(local - date).count()),
          date.time_since_epoch().count()};
}

Proposed minute_by_minute(const std::string& zone_name, const std::vector<Hours>& hours, const std::vector<Span>& busy,
                          const Terms& terms) {
  const auto& zone = *date::locate_zone(zone_name);
  const auto minutes = static_cast<std::size_t>((terms.within.until - terms.within.from) / minute);
  std::vector<Shown> clock;
  std::vector<bool> open;
  for (std::size_t i = 0; i < minutes; ++i) {
    const std::int64_t t = terms.within.from + static_cast<std::int64_t>(i) * minute;
    clock.push_back(shown(zone, t));
    bool is = false;
    for (const Hours& one : hours) {
      is = is || (one.weekday == clock[i].weekday && one.from <= clock[i].of_day && clock[i].of_day < one.until);
    }
    for (const Span& one : busy) {
      if (one.from < one.until && t + minute > one.from - terms.clear * minute &&
          t < one.until + terms.clear * minute) {
        is = false;
      }
    }
    open.push_back(is);
  }
  Proposed made;
  made.missing = terms.minutes;
  std::map<std::int64_t, int> of_day;
  for (std::size_t i = 0; i < minutes && made.missing > 0; ++i) {
    if (clock[i].of_day % terms.step != 0 || of_day[clock[i].date] == terms.most_a_day) continue;
    std::size_t room = 0;
    while (i + room < minutes && open[i + room]) ++room;
    if (room < static_cast<std::size_t>(terms.shortest)) continue;
    int length = terms.shortest;
    while (length + terms.step <= terms.longest && static_cast<std::size_t>(length + terms.step) <= room &&
           length < made.missing) {
      length += terms.step;
    }
    const std::int64_t from = terms.within.from + static_cast<std::int64_t>(i) * minute;
    made.slots.push_back({from, from + length * minute});
    made.missing -= length;
    ++of_day[clock[i].date];
    const std::size_t taken = static_cast<std::size_t>(length + terms.clear);
    for (std::size_t k = 0; k < taken && i + k < minutes; ++k) open[i + k] = false;
  }
  made.missing = std::max(0.0, made.missing);
  return made;
}

const std::vector<Hours> office = {{0, 540, 1'020}, {1, 540, 1'020}, {2, 540, 720}};

TEST(Slots, FitTheWorkingHoursAndStayClearOfWhatIsBooked) {
  Terms terms;
  terms.within = {at("2026-03-02 00:00"), at("2026-03-09 00:00")};
  terms.minutes = 70;
  terms.clear = 10;
  const std::vector<Span> booked = {{at("2026-03-02 09:30"), at("2026-03-02 10:20")},
                                    {at("2026-03-02 11:00"), at("2026-03-02 17:00")}};
  const auto made = propose(office, offsets_of("Europe/London", terms.within), booked, terms);
  // 09:00 to 09:20 holds 15 minutes, 10:30 to 10:50 another; the rest is on Tuesday.
  const std::vector<Span> expected = {{at("2026-03-02 09:00"), at("2026-03-02 09:15")},
                                      {at("2026-03-02 10:30"), at("2026-03-02 10:45")},
                                      {at("2026-03-03 09:00"), at("2026-03-03 09:45")}};
  EXPECT_EQ(made.slots, expected);
  EXPECT_EQ(made.missing, 0);
}

TEST(Slots, SayForHowMuchThereIsNoRoom) {
  Terms terms;
  terms.within = {at("2026-03-02 00:00"), at("2026-03-09 00:00")};
  terms.minutes = 1'000;
  const auto made = propose(office, offsets_of("Europe/London", terms.within), {}, terms);
  EXPECT_EQ(made.slots.size(), 6u);
  EXPECT_EQ(made.missing, 1'000 - 360);
  const std::vector<Span> away = {{terms.within.from, terms.within.until}};
  EXPECT_EQ(propose(office, offsets_of("Europe/London", terms.within), away, terms).missing, 1'000);
  EXPECT_TRUE(propose({}, offsets_of("Europe/London", terms.within), {}, terms).slots.empty());
}

TEST(Slots, TheHourIsTheClocksAcrossItsChange) {
  Terms terms;
  terms.within = {at("2026-03-22 00:00"), at("2026-04-05 00:00")};
  terms.minutes = 30;
  terms.most_a_day = 1;
  terms.longest = 15;
  const auto made = propose(std::vector<Hours>{{0, 540, 555}}, offsets_of("Europe/London", terms.within), {}, terms);
  const std::vector<Span> expected = {{at("2026-03-23 09:00"), at("2026-03-23 09:15")},
                                      {at("2026-03-30 08:00"), at("2026-03-30 08:15")}};
  EXPECT_EQ(made.slots, expected);
}

TEST(Slots, AnHourThatIsLeftOutIsNotWorkedAndOneThatComesTwiceIsWorkedTwice) {
  const std::vector<Hours> nights = {{6, 60, 120}};  // Sunday 01:00 to 02:00
  const Span spring{at("2026-03-28 00:00"), at("2026-03-30 00:00")},
      autumn{at("2026-10-24 00:00"), at("2026-10-26 00:00")};
  EXPECT_TRUE(working(nights, offsets_of("Europe/London", spring), spring).empty());
  const std::vector<Span> twice = {{at("2026-10-25 00:00"), at("2026-10-25 02:00")}};
  EXPECT_EQ(working(nights, offsets_of("Europe/London", autumn), autumn), twice);
}

TEST(Slots, AreThoseOfTheEvaluatorThatWalksMinuteByMinute) {
  std::mt19937 random(20261125);
  const auto upto = [&](int most) { return static_cast<int>(random() % static_cast<unsigned>(most + 1)); };
  const struct {
    const char *zone, *around;
  } places[] = {{"Europe/London", "2026-03-27 00:00"},       {"Europe/London", "2026-10-23 00:00"},
                {"America/St_Johns", "2026-03-06 00:00"},    {"America/St_Johns", "2026-10-30 00:00"},
                {"Australia/Lord_Howe", "2026-04-03 00:00"}, {"Australia/Lord_Howe", "2026-10-02 00:00"},
                {"Asia/Shanghai", "2026-06-01 00:00"},       {"Africa/Casablanca", "2026-02-13 00:00"},
                {"Africa/Casablanca", "2026-03-20 00:00"}};
  std::size_t found = 0;
  for (int round = 0; round < 270; ++round) {
    const auto& place = places[static_cast<std::size_t>(round) % std::size(places)];
    Terms terms;
    terms.within.from = at(place.around) + upto(1'440) * minute;
    terms.within.until = terms.within.from + (1 + upto(5)) * day + upto(1'440) * minute;
    const int steps[] = {1, 5, 10, 15, 20, 30, 60};
    terms.step = steps[upto(6)];
    terms.shortest = terms.step * (1 + upto(3));
    terms.longest = terms.shortest + terms.step * upto(4);
    terms.clear = upto(1) * upto(20);
    terms.most_a_day = 1 + upto(3);
    terms.minutes = upto(400);
    ASSERT_TRUE(check(terms));
    std::vector<Hours> hours;
    for (int i = 0; i < 1 + upto(8); ++i) {
      const int from = upto(1'400);
      hours.push_back({upto(6), from, from + 1 + upto(1'440 - from - 1)});
    }
    ASSERT_TRUE(check(hours));
    std::vector<Span> busy;
    for (int i = 0; i < upto(12); ++i) {
      const std::int64_t from = terms.within.from + upto(6 * 1'440) * minute;
      busy.push_back({from, from + upto(180) * minute});
    }
    const auto made = propose(hours, offsets_of(place.zone, terms.within), busy, terms);
    const auto expected = minute_by_minute(place.zone, hours, busy, terms);
    ASSERT_EQ(made.slots, expected.slots) << "round " << round << " in " << place.zone;
    ASSERT_EQ(made.missing, expected.missing) << "round " << round;
    found += made.slots.size();
  }
  EXPECT_GT(found, 500u);
}

TEST(Slots, WhatMakesNoSenseIsNamed) {
  const auto sentence = [](const auto& fine) { return fine ? std::string() : fine.error().message; };
  EXPECT_NE(sentence(check(std::vector<Hours>{{7, 0, 60}})).find("hours[0]: the weekday"), std::string::npos);
  EXPECT_NE(sentence(check(std::vector<Hours>{{0, 0, 60}, {1, 60, 60}})).find("hours[1]: must begin"),
            std::string::npos);
  const auto with = [&](auto change) {
    Terms terms;
    terms.within = {0, day};
    change(terms);
    return sentence(check(terms));
  };
  EXPECT_EQ(with([](Terms&) {}), "");
  EXPECT_NE(with([](Terms& t) { t.within = {day, 0}; }).find("the time to look through"), std::string::npos);
  EXPECT_NE(with([](Terms& t) { t.minutes = std::nan(""); }).find("the minutes needed"), std::string::npos);
  EXPECT_NE(with([](Terms& t) { t.step = 0; }).find("the step"), std::string::npos);
  EXPECT_NE(with([](Terms& t) { t.shortest = 20; }).find("whole steps"), std::string::npos);
  EXPECT_NE(with([](Terms& t) { t.longest = 0; }).find("no shorter"), std::string::npos);
  EXPECT_NE(with([](Terms& t) { t.clear = -1; }).find("kept clear"), std::string::npos);
  EXPECT_NE(with([](Terms& t) { t.most_a_day = 0; }).find("a day must take"), std::string::npos);
}

}  // namespace
