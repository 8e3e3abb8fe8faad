// SPDX-License-Identifier: Apache-2.0
// Jacobson and Truax 1991 against worked examples (clinical.md 2.5).
#include <gtest/gtest.h>

#include <cmath>

#include "measure/reliable_change.h"

using namespace alliance::measure;

namespace reliable_change_tests {

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

// The published example of the R package clinicalsignificance on its set claus_2020: reliability .801,
// functional 7.69 (7.52), 35.475 (8.15864) before treatment.
TEST(ReliableChange, ThePublishedExampleOfClaus2020) {
  EXPECT_NEAR(standard_error_of_difference(8.15864, 0.801), 5.147063, 5e-6);
  EXPECT_NEAR(clinical_cutoffs({35.475, 8.15864}, {7.69, 7.52}).c, 21.01661, 5e-5);
  EXPECT_NEAR(reliable_change_index(6, 0, 8.15864, 0.801), -1.165713336, 1e-6);
  EXPECT_NEAR(reliable_change_index(7, 0, 8.15864, 0.801), -1.359998892, 1e-6);
  EXPECT_NEAR(reliable_change_index(10, 0, 8.15864, 0.801), -1.942855560, 1e-6);
}

TEST(ReliableChange, TheComparatorAndTheConstantAreExplicit) {
  EXPECT_TRUE(reliably_changed(12, 6, 6, Comparator::at_least));
  EXPECT_FALSE(reliably_changed(12, 6, 6, Comparator::more_than));
  EXPECT_TRUE(reliably_changed(0.3, 0.2, 0.1, Comparator::at_least));
  EXPECT_FALSE(reliably_changed(0.1 + 0.2, 0.2, 0.1, Comparator::more_than));
  EXPECT_NEAR(reliable_change_threshold(10.5, 0.931), 7.645131, 5e-7);
  EXPECT_NEAR(reliable_change_threshold(10.5, 0.931, 1.959963984540), 7.644990, 1e-5);
  EXPECT_TRUE(std::isnan(reliable_change_threshold(0, 0.9)));
  EXPECT_FALSE(reliably_changed(0, 100, reliable_change_threshold(10, 1), Comparator::more_than));
}

TEST(ReliableChange, CutoffsOfEitherDirection) {
  const Cutoffs down = clinical_cutoffs({30, 5}, {10, 4});
  EXPECT_DOUBLE_EQ(down.a, 20);
  EXPECT_DOUBLE_EQ(down.b, 18);
  EXPECT_DOUBLE_EQ(down.c, (5 * 10.0 + 4 * 30) / 9);
  const Cutoffs up = clinical_cutoffs({-30, 5}, {-10, 4});
  EXPECT_DOUBLE_EQ(up.a, -down.a);
  EXPECT_DOUBLE_EQ(up.b, -down.b);
  EXPECT_DOUBLE_EQ(up.c, -down.c);
}

TEST(ReliableChange, TheClassesOfChange) {
  const OutcomeRule depression{.threshold = 10, .cutoff = 21, .higher_is_better = false};
  EXPECT_EQ(outcome(35, 12, depression), Outcome::recovered);
  EXPECT_EQ(outcome(40, 25, depression), Outcome::improved);
  EXPECT_EQ(outcome(20, 8, depression), Outcome::improved);  // was never on the clinical side
  EXPECT_EQ(outcome(31, 21, depression), Outcome::unchanged);
  EXPECT_EQ(outcome(31.5, 21, depression), Outcome::improved);  // on the cut-off is not across it
  EXPECT_EQ(outcome(25, 40, depression), Outcome::deteriorated);
  EXPECT_EQ(outcome(12, 35, depression), Outcome::harmed);
  EXPECT_EQ(outcome(24, 20, depression), Outcome::unchanged);
  EXPECT_FALSE(outcome(std::nan(""), 20, depression));
  const OutcomeRule wellbeing{.threshold = 3, .comparator = Comparator::at_least, .cutoff = 20};
  EXPECT_EQ(outcome(18, 21, wellbeing), Outcome::recovered);
  EXPECT_EQ(outcome(21, 18, wellbeing), Outcome::harmed);
}

TEST(ReliableChange, AChangeIsSaidWhereItBegins) {
  const std::vector<double> scores = {50, 49, 41, std::nan(""), 40, 48, 41, 60};
  const auto places = [&](Reference reference) {
    std::vector<std::size_t> at;
    for (const Change& change : reliable_changes(scores, {8, Comparator::at_least, reference})) at.push_back(change.at);
    return at;
  };
  using At = std::vector<std::size_t>;
  EXPECT_EQ(places(Reference::first), (At{2, 6, 7}));
  EXPECT_EQ(places(Reference::previous), (At{2, 5, 7}));
  EXPECT_EQ(places(Reference::highest), (At{2, 6, 7}));
  EXPECT_TRUE(reliable_changes(scores, {0}).empty());
  EXPECT_TRUE(reliable_changes({}, {8}).empty());
}

}  // namespace reliable_change_tests
