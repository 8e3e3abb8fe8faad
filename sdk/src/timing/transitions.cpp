// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "timing/plan.h"

namespace alliance::timing {
namespace {

using State = fb::OccasionState;
using To = Transition::To;

bool asked(State state) { return state == State::due || state == State::overdue; }
bool ended(State state) { return state == State::answered || state == State::cancelled; }

To as_report(State state) {
  return state == State::due ? To::due : state == State::overdue ? To::overdue : To::expired;
}

int rank(State state) {
  return state == State::due ? 1 : state == State::overdue ? 2 : state == State::expired ? 3 : 0;
}

// What the step from `before` to `now` has to be reported as.
std::optional<To> step(const fb::OccasionT& before, const fb::OccasionT& now) {
  const bool later = now.due > before.due;
  switch (now.state) {
    case State::unset:
    case State::planned:
      return asked(before.state) ? std::optional(To::cancelled) : std::nullopt;
    case State::answered:
      return rank(before.state) > 0 ? std::optional(To::answered) : std::nullopt;
    case State::cancelled:
      return asked(before.state) ? std::optional(To::cancelled) : std::nullopt;
    case State::due:
    case State::overdue:
    case State::expired:
      break;
  }
  if (before.state == State::answered) return later ? std::optional(as_report(now.state)) : std::nullopt;
  if (before.state == State::cancelled) {
    return asked(now.state) || later ? std::optional(as_report(now.state)) : std::nullopt;
  }
  if (rank(now.state) > rank(before.state)) return as_report(now.state);
  return asked(now.state) && now.reminded > before.reminded ? std::optional(To::reminded) : std::nullopt;
}

// A role that nobody can play for now takes no measure back.
bool unplayed(const fb::PlanT& plan, const std::string& role) {
  return std::any_of(plan.missing_roles.begin(), plan.missing_roles.end(),
                     [&](const std::string& missing) { return missing.rfind(role, 0) == 0; });
}

}  // namespace

std::vector<Transition> transitions(const fb::CaseT& before, const fb::PlanT& plan) {
  std::unordered_map<std::string_view, const fb::OccasionRecordT*> remembered;
  for (const auto& record : before.occasions) {
    if (record && record->occasion) remembered[record->occasion->key] = record.get();
  }
  std::vector<Transition> found;
  std::unordered_set<std::string_view> seen;
  for (const auto& occasion : plan.occasions) {
    if (!occasion || !seen.insert(occasion->key).second) continue;
    const auto known = remembered.find(occasion->key);
    if (known == remembered.end()) {
      if (rank(occasion->state) > 0) found.push_back({as_report(occasion->state), *occasion});
      continue;
    }
    const fb::OccasionRecordT& record = *known->second;
    if (const auto to = step(*record.occasion, *occasion)) {
      const bool anew = ended(record.occasion->state);
      found.push_back({*to, *occasion, static_cast<std::uint16_t>(record.round + (anew ? 1 : 0))});
    }
  }
  for (const auto& record : before.occasions) {
    if (!record || !record->occasion || !asked(record->occasion->state)) continue;
    if (seen.count(record->occasion->key) != 0 || unplayed(plan, record->occasion->role)) continue;
    found.push_back({To::cancelled, *record->occasion, record->round});
    found.back().occasion.reason = "What it hung on no longer holds, or its rule is gone.";
  }
  return found;
}

}  // namespace alliance::timing
