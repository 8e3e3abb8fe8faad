// SPDX-License-Identifier: Apache-2.0
#include "measure/drops.h"

#include <algorithm>

#include "measure/statistics.h"

namespace alliance::measure {

std::vector<Drop> drops(Series series, const DropRule& rule) {
  std::vector<Drop> found;
  if (!(rule.k > 0)) return found;
  const Answered points = answered(series);
  const std::optional<double> whole = summary(points.scores).standard_deviation();
  const auto first = static_cast<std::size_t>(std::max(rule.baseline, 1));
  Running earlier;
  for (std::size_t t = 0; t < points.scores.size(); ++t) {
    const double now = points.scores[t];
    std::optional<double> within;
    if (rule.within) within = rule.spread == Spread::all ? whole : earlier.standard_deviation();
    earlier.add(now);
    if (t < first || (!within && !rule.between_sd)) continue;
    const double sd = std::max(within.value_or(0), rule.between_sd.value_or(0));
    const double threshold = std::max(rule.k * sd, rule.least);
    const double before = points.scores[t - 1], change = now - before;
    if (change >= 0 || below(-change, threshold)) continue;
    found.push_back({points.places[t], before, now, change, threshold, sd});
  }
  return found;
}

RepairOutcome repair(Series series, const Drop& drop, const RepairRule& rule) {
  const double goal =
      rule.back == Back::midpoint ? (drop.before + drop.now) / 2 : drop.before - rule.tolerance_sd * drop.sd;
  RepairOutcome outcome{Repair::open, drop.at};
  int seen = 0;
  for (std::size_t i = drop.at + 1; i < series.size(); ++i) {
    const double value = series[i];
    if (!std::isfinite(value)) continue;
    if (rule.back == Back::midpoint ? value > goal : !below(value, goal)) return {Repair::repaired, i};
    outcome.at = i;
    if (++seen == rule.window) return {Repair::unrepaired, i};
  }
  if (rule.window <= 0 && seen > 0) return {Repair::unrepaired, outcome.at};
  return {Repair::open, drop.at};
}

std::vector<std::size_t> under_cutoff(Series series, double cutoff, bool inclusive) {
  std::vector<std::size_t> found;
  if (!std::isfinite(cutoff)) return found;
  for (std::size_t i = 0; i < series.size(); ++i) {
    if (std::isfinite(series[i]) && (inclusive ? !below(cutoff, series[i]) : below(series[i], cutoff)))
      found.push_back(i);
  }
  return found;
}

}  // namespace alliance::measure
