// SPDX-License-Identifier: Apache-2.0
// Fractions of whole numbers. Nothing here can overflow as long as every numerator and denominator that goes in
// is within `most_exact`; what comes out is for the caller to hold against it.
#pragma once

#include <cstdint>
#include <numeric>

namespace alliance::instruments {

__extension__ using Wide = __int128;

// Up to here every whole number is a double, so that dividing two of them rounds once.
inline constexpr std::int64_t most_exact = std::int64_t{1} << 53;

struct Rational {
  std::int64_t over = 0, under = 1;  // under is above 0
};

struct WideRational {
  Wide over, under;
  bool fits() const { return over <= most_exact && over >= -most_exact && under <= most_exact; }
  Rational narrow() const { return {static_cast<std::int64_t>(over), static_cast<std::int64_t>(under)}; }
};

inline WideRational plus(const Rational& a, const Rational& b) {
  const std::int64_t shared = a.under == b.under ? a.under : std::gcd(a.under, b.under);
  const Wide times_a = b.under / shared, times_b = a.under / shared;
  return {a.over * times_a + b.over * times_b, a.under * times_a};
}
inline Rational minus(const Rational& a) { return {-a.over, a.under}; }
inline WideRational times(const Rational& a, const Rational& b) {
  return {Wide{a.over} * b.over, Wide{a.under} * b.under};
}
// `b` is not 0.
inline WideRational divided(const Rational& a, const Rational& b) {
  const Wide over = Wide{a.over} * b.under, under = Wide{a.under} * b.over;
  return under < 0 ? WideRational{-over, -under} : WideRational{over, under};
}
inline bool less(const Rational& a, const Rational& b) { return Wide{a.over} * b.under < Wide{b.over} * a.under; }
inline Rational reduced(const Rational& a) {
  const std::int64_t shared = std::gcd(a.over, a.under);
  return shared > 1 ? Rational{a.over / shared, a.under / shared} : a;
}
inline double nearest(const Rational& a) { return static_cast<double>(a.over) / static_cast<double>(a.under); }

}  // namespace alliance::instruments
