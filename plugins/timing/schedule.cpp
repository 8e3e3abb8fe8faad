// SPDX-License-Identifier: Apache-2.0
#include "schedule.h"

#include <alliance/base.h>

#include <alliance/error.hpp>
#include <cmath>
#include <set>

#include "civil.h"

namespace alliance::timing {
namespace {

enum class Number { needed, none };

// What each anchor makes of `number`.
struct AnchorRule {
  fb::Anchor anchor;
  const char* name;
  Number number;
};
constexpr AnchorRule anchors[] = {
    {fb::Anchor::session, "session", Number::needed},
    {fb::Anchor::every_session, "every_session", Number::none},
    {fb::Anchor::last_session, "last_session", Number::none},
    {fb::Anchor::week, "week", Number::needed},
    {fb::Anchor::every_weeks, "every_weeks", Number::needed},
    {fb::Anchor::component_completed, "component_completed", Number::needed},
};

constexpr std::uint32_t most_hours = 24 * 366;
constexpr std::size_t most_rules = 64;

const AnchorRule* find(fb::Anchor anchor) {
  for (const AnchorRule& rule : anchors) {
    if (rule.anchor == anchor) return &rule;
  }
  return nullptr;
}

}  // namespace

void check(const fb::ScheduleT& schedule, const std::string& place) {
  if (schedule.rules.size() > most_rules) {
    throw Error(ALLIANCE_E_LIMIT, place + ": rules: at most " + std::to_string(most_rules) + " are taken");
  }
  std::set<std::string> ids;
  for (std::size_t i = 0; i < schedule.rules.size(); ++i) {
    const fb::ScheduleRuleT& rule = *schedule.rules[i];
    const auto refuse = [&](const std::string& field, const std::string& why) {
      throw Error(ALLIANCE_E_BAD_INPUT, place + ": rules[" + std::to_string(i) + "]." + field + ": " + why);
    };
    if (rule.id.empty() || rule.id.size() > 100) refuse("id", "must have 1 to 100 bytes");
    if (!ids.insert(rule.id).second) refuse("id", "\"" + rule.id + "\" stands twice");
    if (rule.role.empty()) refuse("role", "must name a role, such as alliance.total");
    if (rule.rater < fb::Rater::client || rule.rater > fb::Rater::observer) {
      refuse("rater", "must be client, practitioner or observer");
    }
    const AnchorRule* anchor = find(rule.anchor);
    if (!anchor)
      refuse("anchor",
             "must be one of session, every_session, last_session, week, every_weeks, "
             "component_completed");
    if (anchor->number == Number::needed && rule.number == 0) {
      refuse("number", std::string(anchor->name) + " needs a number of 1 or more");
    }
    if (anchor->number == Number::none && rule.number != 0) {
      refuse("number", std::string(anchor->name) + " takes no number");
    }
    if (!rule.due_local.empty() && clock_minutes(rule.due_local) < 0) {
      refuse("due_local", "must be a time of day such as 09:00");
    }
    if (rule.expires_hours == 0) refuse("expires_hours", "must be 1 or more");
    if (rule.overdue_hours > rule.expires_hours) {
      refuse("overdue_hours", "must not be larger than expires_hours: it would be overdue after it has expired");
    }
    if (rule.opens_hours > most_hours || rule.expires_hours > most_hours) {
      refuse("expires_hours", "windows are at most a year long");
    }
  }
  if (!schedule.minutes) return;
  const std::pair<const char*, double> minutes[] = {{"session", schedule.minutes->session},
                                                    {"preparation", schedule.minutes->preparation},
                                                    {"online_review", schedule.minutes->online_review},
                                                    {"messaging", schedule.minutes->messaging},
                                                    {"admin", schedule.minutes->admin}};
  for (const auto& [field, value] : minutes) {
    if (!std::isfinite(value) || value < 0 || value > 24 * 60) {
      throw Error(ALLIANCE_E_BAD_INPUT, place + ": minutes." + field + ": must lie between 0 and 1440");
    }
  }
}

}  // namespace alliance::timing
