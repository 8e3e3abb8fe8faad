// SPDX-License-Identifier: Apache-2.0
#include "measure/step_change.h"

#include <algorithm>
#include <array>
#include <functional>
#include <queue>
#include <utility>

#include "measure/statistics.h"

namespace alliance::measure {
namespace {

constexpr std::size_t around = 3;  // occasions on each side of a step
constexpr std::size_t most_degrees = 2 * around - 2;

Running answers_of(Series series) {
  Running some;
  for (const double score : series) {
    if (std::isfinite(score)) some.add(score);
  }
  return some;
}

// The critical values, by degrees of freedom: few, and dear to compute.
std::array<double, most_degrees + 1> critical_values(const StepRule& rule) {
  std::array<double, most_degrees + 1> values{};
  for (std::size_t degrees = 1; degrees <= most_degrees && rule.alpha; ++degrees) {
    values[degrees] = student_t_quantile(1 - *rule.alpha / 2, static_cast<double>(degrees)).value_or(HUGE_VAL);
  }
  return values;
}

// Each step waits for the first later score beyond its middle; the nearest middle is passed first.
void find_reversals(Series series, double sign, std::vector<Step>& steps) {
  using Waiting = std::pair<double, std::size_t>;  // its middle, so turned that higher is beyond; which step
  std::priority_queue<Waiting, std::vector<Waiting>, std::greater<>> waiting;
  std::size_t next = 0;
  for (std::size_t i = 0; i < series.size(); ++i) {
    while (std::isfinite(series[i]) && !waiting.empty() && waiting.top().first < -sign * series[i]) {
      steps[waiting.top().second].reversed_at = i;
      waiting.pop();
    }
    for (; next < steps.size() && steps[next].to == i; ++next) {
      waiting.emplace(-sign * steps[next].reversal_value, next);
    }
  }
}

}  // namespace

std::vector<Step> step_changes(Series series, const StepRule& rule) {
  std::vector<Step> found;
  if (!rule.least && !rule.share && !rule.alpha) return found;
  const double sign = rule.direction == Direction::rise ? 1 : -1;
  const auto critical = critical_values(rule);
  for (std::size_t from = 1; from + 2 < series.size(); ++from) {
    Step step{from, from + 1, series[from], series[from + 1], series[from + 1] - series[from]};
    const double size = sign * step.change;
    if (!std::isfinite(size) || !(size > 0)) continue;
    if (rule.least && below(size, *rule.least)) continue;
    if (rule.share && below(size, *rule.share * std::fabs(step.before))) continue;
    if (rule.alpha) {
      const std::size_t begin = from + 1 - std::min(from + 1, around);
      const Running before = answers_of(series.subspan(begin, from + 1 - begin));
      const Running after = answers_of(series.subspan(from + 1, std::min(around, series.size() - from - 1)));
      if (before.count() < 2 || after.count() < 2) continue;
      const std::size_t degrees = before.count() + after.count() - 2;
      const double squares = static_cast<double>(before.count() - 1) * *before.variance() +
                             static_cast<double>(after.count() - 1) * *after.variance();
      step.mean_before = before.mean();
      step.mean_after = after.mean();
      step.threshold = critical[degrees] * std::sqrt(squares / static_cast<double>(degrees));
      if (!(sign * (step.mean_after - step.mean_before) > step.threshold)) continue;
    }
    step.reversal_value = step.now - step.change / 2;
    found.push_back(step);
  }
  find_reversals(series, sign, found);
  return found;
}

}  // namespace alliance::measure
