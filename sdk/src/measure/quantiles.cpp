// SPDX-License-Identifier: Apache-2.0
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

#include "measure/statistics.h"

namespace alliance::measure {
namespace {

namespace policy = boost::math::policies;
using Quiet = policy::policy<policy::promote_double<false>, policy::domain_error<policy::ignore_error>,
                             policy::pole_error<policy::ignore_error>, policy::overflow_error<policy::ignore_error>,
                             policy::evaluation_error<policy::ignore_error>>;

bool usable(double p, double degrees) { return p > 0 && p < 1 && degrees > 0 && std::isfinite(degrees); }

std::optional<double> finite(double value) { return std::isfinite(value) ? std::optional(value) : std::nullopt; }

}  // namespace

std::optional<double> student_t_quantile(double p, double degrees) {
  if (!usable(p, degrees)) return std::nullopt;
  return finite(boost::math::quantile(boost::math::students_t_distribution<double, Quiet>(degrees), p));
}

std::optional<double> student_t_two_sided(double t, double degrees) {
  if (!std::isfinite(t) || !usable(0.5, degrees)) return std::nullopt;
  return finite(2 * boost::math::cdf(boost::math::students_t_distribution<double, Quiet>(degrees), -std::fabs(t)));
}

std::optional<double> f_quantile(double p, double degrees_1, double degrees_2) {
  if (!usable(p, degrees_1) || !usable(p, degrees_2)) return std::nullopt;
  return finite(boost::math::quantile(boost::math::fisher_f_distribution<double, Quiet>(degrees_1, degrees_2), p));
}

}  // namespace alliance::measure
