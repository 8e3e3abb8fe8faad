// SPDX-License-Identifier: Apache-2.0
// Charts for individual values against worked examples.
#include "measure/control_chart.h"

#include <gtest/gtest.h>

#include <random>

using namespace alliance::measure;

namespace control_chart_tests {

using Scores = std::vector<double>;
using At = std::vector<std::size_t>;

At low(const std::vector<ChartSignal>& signals) {
  At found;
  for (const ChartSignal& signal : signals) {
    if (signal.low) found.push_back(signal.at);
  }
  return found;
}

// The data of the e-Handbook's chapter on individuals charts.
TEST(ControlChart, TheHandbooksExample) {
  const auto limits = chart_limits(Scores{49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1}, 3);
  ASSERT_TRUE(limits);
  EXPECT_NEAR(limits->center, 50.81, 1e-9);
  EXPECT_NEAR(limits->mean_range, 1.877778, 5e-7);
  EXPECT_NEAR(limits->upper, 55.804090, 5e-6);
  EXPECT_NEAR(limits->lower, 45.815910, 5e-6);
}

const Scores toy = {52, 53, 54, 46, 47, 53, 55, 54};

TEST(ControlChart, TheToySeriesIsBeyondTwoSigmaAndNotBeyondThree) {
  const auto limits = chart_limits(toy, 3);
  ASSERT_TRUE(limits);
  EXPECT_NEAR(limits->mean_range, 2.857143, 5e-7);
  EXPECT_NEAR(limits->center, 51.75, 1e-12);
  EXPECT_NEAR(limits->lower, 44.151216, 5e-7);
  EXPECT_NEAR(chart_limits(toy, 2)->lower, 46.684144, 5e-7);
  EXPECT_EQ(low(control_chart(toy, {.k = 2, .baseline = Baseline::all})), At{3});
  EXPECT_TRUE(control_chart(toy, {.k = 3, .baseline = Baseline::all}).empty());
}

TEST(ControlChart, LeavingThePointOutShowsWhatItHidWithinItsOwnLimits) {
  const Scores steady = {50, 51, 50, 44, 50, 51};
  EXPECT_TRUE(control_chart(steady, {.k = 3, .baseline = Baseline::all}).empty());
  EXPECT_EQ(low(control_chart(steady, {.k = 3, .baseline = Baseline::leave_one_out})), At{3});
  // Its limits are those of the series without it.
  const auto signals = control_chart(steady, {.baseline = Baseline::leave_one_out});
  const auto rest = chart_limits(Scores{50, 51, 50, 50, 51}, 3);
  ASSERT_EQ(signals.size(), 1u);
  EXPECT_NEAR(signals[0].limits.lower, rest->lower, 1e-12);
  EXPECT_NEAR(signals[0].limits.center, rest->center, 1e-12);
}

TEST(ControlChart, AFrozenBaselineJudgesOnlyWhatComesAfterIt) {
  const Scores scores = {50, 52, 51, 50, 52, 51, 40, 51, 60};
  const auto found = control_chart(scores, {.k = 3, .first = 5});
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].at, 6u);
  EXPECT_TRUE(found[0].low);
  EXPECT_EQ(found[1].at, 8u);
  EXPECT_FALSE(found[1].low);
  EXPECT_NEAR(found[0].limits.center, 51, 1e-12);
  EXPECT_EQ(control_chart(Series(scores).first(7), {.k = 3, .first = 5}).size(), 1u);
  EXPECT_TRUE(control_chart(Series(scores).first(5), {.first = 5}).empty());
  EXPECT_TRUE(control_chart(scores, {.first = 20}).empty());
}

TEST(ControlChart, ASeriesThatNeverMovesIsInControlWhateverItsNumber) {
  for (const double value : {0.0, 0.1, 1e-9, 40.1, 1e9 + 0.3, -7.7}) {
    const Scores flat(1000, value);
    for (const auto baseline : {Baseline::frozen, Baseline::leave_one_out, Baseline::all}) {
      EXPECT_TRUE(control_chart(flat, {.baseline = baseline, .western_electric = true}).empty()) << value;
    }
  }
  Scores moved(20, 0.1);
  moved[10] = 0.2;
  EXPECT_EQ(control_chart(moved, {}).size(), 1u);
  EXPECT_EQ(control_chart(moved, {.baseline = Baseline::leave_one_out}).size(), 1u);
  EXPECT_TRUE(control_chart(moved, {.least = 0.5}).empty());
}

TEST(ControlChart, TheZoneRulesFindWhatNoSinglePointShows) {
  // Sigma is 1: a baseline whose ranges are all 1.128, about 50.
  Scores scores;
  for (int i = 0; i < 20; ++i) scores.push_back(i % 2 == 0 ? 50 - 0.564 : 50 + 0.564);
  const auto rule_after = [&](const Scores& more) {
    Scores all = scores;
    all.insert(all.end(), more.begin(), more.end());
    const auto found = control_chart(all, {.first = 20, .western_electric = true});
    return found.empty() ? 0 : found.front().rule;
  };
  EXPECT_EQ(rule_after({46.9}), 1);
  EXPECT_EQ(rule_after({47.9}), 0);
  EXPECT_EQ(rule_after({47.9, 50.5, 47.9}), 2);
  EXPECT_EQ(rule_after({47.9, 50.5, 52.1}), 0);  // on different sides
  EXPECT_EQ(rule_after({48.9, 48.9, 50.5, 48.9, 48.9}), 3);
  EXPECT_EQ(rule_after({49.9, 49.9, 49.9, 49.9, 49.9, 49.9, 49.9}), 0);
  EXPECT_EQ(rule_after({49.9, 49.9, 49.9, 49.9, 49.9, 49.9, 49.9, 49.9}), 4);
}

TEST(ControlChart, FewPointsNoNumbersAndAnOddK) {
  EXPECT_FALSE(chart_limits({}, 3));
  EXPECT_FALSE(chart_limits(Scores{50}, 3));
  EXPECT_TRUE(control_chart(Scores{50, 10}, {.baseline = Baseline::leave_one_out, .first = 0}).empty());
  EXPECT_TRUE(control_chart(toy, {.k = 0, .first = 3}).empty());
  EXPECT_TRUE(control_chart(toy, {.k = std::nan(""), .first = 3}).empty());
  Scores gaps = toy;
  gaps.insert(gaps.begin() + 1, std::nan(""));
  EXPECT_EQ(low(control_chart(gaps, {.k = 2, .baseline = Baseline::all})), At{4});
}

TEST(ControlChart, LeaveOneOutTakesNoLongTime) {
  std::mt19937 random(1);
  Scores scores;
  for (int i = 0; i < 1'000'000; ++i) scores.push_back(static_cast<double>(random() % 41));
  EXPECT_LT(control_chart(scores, {.baseline = Baseline::leave_one_out}).size(), scores.size());
}

}  // namespace control_chart_tests
