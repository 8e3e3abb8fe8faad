// SPDX-License-Identifier: Apache-2.0
#include "schedule.h"

#include <alliance/base.h>

#include <algorithm>
#include <alliance/error.hpp>
#include <cmath>
#include <set>
#include <string>

#include "../shared/lines.h"
#include "civil.h"

namespace alliance::timing {
namespace {

using fb::Anchor;
using shared::Place;

enum class Number { needed, any, none, or_component };
enum class Kind { session, date, component, event };

// What each anchor takes.
struct AnchorRule {
  Anchor anchor;
  const char* name;
  Kind kind;
  Number number;
};
constexpr AnchorRule anchors[] = {
    {Anchor::session, "session", Kind::session, Number::needed},
    {Anchor::every_session, "every_session", Kind::session, Number::none},
    {Anchor::last_session, "last_session", Kind::session, Number::none},
    {Anchor::week, "week", Kind::date, Number::needed},
    {Anchor::every_weeks, "every_weeks", Kind::date, Number::needed},
    {Anchor::day, "day", Kind::date, Number::any},
    {Anchor::calendar, "calendar", Kind::date, Number::none},
    {Anchor::component_started, "component_started", Kind::component, Number::or_component},
    {Anchor::component_completed, "component_completed", Kind::component, Number::or_component},
    {Anchor::every_component, "every_component", Kind::component, Number::none},
    {Anchor::rupture, "rupture", Kind::event, Number::none},
    {Anchor::help_asked, "help_asked", Kind::event, Number::none},
    {Anchor::review, "review", Kind::event, Number::none},
};

constexpr std::uint32_t most_hours = 24 * 366;
constexpr std::size_t most_rules = 64;

const AnchorRule* find(Anchor anchor) {
  const auto found = std::find_if(std::begin(anchors), std::end(anchors),
                                  [&](const AnchorRule& rule) { return rule.anchor == anchor; });
  return found == std::end(anchors) ? nullptr : found;
}

std::string anchor_names() {
  std::string names;
  for (const AnchorRule& rule : anchors) names += (names.empty() ? "" : ", ") + std::string(rule.name);
  return names;
}

class Checker {
 public:
  Checker(const fb::ScheduleT& schedule, const std::string& file, std::string_view text)
      : schedule_(schedule), file_(file), text_(text) {}

  void check() {
    if (schedule_.rules.size() > most_rules) {
      refuse({{"rules"}}, "at most " + std::to_string(most_rules) + " are taken", ALLIANCE_E_LIMIT);
    }
    for (std::size_t i = 0; i < schedule_.rules.size(); ++i) rule(i);
    if (schedule_.burden && schedule_.burden->items_per_week == 0) {
      refuse({{"burden"}, {"items_per_week"}}, "must be 1 or more; without a limit leave burden out");
    }
    if (schedule_.minutes) minutes(*schedule_.minutes);
  }

 private:
  [[noreturn]] void refuse(const Place& place, const std::string& why,
                           std::int32_t status = ALLIANCE_E_BAD_INPUT) const {
    const std::string line = text_.empty() ? "" : "line " + std::to_string(shared::line_of(text_, place)) + ": ";
    throw Error(status, file_ + ": " + line + shared::to_text(place) + ": " + why);
  }

  void rule(std::size_t i) {
    const fb::ScheduleRuleT& rule = *schedule_.rules[i];
    const Place base = {{"rules"}, {"", i}};
    const auto refuse_field = [&](const char* field, const std::string& why) {
      Place place = base;
      place.push_back({field});
      refuse(place, why);
    };
    if (rule.id.empty() || rule.id.size() > 100) refuse_field("id", "must have 1 to 100 bytes");
    if (!ids_.insert(rule.id).second) refuse_field("id", "\"" + rule.id + "\" stands twice");
    if (rule.role.empty()) refuse_field("role", "must name a role, such as alliance.total");
    if (rule.pair && rule.rater != fb::Rater::unset) {
      refuse_field("rater", "must be left out where pair is true: client and practitioner both answer");
    }
    if (!rule.pair && (rule.rater < fb::Rater::client || rule.rater > fb::Rater::observer)) {
      refuse_field("rater", "must be client, practitioner or observer");
    }
    if (!rule.first_of.empty() && !rule.last_of.empty()) refuse_field("last_of", "cannot stand beside first_of");
    if (rule.first_of.empty() && rule.last_of.empty()) {
      anchor(rule, base);
      const bool component = rule.anchor == Anchor::every_component || !rule.component.empty();
      if (rule.each_time && (!component || rule.anchor == Anchor::component_started)) {
        refuse_field("each_time", "is for every_component and for a component_completed that names its component");
      }
    } else {
      combination(rule, base);
    }
    if (rule.expires_hours == 0) refuse_field("expires_hours", "must be 1 or more");
    if (rule.overdue_hours > rule.expires_hours) {
      refuse_field("overdue_hours", "must not be larger than expires_hours: it would be overdue after it has expired");
    }
    if (rule.opens_hours > most_hours) refuse_field("opens_hours", "windows are at most a year long");
    if (rule.expires_hours > most_hours) refuse_field("expires_hours", "windows are at most a year long");
    if (rule.grace_hours > most_hours) refuse_field("grace_hours", "windows are at most a year long");
    if (!std::is_sorted(rule.reminders_hours.begin(), rule.reminders_hours.end())) {
      refuse_field("reminders_hours", "must grow from one to the next");
    }
    for (const std::uint32_t hours : rule.reminders_hours) {
      if (hours == 0 || hours >= rule.expires_hours) {
        refuse_field("reminders_hours", "must lie after 0 and before expires_hours");
      }
    }
    if (rule.reminders_hours.size() > 20) refuse_field("reminders_hours", "at most 20 are taken");
    apart(rule, refuse_field);
  }

  template <class Refuse>
  void apart(const fb::ScheduleRuleT& rule, Refuse refuse_field) const {
    if ((rule.not_within_hours == 0) != rule.of.empty()) {
      refuse_field(rule.of.empty() ? "of" : "not_within_hours", "not_within_hours and of need each other");
    }
    if (rule.not_within_hours > most_hours) refuse_field("not_within_hours", "is at most a year");
    for (const std::string& other : rule.of) {
      if (other != rule.id && ids_.count(other) != 0) continue;
      refuse_field("of",
                   "\"" + other + "\" must be the id of a rule that stands before this one: that one has the way");
    }
  }

  void combination(const fb::ScheduleRuleT& rule, const Place& base) {
    const char* field = rule.first_of.empty() ? "last_of" : "first_of";
    const auto& parts = rule.first_of.empty() ? rule.last_of : rule.first_of;
    Place place = base;
    place.push_back({field});
    if (rule.anchor != Anchor::unset) refuse(place, "stands in place of an anchor: leave one of the two out");
    if (parts.size() < 2 || parts.size() > 8) refuse(place, "must have 2 to 8 parts");
    for (std::size_t i = 0; i < parts.size(); ++i) {
      Place part = place;
      part.push_back({"", i});
      anchor(*parts[i], part);
    }
  }

  // An anchor's fields are called alike in a rule and in a part of a combination.
  template <class Anchored>
  void anchor(const Anchored& it, const Place& base) const {
    const auto refuse_field = [&](const char* field, const std::string& why) {
      Place place = base;
      place.push_back({field});
      refuse(place, why);
    };
    const AnchorRule* takes = find(it.anchor);
    if (!takes) refuse_field("anchor", "must be one of " + anchor_names());
    const std::string name = takes->name;
    const bool named = !it.component.empty();
    if (takes->number == Number::needed && it.number == 0)
      refuse_field("number", name + " needs a number of 1 or more");
    if (takes->number == Number::none && it.number != 0) refuse_field("number", name + " takes no number");
    if (takes->number == Number::or_component && (it.number != 0) == named) {
      refuse_field("number", name + " needs either a number of 1 or more or a component");
    }
    if (takes->number != Number::or_component && named) refuse_field("component", name + " takes no component");
    if (it.at != fb::Moment::unset && takes->kind != Kind::session) {
      refuse_field("at", "is for sessions: " + name + " has no start and end");
    }
    if (!it.of_role.empty() && it.anchor != Anchor::rupture) refuse_field("of_role", "is for rupture");
    calendar(it, name, refuse_field);
    if (!it.due_local.empty() && clock_minutes(it.due_local) < 0) {
      refuse_field("due_local", "must be a time of day such as 09:00");
    }
    const bool foreseen = takes->kind == Kind::date || it.at == fb::Moment::start || it.anchor == Anchor::review;
    if (it.after_hours < 0 && !foreseen) {
      refuse_field("after_hours", name + (takes->kind == Kind::session
                                              ? " is known to end only when it has: before it needs \"at\": \"start\""
                                              : " is not foreseen: a measure cannot be due before it"));
    }
    const auto limit = static_cast<std::int64_t>(most_hours);
    if (it.after_hours < -limit || it.after_hours > limit) refuse_field("after_hours", "is at most a year");
  }

  template <class Anchored, class Refuse>
  void calendar(const Anchored& it, const std::string& name, Refuse refuse_field) const {
    const int given = !it.weekdays.empty() + !it.month_days.empty() + !it.dates.empty();
    if (it.anchor != Anchor::calendar) {
      const char* field = !it.weekdays.empty() ? "weekdays" : !it.month_days.empty() ? "month_days" : "dates";
      if (given != 0) refuse_field(field, "is for calendar, not for " + name);
      return;
    }
    if (given != 1) refuse_field("weekdays", "calendar needs one of weekdays, month_days and dates");
    for (const fb::Weekday weekday : it.weekdays) {
      if (weekday > fb::Weekday::sunday) refuse_field("weekdays", "must be monday to sunday");
    }
    for (const std::uint8_t of_month : it.month_days) {
      if (of_month < 1 || of_month > 31) refuse_field("month_days", "must lie between 1 and 31");
    }
    date::local_days on;
    for (const std::string& text : it.dates) {
      if (!calendar_day(text, on)) refuse_field("dates", "\"" + text + "\" is no date such as 2026-03-29");
    }
  }

  void minutes(const fb::MinutesPlanT& plan) const {
    const struct {
      const char* field;
      double value, most;
    } all[] = {{"session", plan.session, 1440},
               {"preparation", plan.preparation, 1440},
               {"online_review", plan.online_review, 1440},
               {"messaging", plan.messaging, 1440},
               {"admin", plan.admin, 1440},
               {"review_days", plan.review_days, 366},
               {"timer_hours", plan.timer_hours, 24}};
    for (const auto& [field, value, most] : all) {
      if (std::isfinite(value) && value >= 0 && value <= most) continue;
      refuse({{"minutes"}, {field}}, "must lie between 0 and " + std::to_string(static_cast<int>(most)));
    }
  }

  const fb::ScheduleT& schedule_;
  const std::string& file_;
  std::string_view text_;
  std::set<std::string> ids_;
};

}  // namespace

void check(const fb::ScheduleT& schedule, const std::string& file, std::string_view text) {
  Checker(schedule, file, text).check();
}

}  // namespace alliance::timing
