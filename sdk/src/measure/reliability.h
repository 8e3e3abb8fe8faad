// SPDX-License-Identifier: Apache-2.0
// How well the items of a scale hang together in a sample. A figure that the sample cannot give is absent.
#pragma once

#include <optional>
#include <vector>

#include "measure/sample.h"

namespace alliance::measure {

// Of every item with every other: variances with n - 1, row-major, items * items. Empty for fewer than two rows.
std::vector<double> covariances(const Sample& sample);
// Pearson's, from covariances. Absent where an item never moves.
std::optional<std::vector<double>> correlations(const std::vector<double>& covariances, std::size_t items);

// Cronbach 1951 (doi 10.1007/BF02310555): k/(k-1) * (1 - sum of the items' variances / variance of their sum).
// Absent for fewer than two items or rows, or where the sum never moves. It may be below 0.
std::optional<double> alpha(const std::vector<double>& covariances, std::size_t items);
// The same of standardised items: k * r / (1 + (k-1) * r), with the mean correlation r.
std::optional<double> standardised_alpha(double mean_correlation, std::size_t items);
// Feldt, Woodruff and Salih 1987 (doi 10.1177/014662168701100107): 1 - (1 - alpha) * F, with F of n-1 and
// (n-1)(k-1) degrees of freedom. `level` such as 0.95. Absent for fewer than two rows or items.
std::optional<Interval> feldt_interval(double alpha, std::size_t rows, std::size_t items, double level);

struct ItemFigures {
  double mean = 0;
  std::optional<double> sd{};
  std::optional<double> corrected_r{};       // with the sum of the other items
  std::optional<double> alpha_if_dropped{};  // of the others; from three items on
};

struct Reliability {
  std::size_t rows = 0, items = 0;
  double mean = 0;  // of the sums; 0 without rows
  std::optional<double> sd{}, alpha{}, standardised_alpha{}, mean_correlation{};
  std::optional<Interval> alpha_interval{};
  std::vector<ItemFigures> each;
};
Reliability reliability(const Sample& sample, double level);

}  // namespace alliance::measure
