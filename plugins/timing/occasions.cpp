// SPDX-License-Identifier: Apache-2.0
#include "occasions.h"

#include <algorithm>
#include <alliance/error.hpp>
#include <limits>
#include <set>
#include <tuple>

#include "../shared/tables.h"
#include "anchors.h"
#include "answers.h"

namespace alliance::timing {
namespace {

using shared::each;
using shared::view;
using State = fb::OccasionState;

constexpr std::size_t most_occasions = 4096;
constexpr Instant never = std::numeric_limits<Instant>::max();

Instant stopped(const fb::Case& state) {
  Instant at = never;
  if (state.closed() != 0) at = state.closed();
  const bool withdrawn = state.consent_withdrawn() != 0 && state.consent_withdrawn() >= state.consent_given();
  return withdrawn ? std::min<Instant>(at, state.consent_withdrawn()) : at;
}

enum class Played { yes, for_others, no };
Played played(const fb::ScheduleRuleT& rule, const fb::Case& state) {
  Played found = Played::no;
  for (const fb::Playable* playable : each(state.roles())) {
    if (view(playable->role()) != rule.role) continue;
    if (playable->rater() == rule.rater && playable->target() == rule.target) return Played::yes;
    found = Played::for_others;
  }
  return found;
}

std::string missing(const fb::ScheduleRuleT& rule, Played played) {
  if (played == Played::no) return rule.role;
  std::string who = rule.role + " (" + fb::EnumNameRater(rule.rater);
  if (rule.target != fb::Target::none) who += std::string(" about ") + fb::EnumNameTarget(rule.target);
  return who + ")";
}

bool has_role(const fb::Sheet& sheet, const std::string& role) {
  for (const fb::Score* score : each(sheet.scores())) {
    for (const flatbuffers::String* played : each(score->roles())) {
      if (view(played) == role) return true;
    }
  }
  return false;
}

std::vector<Answered> sheets_for(const fb::ScheduleRuleT& rule, const fb::Case& state) {
  std::vector<Answered> found;
  for (const fb::Sheet* sheet : each(state.sheets())) {
    if (sheet->rater() == rule.rater && sheet->target() == rule.target && has_role(*sheet, rule.role)) {
      found.push_back({sheet->time(), sheet->session()});
    }
  }
  return found;
}

// What an occasion that nobody answered has come to, and when that changes next.
struct Stage {
  State state;
  Instant next;
};
Stage stage(const fb::OccasionT& occasion, Instant overdue, Instant now, Instant stop) {
  if (occasion.expires > stop) return {State::cancelled, never};
  if (now >= occasion.expires) return {State::expired, never};
  if (now >= overdue) return {State::overdue, occasion.expires};
  if (now >= occasion.due) return {State::due, overdue};
  return {State::planned, occasion.due};
}

std::vector<std::unique_ptr<fb::OccasionT>> occasions(const fb::ScheduleRuleT& rule, const fb::Case& state,
                                                      const Zone& zone, Instant now, Instant stop) {
  std::vector<std::unique_ptr<fb::OccasionT>> made;
  for (Anchored& anchor : anchored(rule, state, zone, now)) {
    auto occasion = std::make_unique<fb::OccasionT>();
    occasion->opens = anchor.due - rule.opens_hours * hour;
    if (occasion->opens > stop) continue;
    occasion->due = anchor.due;
    occasion->expires = anchor.due + rule.expires_hours * hour;
    occasion->key = std::move(anchor.key);
    occasion->role = rule.role;
    occasion->rater = rule.rater;
    occasion->target = rule.target;
    occasion->session = anchor.session;
    occasion->rule = rule.id;
    occasion->reason = std::move(anchor.reason);
    occasion->event = std::move(anchor.event);
    made.push_back(std::move(occasion));
  }
  std::sort(made.begin(), made.end(),
            [](const auto& a, const auto& b) { return std::tie(a->expires, a->key) < std::tie(b->expires, b->key); });
  return made;
}

}  // namespace

fb::PlanT plan(const fb::ScheduleT& schedule, const fb::Case& state, Instant now) {
  check(state, now);
  fb::PlanT found;
  if (state.subject() == fb::Subject::practitioner) return found;
  const Zone zone(shared::text(state.zone()));
  const Instant stop = stopped(state);
  Instant next = never;
  std::set<std::string> absent;
  for (const auto& rule : schedule.rules) {
    if (rule->only != fb::Delivery::unset && rule->only != state.delivery()) continue;
    if (const Played who = played(*rule, state); who != Played::yes) {
      absent.insert(missing(*rule, who));
      continue;
    }
    auto made = occasions(*rule, state, zone, now, stop);
    std::vector<Window> windows;
    for (const auto& occasion : made) windows.push_back({occasion->opens, occasion->expires, occasion->session});
    const std::vector<bool> taken = answered(windows, sheets_for(*rule, state));
    for (std::size_t i = 0; i < made.size(); ++i) {
      fb::OccasionT& occasion = *made[i];
      const Stage now_at = taken[i] ? Stage{State::answered, never}
                                    : stage(occasion, occasion.due + rule->overdue_hours * hour, now, stop);
      occasion.state = now_at.state;
      next = std::min(next, now_at.next);
      found.occasions.push_back(std::move(made[i]));
    }
    if (found.occasions.size() > most_occasions) {
      throw Error(ALLIANCE_E_LIMIT, "plan: more than " + std::to_string(most_occasions) +
                                        " occasions; the case has too many sessions or the schedule too many rules");
    }
  }
  std::sort(found.occasions.begin(), found.occasions.end(),
            [](const auto& a, const auto& b) { return std::tie(a->due, a->key) < std::tie(b->due, b->key); });
  found.next_change = next == never ? 0 : next;
  found.missing_roles.assign(absent.begin(), absent.end());
  return found;
}

}  // namespace alliance::timing
