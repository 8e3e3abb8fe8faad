// SPDX-License-Identifier: Apache-2.0
// What the functions of this room stand on. Values must be finite; those of more than about 1e150 overflow.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace alliance::measure {

// Mean and spread, one value at a time (Welford 1962, doi 10.1080/00401706.1962.10490022): exactly 0 for values
// that never move.
class Running {
 public:
  void add(double value);
  std::size_t count() const { return count_; }
  double mean() const { return mean_; }    // 0 before the first value
  std::optional<double> variance() const;  // with n - 1; nothing for fewer than two values
  std::optional<double> standard_deviation() const;

 private:
  std::size_t count_ = 0;
  double mean_ = 0, squares_ = 0;
};
Running summary(std::span<const double> values);

// Ordinary least squares of y on x, one point at a time.
class RunningLine {
 public:
  void add(double x, double y);
  std::size_t count() const { return count_; }
  double mean_x() const { return mean_x_; }
  double mean_y() const { return mean_y_; }
  double sum_xx() const { return xx_; }  // of squared distances from the mean
  double sum_yy() const { return yy_; }
  double sum_xy() const { return xy_; }
  // Nothing for fewer than two points, or where all x are the same.
  std::optional<double> slope() const;
  // Of the residuals, with n - 2: nothing for fewer than three points.
  std::optional<double> residual_sd() const;
  // Pearson's r: nothing where x or y never moves.
  std::optional<double> correlation() const;

 private:
  std::size_t count_ = 0;
  double mean_x_ = 0, mean_y_ = 0, xx_ = 0, yy_ = 0, xy_ = 0;
};

// Quantiles and tails. Nothing where p is not between 0 and 1, or the degrees of freedom are not above 0.
std::optional<double> student_t_quantile(double p, double degrees);
std::optional<double> student_t_two_sided(double t, double degrees);  // the p of |t|
std::optional<double> f_quantile(double p, double degrees_1, double degrees_2);

}  // namespace alliance::measure
