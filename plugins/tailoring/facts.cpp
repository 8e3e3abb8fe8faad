// SPDX-License-Identifier: Apache-2.0
#include "facts.h"

#include <alliance/base.h>

#include <algorithm>
#include <alliance/error.hpp>
#include <tuple>

#include "../shared/tables.h"

namespace alliance::tailoring {
namespace {

using shared::each;
using shared::text;
using shared::view;

constexpr std::int64_t latest_instant = INT64_C(7'258'118'400'000'000);  // 2200

void plausible(std::int64_t instant, const std::string& field) {
  if (instant >= 0 && instant < latest_instant) return;
  throw Error(ALLIANCE_E_BAD_INPUT, "case: " + field + " is not between the years 1970 and 2200");
}

template <class Vector, class Get>
void plausible(const Vector* items, const std::string& table, Get get) {
  std::size_t i = 0;
  for (const auto* item : each(items)) plausible(get(*item), table + "[" + std::to_string(i++) + "]");
}

struct Step {
  std::uint32_t order;
  std::int64_t time;
  std::string_view id;
  const fb::Action* action;
};

void leave_out(std::vector<std::string>& path, std::string_view id) {
  path.erase(std::remove(path.begin(), path.end(), id), path.end());
}

void change(std::vector<std::string>& path, const fb::Action& action) {
  const auto find = [&](std::string_view id) { return std::find(path.begin(), path.end(), id); };
  const std::string about = text(action.component()), instead = text(action.replacement()),
                    before = text(action.before());
  if (action.kind() == fb::ActionKind::skip && find(about) != path.end()) {
    if (!instead.empty()) {
      if (instead != about) leave_out(path, instead);
      path.insert(find(about), instead);
    }
    leave_out(path, about);
  } else if (action.kind() == fb::ActionKind::add) {
    const std::string& added = instead.empty() ? about : instead;
    if (!added.empty() && find(added) == path.end()) path.insert(find(before), added);
  } else if (action.kind() == fb::ActionKind::reorder && about != before && find(about) != path.end() &&
             find(before) != path.end()) {
    leave_out(path, about);
    path.insert(find(before), about);
  }
}

std::vector<std::string> path_of(const fb::Case& state, const fb::Programme& programme, const Facts& facts) {
  std::vector<Step> steps;
  for (const fb::ProposalRecord* record : each(state.proposals())) {
    if (record->applied() != 0 && record->reverted() == 0) {
      steps.push_back({record->order(), record->decided() != 0 ? record->decided() : record->applied(),
                       view(record->proposal()->key()),
                       record->edited() ? record->edited() : record->proposal()->action()});
    }
  }
  for (const fb::OwnAdaptation* own : each(state.own_adaptations())) {
    if (own->reverted() == 0) steps.push_back({own->order(), own->time(), view(own->event()), own->action()});
  }
  std::sort(steps.begin(), steps.end(), [](const Step& a, const Step& b) {
    return std::tie(a.order, a.time, a.id) < std::tie(b.order, b.time, b.id);
  });
  std::vector<std::string> path;
  for (const flatbuffers::String* id : each(programme.default_path())) path.push_back(text(id));
  for (const Step& step : steps) {
    facts.spend(path.size() + 1);
    change(path, *step.action);
  }
  return path;
}

}  // namespace

Facts::Facts(const fb::Case& case_state, const fb::Programme* its_programme, std::int64_t instant)
    : state(case_state), programme(its_programme), now(instant) {
  plausible(now, "the instant of the call");
  plausible(state.opened(), "opened");
  plausible(state.sessions(), "sessions", [](const fb::Session& s) { return s.starts(); });
  plausible(state.signals(), "signals", [](const fb::SignalRecord& s) { return s.time(); });
  plausible(state.difficulties(), "difficulties", [](const fb::Difficulty& d) { return d.time(); });
  plausible(state.confidence(), "confidence", [](const fb::Confidence& c) { return c.time(); });
  plausible(state.refusals(), "refusals", [](const fb::Refusal& r) { return r.time(); });
  plausible(state.sheets(), "sheets", [](const fb::Sheet& s) { return s.time(); });
  plausible(state.trainings(), "trainings", [](const fb::Training& t) { return t.expires(); });
  plausible(state.goals(), "goals", [](const fb::Goal& g) { return g.time(); });
  plausible(state.weeks_ahead(), "weeks_ahead", [](const fb::WeekAhead& w) { return w.from(); });
  plausible(state.minutes(), "minutes", [](const fb::Minutes& m) { return m.time(); });
  for (const auto field : {&fb::ComponentState::launched, &fb::ComponentState::last, &fb::ComponentState::completed,
                           &fb::ComponentState::irrelevant}) {
    plausible(state.components(), "components", [field](const fb::ComponentState& c) { return (c.*field)(); });
  }
  if (programme) path = path_of(state, *programme, *this);
  for (const fb::Session* session : each(state.sessions())) {
    if (session->state() == fb::SessionState::held) held.push_back(session);
  }
  std::sort(held.begin(), held.end(), [](const fb::Session* a, const fb::Session* b) {
    return std::make_tuple(a->starts(), a->number()) < std::make_tuple(b->starts(), b->number());
  });
}

const fb::Component* Facts::component(std::string_view id) const {
  if (!programme) return nullptr;
  for (const fb::Component* found : each(programme->components())) {
    spend();
    if (view(found->id()) == id) return found;
  }
  return nullptr;
}

const fb::ComponentState* Facts::progress(std::string_view id) const {
  for (const fb::ComponentState* found : each(state.components())) {
    spend();
    if (view(found->id()) == id) return found;
  }
  return nullptr;
}

bool Facts::completed(std::string_view id) const {
  const fb::ComponentState* found = progress(id);
  return found && found->completed() != 0;
}

bool Facts::begun(std::string_view id) const {
  const fb::ComponentState* found = progress(id);
  return found && (found->launched() != 0 || found->completed() != 0);
}

bool Facts::on_path(std::string_view id) const {
  spend(path.size());
  return std::find(path.begin(), path.end(), id) != path.end();
}

void Facts::spend(std::size_t steps) const {
  steps_ += steps;
  if (steps_ <= most_steps) return;
  throw Error(ALLIANCE_E_LIMIT, "rules: the case is too large to be looked through in " + std::to_string(most_steps) +
                                    " steps: nothing was proposed");
}

double Facts::days_since(std::int64_t instant) const {
  return static_cast<double>(now - instant) / static_cast<double>(day);
}

}  // namespace alliance::tailoring
