// SPDX-License-Identifier: Apache-2.0
#include "measure/icc.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "measure/statistics.h"

namespace alliance::measure {
namespace {

// The mean squares of a two-way table.
struct Squares {
  double targets = 0, raters = 0, within = 0, error = 0;
  double n = 0, k = 0;
};

Squares squares(const Sample& sample) {
  Squares found;
  const std::size_t n = sample.rows(), k = sample.items;
  found.n = static_cast<double>(n);
  found.k = static_cast<double>(k);
  const double grand = summary(sample.values).mean();
  std::vector<double> target(n), rater(k);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < k; ++j) {
      target[i] += (sample.at(i, j) - grand) / found.k;
      rater[j] += (sample.at(i, j) - grand) / found.n;
    }
  }
  double between = 0, columns = 0, within = 0, error = 0;
  for (std::size_t i = 0; i < n; ++i) {
    between += target[i] * target[i];
    for (std::size_t j = 0; j < k; ++j) {
      const double away = sample.at(i, j) - grand - target[i];
      within += away * away;
      error += (away - rater[j]) * (away - rater[j]);
    }
  }
  for (const double one : rater) columns += one * one;
  found.targets = found.k * between / (found.n - 1);
  found.raters = found.n * columns / (found.k - 1);
  found.within = within / (found.n * (found.k - 1));
  found.error = error / ((found.n - 1) * (found.k - 1));
  // What is left where the raters agree but for a constant is rounding.
  if (found.error <= 1e-24 * (found.targets + grand * grand)) found.error = 0;
  if (found.within <= 1e-24 * (found.targets + grand * grand)) found.within = 0;
  return found;
}

std::optional<double> share(double part, double whole) {
  return whole > 0 ? std::optional(part / whole) : std::nullopt;
}

// At the lowest figure that there can be, -1/(k-1), a mean of k has no bound.
std::optional<Interval> finite(double lower, double upper) {
  if (!std::isfinite(lower) || !std::isfinite(upper)) return std::nullopt;
  return Interval{lower, upper};
}

// Of one rater, from F = MS of the targets / MS of what they are held against.
std::optional<Interval> simple_interval(double f, double d1, double d2, double k, double level) {
  const auto down = f_quantile((1 + level) / 2, d1, d2), up = f_quantile((1 + level) / 2, d2, d1);
  if (!down || !up) return std::nullopt;
  const double low = f / *down, high = f * *up;
  return finite((low - 1) / (low + k - 1), (high - 1) / (high + k - 1));
}

// Of ICC(2,1), by the approximate degrees of freedom of Satterthwaite.
std::optional<Interval> random_interval(const Squares& s, double icc, double level) {
  const double f = s.raters / s.error;
  const double a = s.k * icc, b = s.n * (1 + (s.k - 1) * icc) - a;
  const double top = a * f + b, above = (s.k - 1) * (s.n - 1) * top * top;
  const double below = (s.n - 1) * a * a * f * f + b * b;
  const auto up = f_quantile((1 + level) / 2, s.n - 1, above / below);
  const auto down = f_quantile((1 + level) / 2, above / below, s.n - 1);
  if (!up || !down) return std::nullopt;
  const double rest = s.k * s.raters + (s.k * s.n - s.k - s.n) * s.error;
  return finite(s.n * (s.targets - *up * s.error) / (*up * rest + s.n * s.targets),
                s.n * (*down * s.targets - s.error) / (rest + s.n * *down * s.targets));
}

// Spearman and Brown: from one rater to the mean of k.
std::optional<Interval> of_mean(const std::optional<Interval>& one, double k) {
  if (!one) return std::nullopt;
  const auto step_up = [&](double icc) { return icc * k / (1 + icc * (k - 1)); };
  return finite(step_up(one->lower), step_up(one->upper));
}

}  // namespace

std::optional<std::array<Icc, 6>> intraclass_correlations(const Sample& sample, double level) {
  if (sample.rows() < 2 || sample.items < 2) return std::nullopt;
  const auto [least, most] = std::minmax_element(sample.values.begin(), sample.values.end());
  if (*least == *most) return std::nullopt;
  const Squares s = squares(sample);
  const double n = s.n, k = s.k;
  const double shift = k * (s.raters - s.error) / n;
  const double one = s.targets + (k - 1) * s.within, two = s.targets + (k - 1) * s.error + shift;
  const double three = s.targets + (k - 1) * s.error;
  std::array<Icc, 6> found = {{{"ICC(1,1)", "each target has raters of its own; one rating"},
                               {"ICC(2,1)", "raters drawn at random, agreement; one rating"},
                               {"ICC(3,1)", "these very raters, consistency; one rating"},
                               {"ICC(1,k)", "each target has raters of its own; the mean of k"},
                               {"ICC(2,k)", "raters drawn at random, agreement; the mean of k"},
                               {"ICC(3,k)", "these very raters, consistency; the mean of k"}}};
  found[0].value = share(s.targets - s.within, one);
  found[1].value = share(s.targets - s.error, two);
  found[2].value = share(s.targets - s.error, three);
  found[3].value = share(s.targets - s.within, s.targets);
  found[4].value = share(s.targets - s.error, s.targets + (s.raters - s.error) / n);
  found[5].value = share(s.targets - s.error, s.targets);
  for (std::size_t i = 0; i < 3; ++i) {
    Icc& single = found[i];
    const double against = i == 0 ? s.within : s.error;
    single.degrees_1 = n - 1;
    single.degrees_2 = i == 0 ? n * (k - 1) : (n - 1) * (k - 1);
    if (against > 0 && single.value) {
      single.f = s.targets / against;
      single.interval = i == 1 ? random_interval(s, *single.value, level)
                               : simple_interval(*single.f, single.degrees_1, single.degrees_2, k, level);
    }
    Icc& mean = found[i + 3];
    mean.f = single.f;
    mean.degrees_1 = single.degrees_1;
    mean.degrees_2 = single.degrees_2;
    mean.interval = of_mean(single.interval, k);
  }
  return found;
}

}  // namespace alliance::measure
