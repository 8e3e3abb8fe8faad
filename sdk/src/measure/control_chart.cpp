// SPDX-License-Identifier: Apache-2.0
#include "measure/control_chart.h"

#include <algorithm>
#include <array>

namespace alliance::measure {
namespace {

constexpr double range_over_sigma = 1.128;

// Sums over scores, counted from the first one so that a series that never moves adds up to exactly 0.
class Sums {
 public:
  explicit Sums(Series scores) : scores_(scores), origin_(scores.empty() ? 0 : scores.front()) {
    for (std::size_t i = 0; i < scores.size(); ++i) {
      total_ += scores[i] - origin_;
      if (i > 0) ranges_ += range(i - 1, i);
    }
  }
  Limits limits(double k) const { return made(total_, ranges_, scores_.size(), k); }
  Limits without(std::size_t i, double k) const {
    double ranges = ranges_;
    if (i > 0) ranges -= range(i - 1, i);
    if (i + 1 < scores_.size()) ranges -= range(i, i + 1);
    if (i > 0 && i + 1 < scores_.size()) ranges += range(i - 1, i + 1);
    return made(total_ - (scores_[i] - origin_), std::max(ranges, 0.0), scores_.size() - 1, k);
  }

 private:
  double range(std::size_t i, std::size_t j) const { return std::fabs(scores_[i] - scores_[j]); }
  Limits made(double total, double ranges, std::size_t points, double k) const {
    Limits limits;
    limits.center = origin_ + total / static_cast<double>(points);
    limits.mean_range = ranges / static_cast<double>(points - 1);
    limits.sigma = limits.mean_range / range_over_sigma;
    limits.lower = limits.center - k * limits.sigma;
    limits.upper = limits.center + k * limits.sigma;
    return limits;
  }

  Series scores_;
  double origin_, total_ = 0, ranges_ = 0;
};

struct Zone {
  std::size_t of, needed;
  double sigmas;
};
constexpr std::array<Zone, 3> zones = {{{3, 2, 2}, {5, 4, 1}, {8, 8, 0}}};

// How many sigma a point is from its center, on the side that is asked about; 0: on the other side.
bool beyond(double score, const Limits& limits, double sigmas, bool low) {
  return low ? below(score, limits.center - sigmas * limits.sigma)
             : below(limits.center + sigmas * limits.sigma, score);
}

int rule_broken(Series scores, const std::vector<Limits>& limits, std::size_t t, std::size_t start,
                const ChartRule& rule, bool low) {
  if (beyond(scores[t], limits[t], rule.k, low)) return 1;
  if (!rule.western_electric) return 0;
  for (std::size_t number = 0; number < zones.size(); ++number) {
    const Zone& zone = zones[number];
    if (t + 1 < start + zone.of || !beyond(scores[t], limits[t], zone.sigmas, low)) continue;
    std::size_t found = 0;
    for (std::size_t i = t + 1 - zone.of; i <= t; ++i) found += beyond(scores[i], limits[i], zone.sigmas, low);
    if (found >= zone.needed) return static_cast<int>(number) + 2;
  }
  return 0;
}

}  // namespace

std::optional<Limits> chart_limits(Series series, double k) {
  const Answered points = answered(series);
  if (points.scores.size() < 2) return std::nullopt;
  return Sums(points.scores).limits(k);
}

std::vector<ChartSignal> control_chart(Series series, const ChartRule& rule) {
  std::vector<ChartSignal> found;
  const Answered points = answered(series);
  const Series scores(points.scores);
  // Two points make a range; leaving one out takes a third.
  const std::size_t fewest = rule.baseline == Baseline::leave_one_out ? 3 : 2;
  const auto first = static_cast<std::size_t>(std::max(rule.first, static_cast<int>(fewest)));
  if (!(rule.k > 0) || scores.size() < first) return found;
  const bool frozen = rule.baseline == Baseline::frozen;
  const std::size_t start = frozen ? first : 0;
  const Sums sums(frozen ? scores.first(first) : scores);
  std::vector<Limits> limits(scores.size(), sums.limits(rule.k));
  if (rule.baseline == Baseline::leave_one_out) {
    for (std::size_t i = 0; i < scores.size(); ++i) limits[i] = sums.without(i, rule.k);
  }
  for (std::size_t t = start; t < scores.size(); ++t) {
    if (std::fabs(scores[t] - limits[t].center) < rule.least) continue;
    for (const bool low : {true, false}) {
      const int number = rule_broken(scores, limits, t, start, rule, low);
      if (number > 0) found.push_back({points.places[t], number, low, scores[t], limits[t]});
    }
  }
  return found;
}

}  // namespace alliance::measure
