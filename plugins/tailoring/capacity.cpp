// SPDX-License-Identifier: Apache-2.0
#include "capacity.h"

#include <cmath>

#include "../shared/iso8601.h"
#include "../shared/tables.h"

namespace alliance::tailoring {
namespace {

constexpr double least_minutes = 1;

}  // namespace

std::vector<Finding> over_capacity(const fb::RuleT& rule, const Facts& facts) {
  if (!facts.practitioner()) return {};
  for (const fb::WeekAhead* week : shared::each(facts.state.weeks_ahead())) {
    facts.spend();
    if (week->from() <= facts.now) continue;
    if (rule.within_days != 0 && -facts.days_since(week->from()) > rule.within_days) continue;
    if (!std::isfinite(week->needed()) || !std::isfinite(week->capacity())) continue;
    // A week begins at midnight by the clock of its zone: its noon is the same day everywhere near.
    const std::string monday = shared::utc(week->from() + day / 2).substr(0, 10);
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
