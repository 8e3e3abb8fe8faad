// SPDX-License-Identifier: Apache-2.0
#include "measure/statistics.h"

#include <algorithm>
#include <cmath>

#include "measure/series.h"

namespace alliance::measure {

Answered answered(Series series) {
  Answered found;
  for (std::size_t i = 0; i < series.size(); ++i) {
    if (!std::isfinite(series[i])) continue;
    found.places.push_back(i);
    found.scores.push_back(series[i]);
  }
  return found;
}

void Running::add(double value) {
  ++count_;
  const double distance = value - mean_;
  mean_ += distance / static_cast<double>(count_);
  squares_ += distance * (value - mean_);
}

std::optional<double> Running::variance() const {
  if (count_ < 2) return std::nullopt;
  return squares_ / static_cast<double>(count_ - 1);
}

std::optional<double> Running::standard_deviation() const {
  if (count_ < 2) return std::nullopt;
  return std::sqrt(*variance());
}

Running summary(std::span<const double> values) {
  Running all;
  for (const double value : values) all.add(value);
  return all;
}

void RunningLine::add(double x, double y) {
  ++count_;
  const double from_x = x - mean_x_, from_y = y - mean_y_;
  mean_x_ += from_x / static_cast<double>(count_);
  mean_y_ += from_y / static_cast<double>(count_);
  xx_ += from_x * (x - mean_x_);
  yy_ += from_y * (y - mean_y_);
  xy_ += from_x * (y - mean_y_);
}

std::optional<double> RunningLine::slope() const {
  if (count_ < 2 || !(xx_ > 0)) return std::nullopt;
  return xy_ / xx_;
}

std::optional<double> RunningLine::residual_sd() const {
  const auto steep = slope();
  if (count_ < 3 || !steep) return std::nullopt;
  return std::sqrt(std::max(0.0, yy_ - *steep * xy_) / static_cast<double>(count_ - 2));
}

std::optional<double> RunningLine::correlation() const {
  if (count_ < 2 || !(xx_ > 0) || !(yy_ > 0)) return std::nullopt;
  return std::clamp(xy_ / std::sqrt(xx_) / std::sqrt(yy_), -1.0, 1.0);
}

}  // namespace alliance::measure
