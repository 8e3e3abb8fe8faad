// SPDX-License-Identifier: Apache-2.0
// One common factor behind the items of a scale, and McDonald's omega from it. The two estimators differ in the
// second digit on ordinary data: an omega without its estimator's name says too little.
#pragma once

#include <vector>

#include "common/result.h"

namespace alliance::measure {

struct OneFactor {
  std::vector<double> loadings;      // standardised; their sum is not below 0
  std::vector<double> uniquenesses;  // 1 - loading^2
  int iterations = 0;
};

// Uniquenesses below this are no estimate: a Heywood case (R's factanal and psych stop there as well).
inline constexpr double least_uniqueness = 0.005;
inline constexpr std::size_t most_items = 200;

// Both take correlations, row-major, items * items. ALLIANCE_E_UNSUPPORTED with a sentence, where items are
// named by their number from 1: fewer than three items or more than most_items, a Heywood case, no
// convergence; for maximum likelihood also a matrix that cannot be inverted, as when there are fewer people
// than items or an item is a sum of others.

// Maximum likelihood (Joereskog 1967, doi 10.1007/BF02289658): the uniquenesses that minimise
// sum(l - log l) - (k-1) over all eigenvalues l but the first of U^-1/2 R U^-1/2; R's factanal.
Result<OneFactor> one_factor_ml(const std::vector<double>& correlations, std::size_t items);
// Minimal residuals (Harman and Jones 1966, doi 10.1007/BF02289468): the loadings that minimise the sum of
// squared residuals off the diagonal; psych's fa(fm = "minres").
Result<OneFactor> one_factor_minres(const std::vector<double>& correlations, std::size_t items);

// McDonald 1999: (sum of loadings)^2 / ((sum of loadings)^2 + sum of uniquenesses). It is that of the sum of the
// items as they are keyed: an item with a negative loading lowers it, and may have been left unreversed.
double omega(const OneFactor& factor);

}  // namespace alliance::measure
