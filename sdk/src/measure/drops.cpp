// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "measure/signals.h"

namespace alliance::measure {
namespace {

std::vector<std::size_t> finite_points(std::span<const Point> series) {
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < series.size(); ++i) {
    if (std::isfinite(series[i].value)) indices.push_back(i);
  }
  return indices;
}

// With n-1; nothing for fewer than two values. Two passes: exact 0 for a series that never moves.
std::optional<double> standard_deviation(std::span<const double> values) {
  if (values.size() < 2) return std::nullopt;
  double sum = 0;
  for (const double value : values) sum += value;
  const double mean = sum / static_cast<double>(values.size());
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

}  // namespace

std::vector<Drop> drops(std::span<const Point> series, const DropRule& rule) {
  std::vector<Drop> found;
  if (!(rule.k > 0)) return found;
  const std::vector<std::size_t> points = finite_points(series);
  std::vector<double> scores;
  for (const std::size_t point : points) scores.push_back(series[point].value);
  const std::span<const double> all(scores);
  for (auto t = static_cast<std::size_t>(std::max(rule.baseline, 1)); t < points.size(); ++t) {
    const auto within = standard_deviation(rule.spread == Spread::all ? all : all.first(t));
    if (!within && !rule.between_sd) continue;
    const double sd = std::max(within.value_or(0), rule.between_sd.value_or(0));
    const double threshold = std::max(rule.k * sd, rule.least);
    const double change = scores[t] - scores[t - 1];
    if (change >= 0 || change > -threshold) continue;
    found.push_back({points[t], scores[t - 1], scores[t], change, threshold, sd});
  }
  return found;
}

RepairOutcome repair(std::span<const Point> series, const Drop& drop, const RepairRule& rule) {
  const double goal =
      rule.back == Back::midpoint ? (drop.before + drop.now) / 2 : drop.before - rule.tolerance_sd * drop.sd;
  RepairOutcome outcome{Repair::open, drop.at};
  int seen = 0;
  for (std::size_t i = drop.at + 1; i < series.size(); ++i) {
    if (!std::isfinite(series[i].value)) continue;
    const double value = series[i].value;
    if (rule.back == Back::midpoint ? value > goal : value >= goal) return {Repair::repaired, i};
    outcome.at = i;
    if (++seen == rule.window) return {Repair::unrepaired, i};
  }
  if (rule.window <= 0 && seen > 0) return {Repair::unrepaired, outcome.at};
  return {Repair::open, drop.at};
}

}  // namespace alliance::measure
