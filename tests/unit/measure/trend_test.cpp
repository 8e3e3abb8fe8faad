// SPDX-License-Identifier: Apache-2.0
// Lines through scores, their residuals and their prediction intervals.
#include "measure/trend.h"

#include <gtest/gtest.h>

using namespace alliance::measure;

namespace trend_tests {

using Scores = std::vector<double>;

// The line that R fits to its set `cars`, from its published figures.
const Line cars = {-17.5790948905, 3.93240875912, 15.3795867488, 50, 15.4, 1370};

TEST(Trend, PredictionIntervalsAreThoseOfR) {
  const auto at_10 = expected_at(cars, 10, 0.80), at_20 = expected_at(cars, 20, 0.80);
  EXPECT_NEAR(at_10->value, 21.744993, 5e-7);
  EXPECT_NEAR(at_10->lower, 1.351798, 5e-7);
  EXPECT_NEAR(at_10->upper, 42.138187, 5e-7);
  EXPECT_NEAR(at_20->value, 61.069080, 5e-7);
  EXPECT_NEAR(at_20->lower, 40.733148, 5e-7);
  EXPECT_NEAR(at_20->upper, 81.405013, 5e-7);
}

TEST(Trend, ALineIsThatOfR) {
  const auto line = line_through(Scores{1, 2, 4, 5, std::nan(""), 7, 11}, Scores{20, 24, 23, 30, 1, 29, 41.5});
  ASSERT_TRUE(line);
  EXPECT_NEAR(line->intercept, 17.91666666667, 1e-10);
  EXPECT_NEAR(line->slope, 2, 1e-12);
  EXPECT_NEAR(line->residual_sd, 2.655575894855, 1e-10);
  const auto at_9 = expected_at(*line, 9, 0.80);
  EXPECT_NEAR(at_9->lower, 31.0835329354, 1e-9);
  EXPECT_NEAR(at_9->upper, 40.749800398, 1e-9);
}

TEST(Trend, WhatLiesBelowTheIntervalIsOffTrack) {
  const Scores x = {10, 10, 20, 20, 20}, y = {1.36, 1.35, 40.74, 40.73, std::nan("")};
  const auto found = off_track(x, y, cars, 0.80);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].at, 1u);
  EXPECT_EQ(found[1].at, 3u);
  EXPECT_NEAR(found[1].expected.lower, 40.733148, 5e-7);
  EXPECT_TRUE(off_track(x, y, cars, 0).empty());
  EXPECT_TRUE(off_track(x, y, cars, 1).empty());
  EXPECT_TRUE(off_track(x, y, Line{}, 0.8).empty());
}

TEST(Trend, NoLineThroughTooLittle) {
  EXPECT_FALSE(line_through({}, {}));
  EXPECT_FALSE(line_through(Scores{1, 2}, Scores{1, 2}));
  EXPECT_FALSE(line_through(Scores{2, 2, 2}, Scores{1, 2, 3}));
  EXPECT_FALSE(line_through(Scores{1, 2, std::nan("")}, Scores{1, 2, 3}));
  EXPECT_NEAR(line_through(Scores{1, 2, 3}, Scores{5, 5, 5})->slope, 0, 0);
}

TEST(Trend, AScoreFarBelowThePersonsOwnLineIsFlagged) {
  const Scores times = {1, 2, 3, 4, 5, 6, 7}, scores = {30, 33, 34, 37, 38, 41, 36};
  const auto found = trend_residuals(times, scores, {});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].at, 6u);
  // The line through the first six, by hand: slope 73/35, mean 35.5 at 3.5.
  EXPECT_NEAR(found[0].expected, 35.5 + 73.0 / 35 * 3.5, 1e-9);
  EXPECT_NEAR(found[0].residual, 36 - 35.5 - 73.0 / 35 * 3.5, 1e-9);
  // 36 is no low score of this person: only their trend makes it one. Charted within its own line it hides.
  EXPECT_TRUE(trend_residuals(times, scores, {.spread = Spread::all}).empty());
  EXPECT_TRUE(trend_residuals(times, scores, {.least = 20}).empty());
  EXPECT_TRUE(trend_residuals(times, scores, {.baseline = 7}).empty());
}

TEST(Trend, UnevenTimesCount) {
  // The same scores: as the tenth day they are on the line, as the fifth they are not.
  const Scores scores = {50, 48.1, 45.9, 44, 34};
  EXPECT_TRUE(trend_residuals(Scores{0, 1, 2, 3, 8}, scores, {}).empty());
  EXPECT_EQ(trend_residuals(Scores{0, 1, 2, 3, 4}, scores, {}).size(), 1u);
}

TEST(Trend, APerfectLineIsNeverBelowItselfAndAStepOffItIs) {
  Scores times, scores;
  for (int i = 0; i < 500; ++i) {
    times.push_back(19000.1 + 7 * i);
    scores.push_back(0.1 + 0.3 * i);
  }
  EXPECT_TRUE(trend_residuals(times, scores, {}).empty());
  EXPECT_TRUE(trend_residuals(times, Scores(500, 0.7), {}).empty());
  scores.back() -= 1;
  EXPECT_EQ(trend_residuals(times, scores, {}).size(), 1u);
}

}  // namespace trend_tests
