// SPDX-License-Identifier: Apache-2.0
#include "trial.h"

#include <alliance/base.h>

#include <alliance/error.hpp>
#include <set>

#include "../shared/lines.h"
#include "anchors.h"

namespace alliance::timing {
namespace {

date::local_days visit_day(date::local_days opened, const fb::VisitT& visit) {
  date::year_month_day found = date::year_month_day(opened) + date::months(visit.months);
  if (!found.ok()) found = found.year() / found.month() / date::last;
  return date::local_days(found) + date::days(7 * visit.weeks);
}

}  // namespace

void check(const fb::TrialCalendarT& calendar, const std::string& file, std::string_view text) {
  const auto refuse = [&](const shared::Place& place, const std::string& why) {
    throw Error(ALLIANCE_E_BAD_INPUT, file + ": line " + std::to_string(shared::line_of(text, place)) + ": " +
                                          shared::to_text(place) + ": " + why);
  };
  if (!calendar.due_local.empty() && clock_minutes(calendar.due_local) < 0) {
    refuse({{"due_local"}}, "must be a time of day such as 09:00");
  }
  if (calendar.visits.size() > 64) refuse({{"visits"}}, "at most 64 are taken");
  std::set<std::string> ids;
  for (std::size_t i = 0; i < calendar.visits.size(); ++i) {
    const fb::VisitT& visit = *calendar.visits[i];
    const auto at = [i](const char* field) { return shared::Place{{"visits"}, {"", i}, {field}}; };
    if (visit.id.empty() || visit.id.size() > 40) refuse(at("id"), "must have 1 to 40 bytes");
    if (!ids.insert(visit.id).second) refuse(at("id"), "\"" + visit.id + "\" stands twice");
    if (visit.weeks > 520) refuse(at("weeks"), "at most 520");
    if (visit.months > 120) refuse(at("months"), "at most 120");
    if (visit.early_days > 90 || visit.late_days > 180)
      refuse(at("late_days"), "a window is at most 90 days early and 180 late");
    if (visit.late_days == 0) refuse(at("late_days"), "must be 1 or more");
    if (visit.measures.empty() || visit.measures.size() > 32) refuse(at("measures"), "must have 1 to 32 of them");
    for (std::size_t m = 0; m < visit.measures.size(); ++m) {
      const fb::WantedT& wanted = *visit.measures[m];
      auto place = at("measures");
      place.push_back({"", m});
      if (wanted.role.empty() || wanted.role.size() > 60) refuse(place, "must name a role, such as alliance.total");
      if (wanted.rater < fb::Rater::client || wanted.rater > fb::Rater::observer) {
        refuse(place, "rater must be client, practitioner or observer");
      }
    }
  }
}

fb::ScheduleT dates_for(const fb::TrialCalendarT& calendar, const fb::Case& state) {
  fb::ScheduleT made;
  made.id = calendar.id;
  const date::local_days opened = zone_of(state).civil(state.opened()).date;
  for (const auto& visit : calendar.visits) {
    for (const auto& wanted : visit->measures) {
      auto rule = std::make_unique<fb::ScheduleRuleT>();
      rule->id = visit->id + "." + wanted->role + "." + fb::EnumNameRater(wanted->rater);
      if (wanted->target != fb::Target::none) rule->id += std::string(".") + fb::EnumNameTarget(wanted->target);
      rule->role = wanted->role;
      rule->rater = wanted->rater;
      rule->target = wanted->target;
      rule->only = wanted->only;
      rule->anchor = fb::Anchor::calendar;
      rule->dates = {to_text(visit_day(opened, *visit))};
      rule->due_local = calendar.due_local;
      rule->opens_hours = visit->early_days * 24u;
      rule->overdue_hours = visit->late_days * 12u;
      rule->expires_hours = visit->late_days * 24u;
      rule->absence = fb::Absence::ignored;
      made.rules.push_back(std::move(rule));
    }
  }
  return made;
}

}  // namespace alliance::timing
