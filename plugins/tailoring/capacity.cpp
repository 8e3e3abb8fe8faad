// SPDX-License-Identifier: Apache-2.0
#include "capacity.h"

#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "../shared/tables.h"

namespace alliance::tailoring {
namespace {

constexpr double least_minutes = 1;

std::string date_of(std::int64_t instant) {
  using namespace std::chrono;
  const year_month_day date{floor<days>(sys_time<microseconds>{microseconds{instant}})};
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text.data();
}

}  // namespace

std::vector<Finding> over_capacity(const fb::RuleT& rule, const Facts& facts) {
  if (!facts.practitioner()) return {};
  for (const fb::WeekAhead* week : shared::each(facts.state.weeks_ahead())) {
    facts.spend();
    if (week->from() <= facts.now) continue;
    if (rule.within_days != 0 && -facts.days_since(week->from()) > rule.within_days) continue;
    if (!std::isfinite(week->needed()) || !std::isfinite(week->capacity())) continue;
    // A week begins at midnight by the clock of its zone: its noon is the same day everywhere near.
    const std::string monday = date_of(week->from() + day / 2);
    Finding made;
    made.anchor = "week-" + monday;
    if (week->capacity() >= least_minutes) {
      const double over = 100 * (week->needed() / week->capacity() - 1);
      if (over <= 0 || over < rule.at_least) continue;
      made.what = "minutes that all your cases need in the week of " + monday + ", percent over those contracted";
      made.value = std::round(over);
      made.threshold = rule.at_least;
    } else {
      if (week->needed() < least_minutes) continue;
      made.what = "minutes that your cases need in the week of " + monday + ", in which you are away";
      made.value = std::round(week->needed());
    }
    return {std::move(made)};
  }
  return {};
}

}  // namespace alliance::tailoring
