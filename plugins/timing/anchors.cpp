// SPDX-License-Identifier: Apache-2.0
#include "anchors.h"

#include <algorithm>
#include <alliance/error.hpp>
#include <cmath>
#include <map>
#include <tuple>

#include "../shared/tables.h"

namespace alliance::timing {
namespace {

using shared::each;
using shared::text;
using shared::view;

constexpr int most_weeks = 520;
constexpr double most_minutes = 7 * 24 * 60;

// The held sessions by number; of two with one number the earlier.
std::map<std::uint16_t, const fb::Session*> held(const fb::Case& state) {
  std::map<std::uint16_t, const fb::Session*> found;
  for (const fb::Session* session : each(state.sessions())) {
    if (session->state() != fb::SessionState::held || session->number() == 0) continue;
    const auto order = [](const fb::Session* s) { return std::make_tuple(end_of(*s), view(s->event())); };
    const fb::Session*& place = found[session->number()];
    if (!place || order(session) < order(place)) place = session;
  }
  return found;
}

Anchored of_session(const fb::ScheduleRuleT& rule, const fb::Session& session, const Zone& zone) {
  const Instant end = end_of(session);
  const std::string number = std::to_string(session.number());
  return {rule.id + "/session-" + number, session.number(),
          rule.due_local.empty() ? end : zone.next(end, clock_minutes(rule.due_local)), text(session.event()),
          "Session " + number + " was held."};
}

Anchored of_week(const fb::ScheduleRuleT& rule, const fb::Case& state, const Zone& zone, int week) {
  Civil at = zone.civil(state.opened());
  at.date += date::days(7 * week);
  if (!rule.due_local.empty()) at.minutes = clock_minutes(rule.due_local);
  const std::string number = std::to_string(week);
  return {rule.id + "/week-" + number, 0, zone.instant(at), {}, "Week " + number + " since the case was opened."};
}

std::vector<Anchored> of_weeks(const fb::ScheduleRuleT& rule, const fb::Case& state, const Zone& zone, Instant now) {
  std::vector<Anchored> found;
  if (state.opened() == 0) return found;
  const bool open_ended = state.weeks() == 0;
  const int last = open_ended ? most_weeks : std::min<int>(state.weeks(), most_weeks);
  for (int week = rule.number; week <= last; week += rule.number) {
    found.push_back(of_week(rule, state, zone, week));
    if (rule.anchor == fb::Anchor::week || (open_ended && found.back().due > now)) break;
  }
  return found;
}

std::vector<Anchored> of_component(const fb::ScheduleRuleT& rule, const fb::Case& state, const Zone& zone) {
  std::vector<std::pair<Instant, std::string_view>> completed;
  for (const fb::ComponentState* component : each(state.components())) {
    if (component->completed() != 0) completed.emplace_back(component->completed(), view(component->id()));
  }
  if (completed.size() < rule.number) return {};
  const auto place = completed.begin() + rule.number - 1;
  std::nth_element(completed.begin(), place, completed.end());
  const std::string number = std::to_string(rule.number);
  return {{rule.id + "/completed-" + number,
           0,
           rule.due_local.empty() ? place->first : zone.next(place->first, clock_minutes(rule.due_local)),
           {},
           "Completed components: " + number + ", the latest of them " + std::string(place->second) + "."}};
}

}  // namespace

Instant end_of(const fb::Session& session) {
  return session.starts() + static_cast<Instant>(session.minutes() * static_cast<double>(minute));
}

void check(const fb::Case& state, Instant now) {
  const auto need = [](bool holds, const std::string& field) {
    if (!holds) throw Error(ALLIANCE_E_BAD_INPUT, "case: " + field + " is not between the years 1970 and 2200");
  };
  need(plausible(now), "the instant of the call");
  need(plausible(state.opened()), "opened");
  need(plausible(state.closed()), "closed");
  need(plausible(state.consent_withdrawn()), "consent_withdrawn");
  need(plausible(state.consent_given()), "consent_given");
  need(plausible(state.last_contact()), "last_contact");
  std::size_t i = 0;
  for (const fb::Session* session : each(state.sessions())) {
    const std::string field = "sessions[" + std::to_string(i++) + "]";
    need(plausible(session->starts()), field + ".starts");
    const double minutes = session->minutes();
    if (!(std::isfinite(minutes) && minutes >= 0 && minutes <= most_minutes)) {
      throw Error(ALLIANCE_E_BAD_INPUT, "case: " + field + ".minutes is not between 0 and a week");
    }
  }
  i = 0;
  for (const fb::ComponentState* component : each(state.components())) {
    need(plausible(component->completed()), "components[" + std::to_string(i++) + "].completed");
  }
  i = 0;
  for (const fb::Minutes* spent : each(state.minutes())) {
    const std::string field = "minutes[" + std::to_string(i++) + "]";
    need(plausible(spent->time()), field + ".time");
    const double minutes = spent->minutes();
    if (!(std::isfinite(minutes) && minutes >= 0 && minutes <= most_minutes)) {
      throw Error(ALLIANCE_E_BAD_INPUT, "case: " + field + ".minutes is not between 0 and a week");
    }
  }
}

std::vector<Anchored> anchored(const fb::ScheduleRuleT& rule, const fb::Case& state, const Zone& zone, Instant now) {
  std::vector<Anchored> found;
  switch (rule.anchor) {
    case fb::Anchor::session:
    case fb::Anchor::every_session:
    case fb::Anchor::last_session: {
      const std::uint16_t only = rule.anchor == fb::Anchor::last_session ? state.planned_sessions() : rule.number;
      for (const auto& [number, session] : held(state)) {
        if (rule.anchor == fb::Anchor::every_session || number == only)
          found.push_back(of_session(rule, *session, zone));
      }
      return found;
    }
    case fb::Anchor::week:
    case fb::Anchor::every_weeks:
      return of_weeks(rule, state, zone, now);
    case fb::Anchor::component_completed:
      return of_component(rule, state, zone);
    case fb::Anchor::unset:
      break;
  }
  return found;
}

}  // namespace alliance::timing
