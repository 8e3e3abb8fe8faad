// SPDX-License-Identifier: Apache-2.0
#include "measure/reliability.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "measure/statistics.h"

namespace alliance::measure {
namespace {

std::vector<double> means(const Sample& sample) {
  std::vector<double> found(sample.items);
  for (std::size_t row = 0; row < sample.rows(); ++row) {
    for (std::size_t i = 0; i < sample.items; ++i) {
      found[i] += (sample.at(row, i) - found[i]) / static_cast<double>(row + 1);
    }
  }
  return found;
}

double total(const std::vector<double>& covariances) {
  return std::accumulate(covariances.begin(), covariances.end(), 0.0);
}

double trace(const std::vector<double>& covariances, std::size_t items) {
  double sum = 0;
  for (std::size_t i = 0; i < items; ++i) sum += covariances[i * items + i];
  return sum;
}

// Alpha from the sum of all covariances and of the variances alone.
std::optional<double> alpha_of(double all, double own, std::size_t items) {
  // A sum that does not move leaves rounding of the size of what cancelled.
  if (items < 2 || !(all > 1e-12 * own)) return std::nullopt;
  const auto k = static_cast<double>(items);
  return k / (k - 1) * (1 - own / all);
}

}  // namespace

std::vector<double> covariances(const Sample& sample) {
  const std::size_t k = sample.items, n = sample.rows();
  if (n < 2) return {};
  const std::vector<double> mean = means(sample);
  std::vector<double> found(k * k), away(k);
  for (std::size_t row = 0; row < n; ++row) {
    for (std::size_t i = 0; i < k; ++i) away[i] = sample.at(row, i) - mean[i];
    for (std::size_t i = 0; i < k; ++i) {
      for (std::size_t j = i; j < k; ++j) found[i * k + j] += away[i] * away[j];
    }
  }
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = i; j < k; ++j) {
      found[i * k + j] /= static_cast<double>(n - 1);
      found[j * k + i] = found[i * k + j];
    }
  }
  return found;
}

std::optional<std::vector<double>> correlations(const std::vector<double>& covariances, std::size_t items) {
  if (covariances.empty()) return std::nullopt;
  std::vector<double> found(covariances);
  for (std::size_t i = 0; i < items; ++i) {
    if (!(covariances[i * items + i] > 0)) return std::nullopt;
  }
  for (std::size_t i = 0; i < items; ++i) {
    for (std::size_t j = 0; j < items; ++j) {
      const double both = std::sqrt(covariances[i * items + i]) * std::sqrt(covariances[j * items + j]);
      found[i * items + j] = i == j ? 1 : std::clamp(covariances[i * items + j] / both, -1.0, 1.0);
    }
  }
  return found;
}

std::optional<double> alpha(const std::vector<double>& covariances, std::size_t items) {
  return alpha_of(total(covariances), trace(covariances, items), items);
}

std::optional<double> standardised_alpha(double mean_correlation, std::size_t items) {
  const auto k = static_cast<double>(items);
  const double below = 1 + (k - 1) * mean_correlation;
  if (items < 2 || !(below > 1e-12)) return std::nullopt;
  return k * mean_correlation / below;
}

std::optional<Interval> feldt_interval(double alpha, std::size_t rows, std::size_t items, double level) {
  if (rows < 2 || items < 2) return std::nullopt;
  const auto n = static_cast<double>(rows - 1), k = static_cast<double>(items - 1);
  const auto high = f_quantile((1 + level) / 2, n, n * k), low = f_quantile((1 - level) / 2, n, n * k);
  if (!high || !low) return std::nullopt;
  return Interval{1 - (1 - alpha) * *high, 1 - (1 - alpha) * *low};
}

Reliability reliability(const Sample& sample, double level) {
  const std::size_t k = sample.items;
  Reliability found;
  found.rows = sample.rows();
  found.items = k;
  found.each.resize(k);
  const std::vector<double> mean = means(sample), covariance = covariances(sample);
  found.mean = std::accumulate(mean.begin(), mean.end(), 0.0);
  for (std::size_t i = 0; i < k; ++i) found.each[i].mean = mean[i];
  if (covariance.empty()) return found;

  const double all = total(covariance), own = trace(covariance, k);
  found.sd = std::sqrt(std::max(0.0, all));
  found.alpha = alpha_of(all, own, k);
  if (found.alpha) found.alpha_interval = feldt_interval(*found.alpha, found.rows, k, level);
  if (const auto r = correlations(covariance, k); r && k > 1) {
    const auto pairs = static_cast<double>(k * (k - 1));
    found.mean_correlation = (total(*r) - static_cast<double>(k)) / pairs;
    found.standardised_alpha = standardised_alpha(*found.mean_correlation, k);
  }
  for (std::size_t i = 0; i < k; ++i) {
    const double variance = covariance[i * k + i];
    const auto row = covariance.begin() + static_cast<std::ptrdiff_t>(i * k);
    const double with_all = std::accumulate(row, row + static_cast<std::ptrdiff_t>(k), 0.0);
    const double rest = all - 2 * with_all + variance;  // the variance of the sum of the others
    found.each[i].sd = std::sqrt(variance);
    if (k > 1 && variance > 0 && rest > 1e-12 * (own - variance)) {
      found.each[i].corrected_r = std::clamp((with_all - variance) / std::sqrt(variance) / std::sqrt(rest), -1.0, 1.0);
    }
    if (k > 2) found.each[i].alpha_if_dropped = alpha_of(rest, own - variance, k - 1);
  }
  return found;
}

}  // namespace alliance::measure
