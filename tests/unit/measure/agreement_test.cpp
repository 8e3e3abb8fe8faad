// SPDX-License-Identifier: Apache-2.0
// Pairs of views and raters against published and worked examples.
#include "measure/agreement.h"

#include <gtest/gtest.h>

#include "measure/icc.h"
#include "measure/reliability.h"
#include "sample_60.h"

using namespace alliance::measure;

namespace agreement_tests {

const std::vector<double> client = {44, 50, 38, 56, 41, 47, 53, 35, 49, 45};
const std::vector<double> therapist = {42, 46, 40, 51, 39, 45, 48, 37, 46, 44};
const std::vector<double> judges = {9, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8, 7, 1, 2, 6, 10, 5, 6, 9, 6, 2, 4, 7};

TEST(Icc, TheSixFiguresOfShroutAndFleiss) {
  const auto found = intraclass_correlations({judges, 4}, 0.95);
  ASSERT_TRUE(found);
  // Worked with restricted maximum likelihood, which differs from the mean squares in the seventh digit.
  const double wanted[] = {.1657423, .2897642, .7148415, .4427981, .6200510, .9093159};
  for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(*(*found)[i].value, wanted[i], 1e-6) << (*found)[i].name;
  EXPECT_NEAR(*reliability({judges, 4}, 0.95).alpha, *(*found)[5].value, 1e-12);  // alpha of the judges is ICC(3,k)
  // McGraw and Wong's intervals, as psych prints them to the digits that its rounding leaves.
  const double lower[] = {-.13293, .01879, .34246, -.88444, .07114, .67567};
  const double upper[] = {.72256, .76108, .94586, .91242, .92723, .98589};
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_NEAR((*found)[i].interval->lower, lower[i], 2e-5) << (*found)[i].name;
    EXPECT_NEAR((*found)[i].interval->upper, upper[i], 2e-5) << (*found)[i].name;
  }
}

TEST(Icc, FiguresOfASampleAreThoseOfPsych) {
  const auto values = sample_test::sample_60();
  const auto found = intraclass_correlations({values, 5}, 0.95);
  const double wanted[][3] = {
      {0.358587087627, 0.241687247612, 0.491881472426}, {0.357574312510, 0.240115686791, 0.491350013597},
      {0.354773420250, 0.237806284964, 0.488356749008}, {0.736515559805, 0.614433384193, 0.828773683378},
      {0.735659624567, 0.612395433523, 0.828471714752}, {0.733277555633, 0.609376847671, 0.826762858307}};
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_NEAR(*(*found)[i].value, wanted[i][0], 1e-9) << i;
    EXPECT_NEAR((*found)[i].interval->lower, wanted[i][1], 1e-8) << i;
    EXPECT_NEAR((*found)[i].interval->upper, wanted[i][2], 1e-8) << i;
  }
  EXPECT_NEAR(*(*found)[0].f, 3.79529052744, 1e-8);
  EXPECT_NEAR(*(*found)[2].f, 3.74921579012, 1e-8);
}

TEST(Icc, WhatNeverMovesAndRatersThatNeverDiffer) {
  EXPECT_FALSE(intraclass_correlations({std::vector<double>(12, 0.1), 3}, 0.95));
  EXPECT_FALSE(intraclass_correlations({std::vector<double>{1, 2, 3}, 3}, 0.95));
  EXPECT_FALSE(intraclass_correlations({std::vector<double>{1, 2, 3}, 1}, 0.95));
  EXPECT_FALSE(intraclass_correlations({}, 0.95));
  const auto same = intraclass_correlations({std::vector<double>{.1, .1, .2, .2, .7, .7}, 2}, 0.95);
  for (const Icc& icc : *same) {
    EXPECT_NEAR(*icc.value, 1, 1e-12) << icc.name;
    EXPECT_FALSE(icc.f) << icc.name;
  }
  // A constant between the raters spoils agreement and not consistency.
  const auto shifted = intraclass_correlations({std::vector<double>{1, 2, 2, 3, 7, 8}, 2}, 0.95);
  EXPECT_NEAR(*(*shifted)[2].value, 1, 1e-12);
  EXPECT_LT(*(*shifted)[1].value, 0.99);
  // Targets that do not differ at all: the single-rater figures are below 0, those of a mean have none.
  const auto crossed = intraclass_correlations({std::vector<double>{1, 2, 2, 1}, 2}, 0.95);
  EXPECT_FALSE((*crossed)[5].value);
  for (const Icc& icc : *crossed) {
    if (!icc.interval) continue;
    EXPECT_TRUE(std::isfinite(icc.interval->lower) && std::isfinite(icc.interval->upper)) << icc.name;
  }
}

TEST(Agreement, TheWorkedExample) {
  const auto apart = directional_discrepancy(client, therapist);
  EXPECT_NEAR(apart->mean, -2, 1e-12);
  EXPECT_NEAR(*apart->t, -2.535463, 5e-7);
  EXPECT_EQ(apart->degrees, 9);
  EXPECT_NEAR(*apart->p, 0.0319477, 5e-6);
  EXPECT_NEAR(*lins_concordance(client, therapist), .8392498, 5e-8);
  const auto both = truth_and_bias(client, therapist);
  EXPECT_NEAR(both->bias, -2, 1e-12);
  EXPECT_NEAR(both->truth, .6432238, 5e-8);
  EXPECT_NEAR(both->correlation, .9806964, 5e-8);
  const auto icc = intraclass_correlations({pairs_of(client, therapist), 2}, 0.95);
  EXPECT_NEAR(*(*icc)[1].value, .8529612, 5e-8);
  EXPECT_NEAR(*(*icc)[2].value, .8994975, 5e-8);
}

TEST(Agreement, PairsWithAGapArePassedOver) {
  auto one = client, other = therapist;
  one.push_back(std::nan(""));
  other.push_back(45);
  one.insert(one.begin(), 10);
  other.insert(other.begin(), std::nan(""));
  EXPECT_EQ(directional_discrepancy(one, other)->pairs, 10u);
  EXPECT_NEAR(*lins_concordance(one, other), .8392498, 5e-8);
}

TEST(Agreement, ViewsThatComeNearerConverge) {
  const std::vector<double> times = {1, 2, 3, 4, 5}, one = {50, 50, 50, 50, 50};
  const auto found = convergence(times, one, std::vector<double>{40, 58, 44, 45, 52});
  EXPECT_NEAR(found->slope, -1.9, 1e-12);  // of 10 8 6 5 2
  EXPECT_NEAR(*found->t, -12.4384, 5e-5);
  EXPECT_NEAR(*found->p, 0.00112, 5e-6);
  EXPECT_NEAR(convergence(times, one, std::vector<double>{49, 52, 47, 54, 45})->slope, 1, 1e-12);
  EXPECT_FALSE(convergence(times, one, one)->t);
  EXPECT_FALSE(convergence(std::vector<double>(5, 1), one, std::vector<double>{40, 58, 44, 45, 52}));
}

TEST(Agreement, TooLittleGivesNoFigure) {
  const std::vector<double> one = {5}, flat = {5, 5, 5}, more = {1, 2, 3};
  EXPECT_FALSE(directional_discrepancy(one, one));
  EXPECT_FALSE(lins_concordance(one, one));
  EXPECT_FALSE(lins_concordance(flat, flat));
  EXPECT_EQ(lins_concordance(more, more), 1);
  EXPECT_FALSE(truth_and_bias(flat, more));
  EXPECT_FALSE(truth_and_bias(more, flat));
  EXPECT_FALSE(directional_discrepancy(flat, flat)->t);
  EXPECT_EQ(directional_discrepancy(flat, flat)->mean, 0);
}

}  // namespace agreement_tests
