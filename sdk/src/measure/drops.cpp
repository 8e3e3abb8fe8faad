// SPDX-License-Identifier: Apache-2.0
#include "measure/drops.h"

#include <algorithm>
#include <utility>

namespace alliance::measure {

std::optional<Drop> DropWatch::add(double now) {
  if (!(rule_.k > 0)) return std::nullopt;
  const auto at = earlier_.count();
  std::optional<double> within;
  if (rule_.within) within = sd_ ? sd_ : earlier_.standard_deviation();
  earlier_.add(now);
  const double before = std::exchange(last_, now), change = now - before;
  if (at < static_cast<std::size_t>(std::max(rule_.baseline, 1)) || (!within && !rule_.between_sd)) {
    return std::nullopt;
  }
  const double sd = std::max(within.value_or(0), rule_.between_sd.value_or(0));
  const double threshold = std::max(rule_.k * sd, rule_.least);
  if (change >= 0 || below(-change, threshold)) return std::nullopt;
  return Drop{at, before, now, change, threshold, sd};
}

std::vector<Drop> drops(Series series, const DropRule& rule) {
  std::vector<Drop> found;
  const Answered points = answered(series);
  std::optional<double> whole;
  if (rule.spread == Spread::all) whole = summary(points.scores).standard_deviation();
  DropWatch watch(rule, whole);
  for (const double score : points.scores) {
    if (auto drop = watch.add(score)) {
      found.push_back(*drop);
      found.back().at = points.places[drop->at];
    }
  }
  return found;
}

Repair RepairWatch::add(double value) {
  const bool back = rule_.back == Back::midpoint ? value > (drop_.before + drop_.now) / 2
                                                 : !below(value, drop_.before - rule_.tolerance_sd * drop_.sd);
  if (back) return Repair::repaired;
  return ++seen_ == rule_.window ? Repair::unrepaired : Repair::open;
}

RepairOutcome repair(Series series, const Drop& drop, const RepairRule& rule) {
  RepairWatch watch(drop, rule);
  std::size_t last = drop.at;
  for (std::size_t i = drop.at + 1; i < series.size(); ++i) {
    if (!std::isfinite(series[i])) continue;
    last = i;
    if (const Repair state = watch.add(series[i]); state != Repair::open) return {state, i};
  }
  if (rule.window <= 0 && last != drop.at) return {Repair::unrepaired, last};
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
