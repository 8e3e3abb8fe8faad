// SPDX-License-Identifier: Apache-2.0
#include "measure/trend.h"

#include <algorithm>

#include "measure/statistics.h"

namespace alliance::measure {
namespace {

RunningLine through(Series x, Series y) {
  RunningLine line;
  for (std::size_t i = 0; i < std::min(x.size(), y.size()); ++i) {
    if (std::isfinite(x[i]) && std::isfinite(y[i])) line.add(x[i], y[i]);
  }
  return line;
}

// How far a point lies above a line, without losing digits to an intercept far away.
double above(const RunningLine& line, double x, double y) {
  return y - line.mean_y() - *line.slope() * (x - line.mean_x());
}

}  // namespace

std::optional<Line> line_through(Series x, Series y) {
  const RunningLine line = through(x, y);
  const auto slope = line.slope(), residual_sd = line.residual_sd();
  if (!slope || !residual_sd) return std::nullopt;
  return Line{line.mean_y() - *slope * line.mean_x(), *slope,        *residual_sd,
              static_cast<double>(line.count()),      line.mean_x(), line.sum_xx()};
}

std::optional<Expected> expected_at(const Line& line, double x, double level) {
  if (!(line.points >= 3) || !(line.residual_sd >= 0) || !(line.sum_xx > 0) || !std::isfinite(x)) return std::nullopt;
  const auto t = student_t_quantile((1 + level) / 2, line.points - 2);
  if (!t || !(level > 0)) return std::nullopt;
  const double away = x - line.mean_x;
  const double half = *t * line.residual_sd * std::sqrt(1 + 1 / line.points + away * away / line.sum_xx);
  const double value = line.intercept + line.slope * x;
  return Expected{value, value - half, value + half};
}

std::vector<OffTrack> off_track(Series x, Series series, const Line& line, double level) {
  std::vector<OffTrack> found;
  for (std::size_t i = 0; i < std::min(x.size(), series.size()); ++i) {
    if (!std::isfinite(series[i])) continue;
    const auto expected = expected_at(line, x[i], level);
    if (expected && below(series[i], expected->lower)) found.push_back({i, series[i], *expected});
  }
  return found;
}

std::vector<Residual> trend_residuals(Series times, Series series, const TrendRule& rule) {
  std::vector<Residual> found;
  if (!(rule.k > 0)) return found;
  const auto fewest = static_cast<std::size_t>(std::max(rule.baseline, 3));
  RunningLine line = rule.spread == Spread::all ? through(times, series) : RunningLine();
  for (std::size_t i = 0; i < std::min(times.size(), series.size()); ++i) {
    if (!std::isfinite(times[i]) || !std::isfinite(series[i])) continue;
    if (line.count() >= fewest && line.residual_sd()) {
      const double residual = above(line, times[i], series[i]), expected = series[i] - residual;
      const double threshold = std::max(rule.k * *line.residual_sd(), rule.least);
      if (residual <= -rule.least && below(series[i], expected - rule.k * *line.residual_sd())) {
        found.push_back({i, series[i], expected, residual, threshold});
      }
    }
    if (rule.spread == Spread::before) line.add(times[i], series[i]);
  }
  return found;
}

}  // namespace alliance::measure
