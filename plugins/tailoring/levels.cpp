// SPDX-License-Identifier: Apache-2.0
#include "levels.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <map>
#include <tuple>

#include "../shared/tables.h"

namespace alliance::tailoring {
namespace {

using shared::each;
using shared::text;
using shared::view;

struct Point {
  std::int64_t time;
  std::string event;
  double value;
};
// By instrument, version and scale: different series are never joined.
using Series = std::map<std::tuple<std::string, std::string, std::string>, std::vector<Point>>;

bool plays(const fb::Score& score, std::string_view role) {
  for (const flatbuffers::String* one : each(score.roles())) {
    if (view(one) == role) return true;
  }
  return false;
}

// The points of the series that was answered last, in the order of time.
std::vector<Point> latest_series(const fb::RuleT& rule, const Facts& facts) {
  Series all;
  for (const fb::Sheet* sheet : each(facts.state.sheets())) {
    facts.spend();
    if (rule.rater != fb::Rater::unset && sheet->rater() != rule.rater) continue;
    if (rule.target != fb::Target::none && sheet->target() != rule.target) continue;
    for (const fb::Score* score : each(sheet->scores())) {
      if (!score->value() || !std::isfinite(*score->value()) || !plays(*score, rule.role)) continue;
      all[{text(sheet->instrument()), text(sheet->version()), text(score->scale())}].push_back(
          {sheet->time(), text(sheet->event()), *score->value()});
    }
  }
  std::vector<Point> latest;
  for (auto& [key, points] : all) {
    std::sort(points.begin(), points.end(),
              [](const Point& a, const Point& b) { return std::tie(a.time, a.event) < std::tie(b.time, b.event); });
    if (latest.empty() || points.back().time > latest.back().time) latest = points;
  }
  return latest;
}

bool on_side(double value, fb::Comparator comparator, double bound) {
  switch (comparator) {
    case fb::Comparator::at_least:
      return value >= bound;
    case fb::Comparator::more_than:
      return value > bound;
    case fb::Comparator::at_most:
      return value <= bound;
    case fb::Comparator::less_than:
      return value < bound;
    case fb::Comparator::unset:
      break;
  }
  return false;
}

std::vector<Finding> beyond(const fb::RuleT& rule, const Facts& facts, const Point& point, double bound,
                            const std::string& what) {
  const bool recent =
      point.time <= facts.now && (rule.within_days == 0 || facts.days_since(point.time) <= rule.within_days);
  if (!recent || !on_side(point.value, rule.comparator, bound)) return {};
  Finding made{point.event, {}, rule.role + " " + what};
  made.events.push_back(point.event);
  made.value = point.value;
  made.threshold = bound;
  made.comparator = rule.comparator;
  return {std::move(made)};
}

}  // namespace

Interval interval_at(const fb::CurveT& curve, double x) {
  const boost::math::students_t_distribution<double> student(curve.n - 2);
  const double t = boost::math::quantile(student, (1 + curve.level) / 2);
  const double away = x - curve.mean_x;
  const double half = t * curve.residual_sd * std::sqrt(1 + 1 / curve.n + away * away / curve.sum_xx);
  const double expected = curve.intercept + curve.slope * x;
  return {expected - half, expected + half};
}

std::vector<Finding> score_level(const fb::RuleT& rule, const Facts& facts) {
  const auto points = latest_series(rule, facts);
  if (points.empty()) return {};
  return beyond(rule, facts, points.back(), rule.at_least, "at its latest");
}

std::vector<Finding> not_on_track(const fb::RuleT& rule, const Facts& facts) {
  const auto points = latest_series(rule, facts);
  if (points.empty() || !rule.curve) return {};
  const Interval expected = interval_at(*rule.curve, std::log(static_cast<double>(points.size())));
  const bool above = rule.comparator == fb::Comparator::more_than || rule.comparator == fb::Comparator::at_least;
  return beyond(rule, facts, points.back(), above ? expected.upper : expected.lower,
                "lies outside what the deployment's reference curve leads one to expect");
}

}  // namespace alliance::tailoring
