// SPDX-License-Identifier: Apache-2.0
#include "measure/one_factor.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "measure/matrix.h"

namespace alliance::measure {
namespace {

using Vector = std::vector<double>;

tl::unexpected<Failure> no_factor(std::string why) { return fail(ALLIANCE_E_UNSUPPORTED, std::move(why)); }

Result<void> enough_items(std::size_t items) {
  if (items < 3) return no_factor("one factor takes three items at least");
  if (items > most_items)
    return no_factor("one factor is estimated for up to " + std::to_string(most_items) + " items");
  return {};
}

Result<OneFactor> finished(Vector loadings, int iterations) {
  OneFactor found;
  found.loadings = std::move(loadings);
  found.iterations = iterations;
  if (std::accumulate(found.loadings.begin(), found.loadings.end(), 0.0) < 0) {
    for (double& loading : found.loadings) loading = -loading;
  }
  for (std::size_t i = 0; i < found.loadings.size(); ++i) {
    const double left = 1 - found.loadings[i] * found.loadings[i];
    if (!(left > least_uniqueness * (1 + 1e-9))) {
      return no_factor("a Heywood case: nothing of item " + std::to_string(i + 1) +
                       " is left to itself, so one factor does not describe these items");
    }
    found.uniquenesses.push_back(left);
  }
  return found;
}

// ---- Maximum likelihood ---------------------------------------------------------------------------

// What is minimised, at one vector of uniquenesses.
struct At {
  double value = 0;
  Vector loadings, gradient;
};

At evaluate(const Vector& r, double log_determinant, const Vector& unique) {
  const std::size_t k = unique.size();
  Vector scaled(k * k);
  double trace = 0, logs = 0;
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = 0; j < k; ++j) scaled[i * k + j] = r[i * k + j] / std::sqrt(unique[i] * unique[j]);
    trace += scaled[i * k + i];
    logs += std::log(unique[i]);
  }
  const EigenPair first = largest_eigenpair(std::move(scaled), k);
  At at;
  at.value = trace - first.value - (log_determinant - logs - std::log(first.value)) - static_cast<double>(k - 1);
  const double stretch = std::sqrt(std::max(0.0, first.value - 1));
  for (std::size_t i = 0; i < k; ++i) {
    const double loading = std::sqrt(unique[i]) * first.vector[i] * stretch;
    at.loadings.push_back(loading);
    at.gradient.push_back((loading * loading + unique[i] - r[i * k + i]) / (unique[i] * unique[i]));
  }
  return at;
}

// Which uniquenesses are free to move: not those at a bound whose gradient pushes them out.
std::vector<std::size_t> free_ones(const Vector& unique, const Vector& gradient) {
  std::vector<std::size_t> free;
  for (std::size_t i = 0; i < unique.size(); ++i) {
    const bool held = (unique[i] <= least_uniqueness && gradient[i] > 0) || (unique[i] >= 1 && gradient[i] < 0);
    if (!held) free.push_back(i);
  }
  return free;
}

// A Newton step with the approximate second derivatives of Lawley and Maxwell 1971: the squares of
// U^-1 - U^-1 l l' U^-1 / (l' U^-1 l).
Vector step(const Vector& unique, const At& at, const std::vector<std::size_t>& free) {
  const std::size_t k = unique.size(), m = free.size();
  double weight = 0;
  for (std::size_t i = 0; i < k; ++i) weight += at.loadings[i] * at.loadings[i] / unique[i];
  Vector second(m * m), right(m);
  for (std::size_t a = 0; a < m; ++a) {
    const std::size_t i = free[a];
    right[a] = -at.gradient[i];
    for (std::size_t b = 0; b < m; ++b) {
      const std::size_t j = free[b];
      double value = i == j ? 1 / unique[i] : 0;
      if (weight > 0) value -= at.loadings[i] * at.loadings[j] / (unique[i] * unique[j] * weight);
      second[a * m + b] = value * value;
    }
  }
  double ridge = 0;
  for (int tries = 0; tries < 30; ++tries) {
    Vector steadied = second;
    for (std::size_t a = 0; a < m; ++a) steadied[a * m + a] *= 1 + ridge;
    if (const auto factor = cholesky(steadied, m)) return solve(*factor, right);
    ridge = ridge == 0 ? 1e-8 : ridge * 10;
  }
  return right;
}

}  // namespace

Result<OneFactor> one_factor_ml(const std::vector<double>& r, std::size_t items) {
  if (auto enough = enough_items(items); !enough) return tl::unexpected(enough.error());
  const auto factor = cholesky(r, items);
  if (!factor) {
    return no_factor(
        "the correlations cannot be inverted: are there fewer people than items, or is an item a sum of "
        "others?");
  }
  double log_determinant = 0;
  Vector unique(items);
  for (std::size_t i = 0; i < items; ++i) {
    log_determinant += 2 * std::log((*factor)[i * items + i]);
    Vector one(items);
    one[i] = 1;
    // The start of R's factanal: from what the other items leave unexplained.
    const double unexplained = 1 / solve(*factor, one)[i];
    unique[i] = std::clamp((1 - 0.5 / static_cast<double>(items)) * unexplained, least_uniqueness, 1.0);
  }
  At at = evaluate(r, log_determinant, unique);
  constexpr int most_iterations = 1000;
  for (int iteration = 1; iteration <= most_iterations; ++iteration) {
    const auto free = free_ones(unique, at.gradient);
    const Vector move = step(unique, at, free);
    double length = 1, moved = 0;
    Vector next;
    At there;
    for (int tries = 0; tries < 40; ++tries, length /= 2) {
      next = unique;
      moved = 0;
      for (std::size_t a = 0; a < free.size(); ++a) {
        double& value = next[free[a]];
        value = std::clamp(value + length * move[a], least_uniqueness, 1.0);
        moved = std::max(moved, std::fabs(value - unique[free[a]]));
      }
      there = evaluate(r, log_determinant, next);
      if (there.value <= at.value + 1e-13) break;
    }
    if (there.value > at.value + 1e-13) break;
    unique = std::move(next);
    at = std::move(there);
    if (moved < 1e-11) return finished(at.loadings, iteration);
  }
  return no_factor("the maximum of the likelihood was not found");
}

// ---- Minimal residuals -----------------------------------------------------------------------------

Result<OneFactor> one_factor_minres(const std::vector<double>& r, std::size_t items) {
  if (auto enough = enough_items(items); !enough) return tl::unexpected(enough.error());
  const EigenPair first = largest_eigenpair(r, items);
  Vector loadings = first.vector;
  for (double& loading : loadings) loading *= std::sqrt(std::max(0.0, first.value));
  constexpr int most_sweeps = 20000;
  double squares = std::inner_product(loadings.begin(), loadings.end(), loadings.begin(), 0.0);
  for (int sweep = 1; sweep <= most_sweeps; ++sweep) {
    double moved = 0;
    for (std::size_t i = 0; i < items; ++i) {
      // The best loading of one item, with those of the others held.
      double product = 0;
      for (std::size_t j = 0; j < items; ++j) product += j == i ? 0 : r[i * items + j] * loadings[j];
      const double others = squares - loadings[i] * loadings[i];
      if (!(others > 1e-12)) return no_factor("no item loads on a common factor");
      const double better = product / others;
      moved = std::max(moved, std::fabs(better - loadings[i]));
      loadings[i] = better;
      squares = others + better * better;
    }
    if (!(squares < 1e6)) break;
    if (moved < 1e-12) return finished(std::move(loadings), sweep);
  }
  return no_factor("minimal residuals did not settle: one factor does not describe these items");
}

double omega(const OneFactor& factor) {
  const double common = std::accumulate(factor.loadings.begin(), factor.loadings.end(), 0.0);
  const double rest = std::accumulate(factor.uniquenesses.begin(), factor.uniquenesses.end(), 0.0);
  return common * common / (common * common + rest);
}

}  // namespace alliance::measure
