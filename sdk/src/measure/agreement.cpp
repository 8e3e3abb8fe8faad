// SPDX-License-Identifier: Apache-2.0
#include "measure/agreement.h"

#include <algorithm>

#include "measure/statistics.h"

namespace alliance::measure {
namespace {

RunningLine second_on_first(Series first, Series second) {
  RunningLine line;
  const std::vector<double> pairs = pairs_of(first, second);
  for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) line.add(pairs[i], pairs[i + 1]);
  return line;
}

}  // namespace

std::vector<double> pairs_of(Series first, Series second) {
  std::vector<double> pairs;
  for (std::size_t i = 0; i < std::min(first.size(), second.size()); ++i) {
    if (std::isfinite(first[i]) && std::isfinite(second[i])) pairs.insert(pairs.end(), {first[i], second[i]});
  }
  return pairs;
}

std::optional<Discrepancy> directional_discrepancy(Series first, Series second) {
  Running differences;
  const std::vector<double> pairs = pairs_of(first, second);
  for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) differences.add(pairs[i + 1] - pairs[i]);
  const auto sd = differences.standard_deviation();
  if (!sd) return std::nullopt;
  const auto n = static_cast<double>(differences.count());
  Discrepancy found{differences.count(), differences.mean(), *sd};
  found.degrees = n - 1;
  if (*sd > 0) {
    found.t = found.mean / (*sd / std::sqrt(n));
    found.p = student_t_two_sided(*found.t, found.degrees);
  }
  return found;
}

std::optional<double> lins_concordance(Series first, Series second) {
  const RunningLine line = second_on_first(first, second);
  const auto n = static_cast<double>(line.count());
  const double apart = line.mean_x() - line.mean_y();
  const double spread = line.sum_xx() / n + line.sum_yy() / n + apart * apart;
  if (line.count() < 2 || !(spread > 0)) return std::nullopt;
  return 2 * line.sum_xy() / n / spread;
}

std::optional<TruthAndBias> truth_and_bias(Series first, Series second) {
  const RunningLine line = second_on_first(first, second);
  const auto truth = line.slope(), r = line.correlation();
  if (line.count() < 3 || !truth || !r) return std::nullopt;
  return TruthAndBias{line.count(), line.mean_y() - line.mean_x(), *truth, *r};
}

std::optional<Convergence> convergence(Series times, Series first, Series second) {
  RunningLine line;
  for (std::size_t i = 0; i < std::min({times.size(), first.size(), second.size()}); ++i) {
    const double apart = std::fabs(first[i] - second[i]);
    if (std::isfinite(times[i]) && std::isfinite(apart)) line.add(times[i], apart);
  }
  const auto slope = line.slope(), residual_sd = line.residual_sd();
  if (!slope || !residual_sd) return std::nullopt;
  Convergence found{line.count(), *slope};
  if (*residual_sd > 0) {
    found.t = *slope * std::sqrt(line.sum_xx()) / *residual_sd;
    found.p = student_t_two_sided(*found.t, static_cast<double>(line.count() - 2));
  }
  return found;
}

}  // namespace alliance::measure
