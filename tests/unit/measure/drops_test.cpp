// SPDX-License-Identifier: Apache-2.0
// Drops and repairs against the worked examples of the literature (clinical.md 2.7).
#include <gtest/gtest.h>

#include "measure/drops.h"
#include "sessions.h"

using namespace alliance::measure;

namespace drops_tests {

std::vector<double> series(std::vector<double> values) { return values; }
std::vector<std::size_t> places(const std::vector<Drop>& drops) {
  std::vector<std::size_t> found;
  for (const Drop& drop : drops) found.push_back(drop.at);
  return found;
}
using At = std::vector<std::size_t>;

const std::vector<double> toy = series({52, 53, 54, 46, 47, 53, 55, 54});

TEST(Drops, TheToySeriesFallsInSessionFourByOneAndByTwoStandardDeviations) {
  for (const double k : {1.0, 2.0}) {
    const auto found = drops(toy, {.k = k, .spread = Spread::all});
    ASSERT_EQ(places(found), At{3}) << k;
    EXPECT_NEAR(found[0].sd, 3.370036, 5e-7);
    EXPECT_NEAR(found[0].threshold, k * 3.370036, 1e-6);
    EXPECT_EQ(found[0].before, 54);
    EXPECT_EQ(found[0].now, 46);
    EXPECT_EQ(found[0].change, -8);
  }
  EXPECT_TRUE(drops(toy, {.k = 3, .spread = Spread::all}).empty());
}

TEST(Drops, AFrozenBaselineFlagsTheSameSessionAndKeepsTheDropOutOfItsOwnLimits) {
  EXPECT_EQ(places(drops(toy, {.k = 1})), At{3});
  EXPECT_EQ(places(drops(toy, {.k = 2})), At{3});
  // What was said of a session does not depend on those that follow.
  for (std::size_t length = 4; length <= toy.size(); ++length) {
    EXPECT_EQ(places(drops(std::span(toy).first(length), {})), At{3}) << length;
  }
}

TEST(Drops, TheStricterOfBothSpreadsDecides) {
  EXPECT_EQ(places(drops(toy, {.k = 1, .between_sd = 7.9})), At{3});
  EXPECT_TRUE(drops(toy, {.k = 1, .between_sd = 8.1}).empty());
  // The spread within the person stays when it is the larger one: 50, 60, 50 have an SD of 5.8.
  const auto unsteady = series({50, 60, 50, 45});
  EXPECT_TRUE(drops(unsteady, {.k = 1, .between_sd = 1}).empty());
  EXPECT_EQ(places(drops(series({50, 60, 50, 35}), {.k = 1, .between_sd = 1})), At{3});
}

TEST(Drops, FewPointsSayNothing) {
  EXPECT_TRUE(drops({}, {}).empty());
  EXPECT_TRUE(drops(series({50}), {}).empty());
  EXPECT_TRUE(drops(series({50, 10}), {}).empty());
  EXPECT_TRUE(drops(series({50, 52, 10}), {}).empty());
  EXPECT_EQ(places(drops(series({50, 52, 53, 10}), {})), At{3});
  EXPECT_TRUE(drops(series({50, 52, 53, 10}), {.baseline = 4}).empty());
  // With a spread between people two points are enough, where the rule asks for no more.
  EXPECT_EQ(places(drops(series({50, 10}), {.between_sd = 5, .baseline = 1})), At{1});
}

TEST(Drops, ASeriesThatNeverMovedFallsByAnyStepUnlessALeastStepIsGiven) {
  EXPECT_TRUE(drops(series({40, 40, 40, 40, 40}), {}).empty());
  const auto found = drops(series({40, 40, 40, 30}), {});
  ASSERT_EQ(places(found), At{3});
  EXPECT_EQ(found[0].sd, 0);
  EXPECT_EQ(places(drops(series({40, 40, 40, 39}), {})), At{3});
  EXPECT_TRUE(drops(series({40, 40, 40, 39}), {.least = 2}).empty());
  EXPECT_EQ(places(drops(series({40, 40, 40, 38}), {.least = 2})), At{3});
}

TEST(Drops, AFirstSmallDipAfterSteadyGrowthIsNoDrop) {
  EXPECT_TRUE(drops(series({30, 34, 38, 35}), {}).empty());
  EXPECT_EQ(places(drops(series({30, 34, 38, 30}), {})), At{3});
}

TEST(Drops, NumbersThatAreNoneArePassedOver) {
  auto gaps = toy;
  gaps.insert(gaps.begin() + 2, std::nan(""));
  gaps.insert(gaps.begin(), HUGE_VAL);
  EXPECT_EQ(places(drops(gaps, {})), At{5});
  EXPECT_TRUE(drops(toy, {.k = 0}).empty());
  EXPECT_TRUE(drops(toy, {.k = std::nan("")}).empty());
}

Drop first_drop(const std::vector<double>& points) {
  const auto found = drops(points, {});
  EXPECT_FALSE(found.empty());
  return found.empty() ? Drop{} : found.front();
}

TEST(Repair, BackWithinTheWindowIsRepaired) {
  const auto points = series({50, 52, 51, 40, 44, 51, 52});
  const auto outcome = repair(points, first_drop(points), {});
  EXPECT_EQ(outcome.state, Repair::repaired);
  EXPECT_EQ(outcome.at, 5u);
}

TEST(Repair, TheWindowPassesWithoutReturn) {
  const auto points = series({50, 52, 51, 40, 41, 42, 41, 52});
  const auto outcome = repair(points, first_drop(points), {});
  EXPECT_EQ(outcome.state, Repair::unrepaired);
  EXPECT_EQ(outcome.at, 6u);
}

TEST(Repair, StaysOpenUntilTheWindowHasPassed) {
  const auto points = series({50, 52, 51, 40, 41, 42});
  EXPECT_EQ(repair(points, first_drop(points), {}).state, Repair::open);
  EXPECT_EQ(repair(series({50, 52, 51, 40}), first_drop(points), {}).state, Repair::open);
  EXPECT_EQ(repair({}, Drop{}, {}).state, Repair::open);
  EXPECT_EQ(repair(points, first_drop(points), {.window = 2}).state, Repair::unrepaired);
}

TEST(Repair, TheToleranceIsThatOfTheSpreadThatJudged) {
  const auto points = series({50, 52, 51, 40, 50.6});  // the SD of 50, 52 and 51 is 1
  EXPECT_EQ(repair(points, first_drop(points), {}).state, Repair::repaired);
  EXPECT_EQ(repair(points, first_drop(points), {.tolerance_sd = 0.3}).state, Repair::open);
}

// The R package suddengains on its 43 people: three losses by all criteria. BDI: lower is better, so turned.
TEST(Repair, LossesOfTheRecordedSessionsAreReversedAsPublished) {
  if (!std::filesystem::exists(sessions_test::file())) GTEST_SKIP() << "shared data are not here";
  auto people = sessions_test::people();
  for (auto& [person, scores] : people) {
    for (double& score : scores) score = -score;
  }
  struct Loss {
    int person;
    std::uint16_t after;
    double before, now, middle;
    bool reversed;
  };
  for (const Loss& loss :
       {Loss{4, 9, 24, 33, 28.5, true}, Loss{34, 7, 8, 20, 14, false}, Loss{35, 7, 4, 22, 13, true}}) {
    const auto& points = people.at(loss.person);
    const Drop drop{loss.after, -loss.before, -loss.now, loss.before - loss.now, 7, 0};
    ASSERT_EQ(points[loss.after], -loss.now) << loss.person;
    ASSERT_EQ(points[loss.after - 1u], -loss.before) << loss.person;
    const auto outcome = repair(points, drop, {.window = 0, .back = Back::midpoint});
    EXPECT_EQ(outcome.state, loss.reversed ? Repair::repaired : Repair::unrepaired) << loss.person;
    if (loss.reversed) {
      EXPECT_GT(points[outcome.at], -loss.middle) << loss.person;
    }
  }
}

TEST(Cutoff, WhetherItIsInclusiveIsSaid) {
  const std::vector<double> scores = {38, 36, 35.9, std::nan(""), 37, 12};
  EXPECT_EQ(under_cutoff(scores, 36, true), (At{1, 2, 5}));
  EXPECT_EQ(under_cutoff(scores, 36, false), (At{2, 5}));
  EXPECT_TRUE(under_cutoff(scores, std::nan(""), true).empty());
}

TEST(Drops, WhatLiesOnALimitLiesOnItWhateverTheRounding) {
  const std::vector<double> scores = {0.1 + 0.2, 0.2};
  EXPECT_EQ(places(drops(scores, {.between_sd = 0.1, .baseline = 1})), At{1});
  EXPECT_EQ(places(drops(std::vector<double>{0.3, 0.2}, {.between_sd = 0.1, .baseline = 1})), At{1});
  EXPECT_EQ(under_cutoff(scores, 0.3, true).size(), 2u);
  EXPECT_EQ(under_cutoff(scores, 0.3, false), At{1});
  // Of a mean of 1/3 and thirds around it: the SD is exactly the fall in real numbers.
  const double third = 1.0 / 3;
  EXPECT_EQ(places(drops(std::vector<double>{third, 2 * third, third, 2 * third, third},
                         {.k = 1, .between_sd = third, .baseline = 4})),
            At{4});
}

TEST(Drops, TheSpreadBetweenPeopleAloneCanDecide) {
  const auto unsteady = series({30, 60, 30, 55, 49});
  EXPECT_TRUE(drops(unsteady, {.between_sd = 5}).empty());
  EXPECT_EQ(places(drops(unsteady, {.between_sd = 5, .within = false, .baseline = 4})), At{4});
  EXPECT_TRUE(drops(unsteady, {.within = false}).empty());
}

TEST(Drops, AMillionScoresTakeNoLongTime) {
  std::vector<double> scores;
  for (int i = 0; i < 1'000'000; ++i) scores.push_back(i % 41);
  EXPECT_EQ(drops(scores, {}).size(), 1'000'000u / 41);
}

}  // namespace drops_tests
