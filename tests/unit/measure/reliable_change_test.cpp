// SPDX-License-Identifier: Apache-2.0
// Jacobson and Truax 1991 against worked examples (clinical.md 2.5).
#include <gtest/gtest.h>

#include <cmath>

#include "measure/signals.h"

using namespace alliance::measure;

namespace {

TEST(ReliableChange, TheIllustrativeCaseOfJacobsonAndTruax) {
  EXPECT_NEAR(standard_error(7.5, 0.80), 3.354102, 5e-7);
  EXPECT_NEAR(standard_error_of_difference(7.5, 0.80), 4.743416, 5e-7);
  EXPECT_NEAR(reliable_change_index(32.5, 47.5, 7.5, 0.80), 3.162278, 5e-7);
  EXPECT_NEAR(reliable_change_index(47.5, 32.5, 7.5, 0.80), -3.162278, 5e-7);
  const Cutoffs cut = clinical_cutoffs({40, 7.5}, {60, 7.5});
  EXPECT_DOUBLE_EQ(cut.a, 55);
  EXPECT_DOUBLE_EQ(cut.b, 45);
  EXPECT_DOUBLE_EQ(cut.c, 50);
}

TEST(ReliableChange, ThePublishedOutputOfSuddengains) {
  EXPECT_NEAR(standard_error(10.5, 0.931), 2.758124, 5e-7);
  EXPECT_NEAR(standard_error_of_difference(10.5, 0.931), 3.900577, 5e-7);
  EXPECT_NEAR(1.96 * standard_error_of_difference(10.5, 0.931), 7.645131, 5e-7);
  EXPECT_NEAR(standard_error(6.396073, 0.931), 1.680111, 5e-7);
  EXPECT_NEAR(standard_error_of_difference(6.396073, 0.931), 2.376036, 5e-7);
  EXPECT_NEAR(1.96 * standard_error_of_difference(6.396073, 0.931), 4.657030, 5e-7);
}

// BDI-II of claus_2020: lower is better, so the functional mean lies below the clinical one.
TEST(ReliableChange, CutoffsOfClaus2020) {
  const Cutoffs cut = clinical_cutoffs({35.475, 8.15864}, {7.69, 7.52});
  EXPECT_NEAR(cut.c, 21.01661, 1e-5);  // the norms are published with four decimals
  EXPECT_NEAR(cut.a, 35.475 - 2 * 8.15864, 1e-12);
  EXPECT_NEAR(cut.b, 7.69 + 2 * 7.52, 1e-12);
  EXPECT_NEAR(standard_error_of_difference(8.15864, 0.801), 5.147063, 5e-6);
}

TEST(ReliableChange, TheComparatorDecidesAtTheThreshold) {
  EXPECT_TRUE(reliably_changed(15, 9, 6, Comparator::at_least));
  EXPECT_FALSE(reliably_changed(15, 9, 6, Comparator::more_than));
  EXPECT_TRUE(reliably_changed(15, 8, 6, Comparator::more_than));
  EXPECT_TRUE(reliably_changed(9, 15, 6, Comparator::at_least));
  EXPECT_FALSE(reliably_changed(10, 9, 6, Comparator::at_least));
}

TEST(ReliableChange, WhatCannotBeJudgedIsNoChange) {
  EXPECT_FALSE(reliably_changed(15, 0, 0, Comparator::at_least));
  EXPECT_FALSE(reliably_changed(15, 0, std::nan(""), Comparator::at_least));
  EXPECT_FALSE(reliably_changed(std::nan(""), 0, 6, Comparator::at_least));
  for (const double reliability : {1.0, 1.1, -0.1, std::nan("")}) {
    EXPECT_TRUE(std::isnan(reliable_change_index(32.5, 47.5, 7.5, reliability))) << reliability;
  }
  EXPECT_TRUE(std::isnan(reliable_change_index(32.5, 47.5, 0, 0.8)));
}

}  // namespace
