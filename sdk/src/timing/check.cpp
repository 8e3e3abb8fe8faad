// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <set>
#include <string_view>

#include "timing/plan.h"

namespace alliance::timing {
namespace {

constexpr std::size_t max_occasions = 4096;
constexpr std::size_t max_key = 200;

template <class Enum>
bool known(Enum value, Enum first, Enum last) {
  return value >= first && value <= last;
}

std::string at(std::string_view table, std::size_t index, std::string_view field) {
  return std::string(table) + "[" + std::to_string(index) + "]." + std::string(field);
}

Result<void> amount(std::string_view field, double value) {
  if (std::isfinite(value) && value >= 0) return {};
  return fail(ALLIANCE_E_BAD_INPUT, "time account: " + std::string(field) + " must be a number of 0 or more");
}

Result<void> share(std::string_view field, const flatbuffers::Optional<double>& value) {
  if (!value || (std::isfinite(*value) && *value >= 0 && *value <= 1)) return {};
  return fail(ALLIANCE_E_BAD_INPUT, "time account: " + std::string(field) + " must lie between 0 and 1");
}

}  // namespace

Result<void> check(const fb::PlanT& plan) {
  if (plan.occasions.size() > max_occasions) {
    return fail(ALLIANCE_E_LIMIT, "plan: " + std::to_string(plan.occasions.size()) + " occasions, at most " +
                                      std::to_string(max_occasions) + " are taken");
  }
  if (plan.next_change < 0) return fail(ALLIANCE_E_BAD_INPUT, "plan: next_change lies before 1970");
  std::set<std::string_view> keys;
  for (std::size_t i = 0; i < plan.occasions.size(); ++i) {
    if (!plan.occasions[i]) return fail(ALLIANCE_E_BAD_INPUT, "plan: " + at("occasions", i, "key") + " is missing");
    const fb::OccasionT& occasion = *plan.occasions[i];
    const auto wrong = [i](std::string_view field, std::string_view why) {
      return fail(ALLIANCE_E_BAD_INPUT, "plan: " + at("occasions", i, field) + " " + std::string(why));
    };
    if (occasion.key.empty() || occasion.key.size() > max_key) return wrong("key", "must have 1 to 200 bytes");
    if (!keys.insert(occasion.key).second) return wrong("key", "repeats an earlier one");
    if (occasion.role.empty()) return wrong("role", "is empty");
    if (occasion.rule.empty()) return wrong("rule", "is empty");
    if (!known(occasion.rater, fb::Rater::client, fb::Rater::observer)) return wrong("rater", "is not known");
    if (!known(occasion.target, fb::Target::none, fb::Target::programme)) return wrong("target", "is not known");
    if (!known(occasion.state, fb::OccasionState::planned, fb::OccasionState::cancelled)) {
      return wrong("state", "is not known");
    }
    if (occasion.due < occasion.opens) return wrong("due", "lies before it opens");
    if (occasion.expires < occasion.due) return wrong("expires", "lies before it is due");
    if (!std::is_sorted(occasion.reminders.begin(), occasion.reminders.end())) {
      return wrong("reminders", "are not in the order of time");
    }
    if (occasion.reminded > occasion.reminders.size()) return wrong("reminded", "counts more than there are reminders");
  }
  for (std::size_t i = 0; i < plan.missing_roles.size(); ++i) {
    if (plan.missing_roles[i].empty()) {
      return fail(ALLIANCE_E_BAD_INPUT, "plan: missing_roles[" + std::to_string(i) + "] is empty");
    }
  }
  return {};
}

Result<void> check(const fb::TimeAccountT& account) {
  std::set<fb::Work> seen;
  for (std::size_t i = 0; i < account.work.size(); ++i) {
    if (!account.work[i] || !known(account.work[i]->work, fb::Work::in_person, fb::Work::training)) {
      return fail(ALLIANCE_E_BAD_INPUT, "time account: " + at("work", i, "work") + " is not known");
    }
    const fb::WorkMinutesT& row = *account.work[i];
    if (!seen.insert(row.work).second) {
      return fail(ALLIANCE_E_BAD_INPUT, "time account: " + at("work", i, "work") + " repeats an earlier one");
    }
    if (auto ok = amount(at("work", i, "planned"), row.planned); !ok) return ok;
    if (auto ok = amount(at("work", i, "booked"), row.booked); !ok) return ok;
    if (auto ok = amount(at("work", i, "used"), row.used); !ok) return ok;
    if (auto ok = amount(at("work", i, "remaining"), row.remaining); !ok) return ok;
  }
  const std::pair<std::string_view, double> amounts[] = {
      {"planned", account.planned},
      {"booked", account.booked},
      {"used", account.used},
      {"remaining", account.remaining},
      {"oldest_unreviewed_days", account.oldest_unreviewed_days},
      {"minutes_last_week", account.minutes_last_week},
      {"days_since_contact", account.days_since_contact.value_or(0)},
      {"capacity_per_week", account.capacity_per_week.value_or(0)},
      {"remaining_low", account.remaining_low.value_or(0)},
      {"remaining_high", account.remaining_high.value_or(0)},
      {"weeks_since_contact", account.weeks_since_contact.value_or(0)},
      {"forecast", account.forecast.value_or(0)},
      {"forecast_variance", account.forecast_variance.value_or(0)},
      {"review_minutes", account.review_minutes},
      {"review_days", account.review_days},
      {"counted_elsewhere", account.counted_elsewhere},
  };
  for (const auto& [field, value] : amounts) {
    if (auto ok = amount(field, value); !ok) return ok;
  }
  if (account.remaining_high.value_or(0) < account.remaining_low.value_or(0)) {
    return fail(ALLIANCE_E_BAD_INPUT, "time account: remaining_high lies below remaining_low");
  }
  if (auto ok = share("online_share_planned", account.online_share_planned); !ok) return ok;
  return share("online_share_used", account.online_share_used);
}

}  // namespace alliance::timing
