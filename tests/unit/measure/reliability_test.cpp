// SPDX-License-Identifier: Apache-2.0
// Alpha, item statistics and omega against R 4.2.2 and psych 2.2.9, and against published figures.
#include "measure/reliability.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>

#include "measure/one_factor.h"
#include "sample_60.h"

using namespace alliance::measure;

namespace reliability_tests {

constexpr double close = 5e-11;

TEST(Reliability, FiguresOfASampleAreThoseOfPsych) {
  const auto values = sample_test::sample_60();
  const Reliability found = reliability({values, 5}, 0.95);
  ASSERT_EQ(found.rows, 60u);
  EXPECT_NEAR(*found.alpha, 0.733277555633, close);
  EXPECT_NEAR(*found.standardised_alpha, 0.732403922271, close);
  EXPECT_NEAR(*found.mean_correlation, 0.353752643125, close);
  EXPECT_NEAR(found.alpha_interval->lower, 0.609376847671, 5e-10);
  EXPECT_NEAR(found.alpha_interval->upper, 0.826762858307, 5e-10);
  EXPECT_NEAR(found.mean, 5 * 2.97333333333, 5e-10);
  EXPECT_NEAR(*found.sd, 5 * 0.721078915418, 5e-10);
  const double corrected[] = {0.672189057194, 0.663692442370, 0.311274548248, 0.620630072230, 0.254478348896};
  const double dropped[] = {0.620159290620, 0.618866149141, 0.759081321772, 0.634146341463, 0.766490988701};
  const double sds[] = {0.982761013187, 1.040968692713, 1.104689541478, 1.104177992693, 0.940459077704};
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_NEAR(*found.each[i].corrected_r, corrected[i], close) << i;
    EXPECT_NEAR(*found.each[i].alpha_if_dropped, dropped[i], close) << i;
    EXPECT_NEAR(*found.each[i].sd, sds[i], close) << i;
  }
}

TEST(Reliability, OmegaNamesItsEstimator) {
  const auto values = sample_test::sample_60();
  const auto r = correlations(covariances({values, 5}), 5);
  ASSERT_TRUE(r);
  const auto ml = one_factor_ml(*r, 5), minres = one_factor_minres(*r, 5);
  ASSERT_TRUE(ml) << ml.error().message;
  ASSERT_TRUE(minres) << minres.error().message;
  const double ml_loadings[] = {0.887777290407, 0.713961704244, 0.313988886782, 0.815322066329, 0.256950695124};
  const double minres_loadings[] = {0.860351316536, 0.756650522446, 0.340995188371, 0.789552680222, 0.2817494619};
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_NEAR(ml->loadings[i], ml_loadings[i], 1e-7) << i;
    EXPECT_NEAR(minres->loadings[i], minres_loadings[i], 1e-5) << i;  // psych stops a little early
  }
  EXPECT_NEAR(omega(*ml), 0.756565298445, 1e-8);
  EXPECT_NEAR(omega(*minres), 0.761872028396, 1e-5);
}

// The loadings of R's set `attitude` as factanal gives them, to five digits.
TEST(Reliability, OmegaOfKnownLoadings) {
  OneFactor factor;
  factor.loadings = {.85248, .90224, .59271, .73070, .76499, .24609, .37784};
  for (const double loading : factor.loadings) factor.uniquenesses.push_back(1 - loading * loading);
  EXPECT_NEAR(omega(factor), .8405446727, 5e-6);
}

// Correlations that one factor describes without rest give its loadings back, whichever the estimator.
TEST(Reliability, AnExactFactorIsFoundExactly) {
  const std::vector<double> loadings = {.9, .8, .7, .6, .3, -.2};
  std::vector<double> r;
  for (std::size_t i = 0; i < 6; ++i) {
    for (std::size_t j = 0; j < 6; ++j) r.push_back(i == j ? 1 : loadings[i] * loadings[j]);
  }
  for (const auto& found : {one_factor_ml(r, 6), one_factor_minres(r, 6)}) {
    ASSERT_TRUE(found) << found.error().message;
    for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(found->loadings[i], loadings[i], 1e-9);
  }
}

TEST(Reliability, WhatOneFactorCannotDescribeIsSaid) {
  // Two items that share far more than the third allows: the loading of the first would be above 1.
  const std::vector<double> heywood = {1, .9, .8, .9, 1, .5, .8, .5, 1};
  for (const auto& found : {one_factor_ml(heywood, 3), one_factor_minres(heywood, 3)}) {
    ASSERT_FALSE(found);
    EXPECT_NE(found.error().message.find("Heywood"), std::string::npos) << found.error().message;
    EXPECT_NE(found.error().message.find("item 1"), std::string::npos) << found.error().message;
  }
  EXPECT_FALSE(one_factor_ml({1, .5, .5, 1}, 2));
  const std::vector<double> same = {1, 1, .5, 1, 1, .5, .5, .5, 1};
  const auto singular = one_factor_ml(same, 3);
  ASSERT_FALSE(singular);
  EXPECT_NE(singular.error().message.find("inverted"), std::string::npos);
  std::vector<double> apart(16);
  for (std::size_t i = 0; i < 4; ++i) apart[i * 5] = 1;
  EXPECT_FALSE(one_factor_minres(apart, 4));
  const std::vector<double> odd = {1, .5, .5, .5, 1, -.1, .5, -.1, 1};
  EXPECT_FALSE(one_factor_ml(odd, 3));
  EXPECT_FALSE(one_factor_minres(odd, 3));
}

TEST(Reliability, TheOrderOfItemsDoesNotMatter) {
  const auto values = sample_test::sample_60();
  std::vector<double> turned;
  for (std::size_t row = 0; row < 60; ++row) {
    for (std::size_t i = 5; i-- > 0;) turned.push_back(values[row * 5 + i]);
  }
  const auto one = reliability({values, 5}, 0.95), other = reliability({turned, 5}, 0.95);
  EXPECT_NEAR(*one.alpha, *other.alpha, 1e-14);
  EXPECT_NEAR(*one.standardised_alpha, *other.standardised_alpha, 1e-14);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_NEAR(*one.each[i].corrected_r, *other.each[4 - i].corrected_r, 1e-13);
  const auto ml = one_factor_ml(*correlations(covariances({values, 5}), 5), 5);
  const auto back = one_factor_ml(*correlations(covariances({turned, 5}), 5), 5);
  EXPECT_NEAR(omega(*ml), omega(*back), 1e-9);
}

TEST(Reliability, ReversingAnItemTwiceIsTheIdentityAndOnceLowersAlpha) {
  auto values = sample_test::sample_60();
  const auto reverse = [&] {
    for (std::size_t row = 0; row < 60; ++row) values[row * 5] = 6 - values[row * 5];
  };
  const double whole = *reliability({values, 5}, 0.95).alpha;
  reverse();
  EXPECT_LT(*reliability({values, 5}, 0.95).alpha, whole - 0.3);
  reverse();
  EXPECT_EQ(*reliability({values, 5}, 0.95).alpha, whole);
}

TEST(Reliability, TooLittleAndWhatNeverMovesGiveNoFigure) {
  EXPECT_EQ(reliability({}, 0.95).rows, 0u);
  const std::vector<double> one_row = {1, 2, 3};
  const auto single = reliability({one_row, 3}, 0.95);
  EXPECT_EQ(single.mean, 6);
  EXPECT_FALSE(single.sd);
  EXPECT_FALSE(single.alpha);
  const std::vector<double> one_item = {1, 2, 3};
  const auto lone = reliability({one_item, 1}, 0.95);
  EXPECT_NEAR(*lone.sd, 1, 1e-15);
  EXPECT_FALSE(lone.alpha);
  EXPECT_FALSE(lone.each[0].corrected_r);
  const std::vector<double> constant = {1, 2, 5, 2, 3, 5, 4, 4, 5, 1, 3, 5};
  const auto third = reliability({constant, 3}, 0.95);
  EXPECT_TRUE(third.alpha);
  EXPECT_FALSE(third.standardised_alpha);
  EXPECT_FALSE(third.each[2].corrected_r);
  EXPECT_EQ(*third.each[2].sd, 0);
  const std::vector<double> opposed = {0.1, 0.9, 0.3, 0.7, 0.6, 0.4};
  EXPECT_FALSE(reliability({opposed, 2}, 0.95).alpha);
  const std::vector<double> nothing(12, 0.1);
  EXPECT_FALSE(reliability({nothing, 3}, 0.95).alpha);
}

// Of random samples: alpha is the mean of all split-half figures, and equals lambda-3 from covariances by hand.
TEST(Reliability, AlphaIsWhatItsFormulaSaysOnRandomSamples) {
  std::mt19937 random(7);
  for (int round = 0; round < 50; ++round) {
    const std::size_t k = 2 + random() % 8, n = 3 + random() % 40;
    std::vector<double> values(n * k);
    for (double& value : values) value = static_cast<double>(random() % 5);
    const auto variance = [&](auto of_row) {
      double sum = 0, squares = 0;
      for (std::size_t row = 0; row < n; ++row) sum += of_row(row);
      for (std::size_t row = 0; row < n; ++row) {
        const double away = of_row(row) - sum / static_cast<double>(n);
        squares += away * away;
      }
      return squares / static_cast<double>(n - 1);
    };
    double own = 0;
    for (std::size_t i = 0; i < k; ++i) own += variance([&](std::size_t row) { return values[row * k + i]; });
    const double all = variance([&](std::size_t row) {
      double sum = 0;
      for (std::size_t i = 0; i < k; ++i) sum += values[row * k + i];
      return sum;
    });
    const auto found = reliability({values, k}, 0.95);
    if (!found.alpha) continue;
    const auto kk = static_cast<double>(k);
    EXPECT_NEAR(*found.alpha, kk / (kk - 1) * (1 - own / all), 1e-9 * std::max(1.0, own / all));
  }
}

std::vector<double> columns(const std::filesystem::path& file, std::size_t from, std::size_t count) {
  std::vector<double> values;
  std::ifstream in(file);
  std::string line, cell;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::istringstream cells(line);
    for (std::size_t i = 0; std::getline(cells, cell, ',') && i < from + count; ++i) {
      if (i >= from) values.push_back(std::stod(cell));
    }
  }
  return values;
}

TEST(Reliability, FiguresOfTheSharedAnswersAreThoseGivenWithThem) {
  const auto data = std::filesystem::path(ALLIANCE_SOURCE_DIR) / ".." / "shared" / "data";
  const auto online = data / "gad7_online_2021.csv", students = data / "phq9_gad7_students_2024.csv";
  if (!std::filesystem::exists(online)) GTEST_SKIP() << "shared data are not here: " << online;
  const auto gad = columns(online, 0, 7);
  const auto found = reliability({gad, 7}, 0.95);
  EXPECT_EQ(found.rows, 406u);
  EXPECT_NEAR(found.mean, 6.325123, 5e-7);
  EXPECT_NEAR(*found.sd, 5.596975, 5e-7);
  EXPECT_NEAR(*found.alpha, .9272550, 1e-7);
  const auto factor = one_factor_ml(*correlations(covariances({gad, 7}), 7), 7);
  ASSERT_TRUE(factor);
  EXPECT_NEAR(omega(*factor), .9274679, 5e-8);
  const auto phq = columns(students, 0, 9), anxiety = columns(students, 9, 7);
  const auto nine = reliability({phq, 9}, 0.95), seven = reliability({anxiety, 7}, 0.95);
  EXPECT_EQ(nine.rows, 223u);
  EXPECT_NEAR(nine.mean, 8.825112, 5e-7);
  EXPECT_NEAR(*nine.sd, 6.172512, 5e-7);
  EXPECT_NEAR(*nine.alpha, .9050559, 5e-8);
  EXPECT_NEAR(seven.mean, 5.748879, 5e-7);
  EXPECT_NEAR(*seven.sd, 5.409342, 5e-7);
  EXPECT_NEAR(*seven.alpha, .9438893, 5e-8);
}

// Of `attitude` (30 people, 7 items) only the figures are here: its interval from its alpha.
TEST(Reliability, FeldtsIntervalOfAKnownAlpha) {
  const auto interval = feldt_interval(.8431427696, 30, 7, 0.95);
  EXPECT_NEAR(interval->lower, .739375686, 5e-9);
  EXPECT_NEAR(interval->upper, .915773072, 5e-9);
  EXPECT_NEAR(*standardised_alpha(.4269066426, 7), .839083803, 5e-9);
  EXPECT_FALSE(feldt_interval(.8, 1, 7, 0.95));
  EXPECT_FALSE(feldt_interval(.8, 30, 7, 1));
}

}  // namespace reliability_tests
