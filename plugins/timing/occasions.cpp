// SPDX-License-Identifier: Apache-2.0
#include "occasions.h"

#include <algorithm>
#include <alliance/error.hpp>
#include <set>
#include <tuple>

#include "../shared/tables.h"
#include "answers.h"
#include "giving_way.h"
#include "windows.h"

namespace alliance::timing {
namespace {

using shared::each;
using shared::view;
using State = fb::OccasionState;

constexpr std::size_t most_occasions = 4096;
struct Question {
  const fb::ScheduleRuleT& rule;
  fb::Rater rater;
};

enum class Played { yes, for_others, no };
Played played(const Question& asks, const fb::Case& state, const fb::Playable** by) {
  Played found = Played::no;
  for (const fb::Playable* playable : each(state.roles())) {
    if (view(playable->role()) != asks.rule.role) continue;
    *by = playable;
    if (playable->rater() == asks.rater && playable->target() == asks.rule.target) return Played::yes;
    found = Played::for_others;
  }
  return found;
}

std::string missing(const Question& asks, Played played) {
  if (played == Played::no) return asks.rule.role;
  std::string who = asks.rule.role + " (" + fb::EnumNameRater(asks.rater);
  if (asks.rule.target != fb::Target::none) who += std::string(" about ") + fb::EnumNameTarget(asks.rule.target);
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

std::vector<Answered> sheets_for(const Question& asks, const fb::Case& state) {
  std::vector<Answered> found;
  for (const fb::Sheet* sheet : each(state.sheets())) {
    if (sheet->rater() == asks.rater && sheet->target() == asks.rule.target && has_role(*sheet, asks.rule.role)) {
      found.push_back({sheet->time(), sheet->session(), shared::text(sheet->event())});
    }
  }
  return found;
}

// What stands around a case while its plan is made.
struct Around {
  const fb::Case& state;
  Instant now;
  Zone zone;
  std::vector<Span> off, away;
};

std::vector<std::unique_ptr<fb::OccasionT>> occasions(const Question& asks, const fb::Playable* by,
                                                      const Around& around) {
  const fb::ScheduleRuleT& rule = asks.rule;
  std::vector<std::unique_ptr<fb::OccasionT>> made;
  for (Anchored& anchor : anchored(rule, around.state, around.zone, around.now)) {
    auto occasion = std::make_unique<fb::OccasionT>();
    const std::string key = rule.id + "/" + anchor.key;
    occasion->key = key;
    if (rule.pair) {
      const bool client = asks.rater == fb::Rater::client;
      occasion->key += client ? "/client" : "/practitioner";
      occasion->pair = key + (client ? "/practitioner" : "/client");
    }
    occasion->role = rule.role;
    occasion->rater = asks.rater;
    occasion->target = rule.target;
    if (by) occasion->instrument = shared::text(by->instrument());
    if (by) occasion->items = by->items();
    occasion->session = anchor.session;
    occasion->rule = rule.id;
    occasion->reason = anchor.reason;
    occasion->event = anchor.event;
    const bool again = rule.first_of.empty() && rule.last_of.empty() && repeats(rule.anchor);
    if (!set_window(*occasion, anchor, rule, again, around.off, around.away, around.zone)) continue;
    made.push_back(std::move(occasion));
  }
  std::sort(made.begin(), made.end(),
            [](const auto& a, const auto& b) { return std::tie(a->expires, a->key) < std::tie(b->expires, b->key); });
  return made;
}

void answer(std::vector<std::unique_ptr<fb::OccasionT>>& made, const Question& asks, const Around& around) {
  std::vector<Window> windows;
  windows.reserve(made.size());
  for (const auto& occasion : made) windows.push_back({occasion->opens, occasion->expires, occasion->session});
  std::vector<Answered> sheets = sheets_for(asks, around.state);
  const auto taken = answered(windows, sheets);
  for (std::size_t i = 0; i < made.size(); ++i) {
    if (!taken[i]) continue;
    made[i]->sheet = taken[i]->event;
    made[i]->answered = taken[i]->time;
  }
}

// What the occasion has come to, and when that changes next if nothing happens.
Instant settle(fb::OccasionT& occasion, const Around& around) {
  const Instant now = around.now;
  const auto become = [&](State state, Instant next) {
    occasion.state = state;
    return next;
  };
  occasion.reminded = static_cast<std::uint16_t>(
      std::upper_bound(occasion.reminders.begin(), occasion.reminders.end(), now) - occasion.reminders.begin());
  if (occasion.answered != 0) {
    occasion.gives_way.clear();
    return become(State::answered, never);
  }
  if (!occasion.gives_way.empty() || cancelled(occasion, around.off, now)) return become(State::cancelled, never);
  if (now >= occasion.expires) return become(State::expired, never);
  const Instant reminder =
      occasion.reminded < occasion.reminders.size() ? occasion.reminders[occasion.reminded] : never;
  if (now >= occasion.overdue) return become(State::overdue, std::min(reminder, occasion.expires));
  if (now >= occasion.due) return become(State::due, std::min(reminder, occasion.overdue));
  return become(State::planned, occasion.due);
}

}  // namespace

fb::PlanT plan(const fb::ScheduleT& schedule, const fb::Case& state, Instant now, Cast cast) {
  check(state, now);
  fb::PlanT found;
  found.schedule = schedule.id;
  if (state.subject() == fb::Subject::practitioner) return found;
  const Around around{state, now, zone_of(state), unasked(state), absences(state)};
  std::vector<Placed> placed;
  std::set<std::string> absent;
  for (std::size_t i = 0; i < schedule.rules.size(); ++i) {
    const fb::ScheduleRuleT& rule = *schedule.rules[i];
    if (rule.only != fb::Delivery::unset && rule.only != state.delivery()) continue;
    for (const fb::Rater rater : {fb::Rater::client, fb::Rater::practitioner, fb::Rater::observer}) {
      if (rule.pair ? rater == fb::Rater::observer : rater != rule.rater) continue;
      const Question asks{rule, rater};
      const fb::Playable* by = nullptr;
      if (const Played who = played(asks, state, &by); who != Played::yes) {
        by = nullptr;
        absent.insert(missing(asks, who));
        if (cast == Cast::playable) continue;
      }
      auto made = occasions(asks, by, around);
      answer(made, asks, around);
      for (auto& occasion : made) placed.push_back({std::move(occasion), i});
    }
    if (placed.size() > most_occasions) {
      throw Error(ALLIANCE_E_LIMIT, "plan: more than " + std::to_string(most_occasions) +
                                        " occasions; the case has too many sessions or the schedule too many rules");
    }
  }
  keep_apart(schedule, placed);
  keep_light(schedule, around.zone, placed);
  Instant next = never;
  for (Placed& one : placed) {
    next = std::min(next, settle(*one.occasion, around));
    found.occasions.push_back(std::move(one.occasion));
  }
  std::sort(found.occasions.begin(), found.occasions.end(),
            [](const auto& a, const auto& b) { return std::tie(a->due, a->key) < std::tie(b->due, b->key); });
  found.next_change = next == never ? 0 : next;
  found.missing_roles.assign(absent.begin(), absent.end());
  return found;
}

}  // namespace alliance::timing
