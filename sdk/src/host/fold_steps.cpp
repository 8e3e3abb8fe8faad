// SPDX-License-Identifier: Apache-2.0
#include "host/fold_steps.h"

#include <algorithm>

#include "host/fold.h"

namespace alliance::host {

void went(fb::ComponentStateT& c, const fb::ComponentStepT& step) {
  if (step.progress == fb::Progress::unset) {
    c.irrelevant = std::max(c.irrelevant, step.time);
    return;
  }
  if (c.launched == 0 || step.time < c.launched) c.launched = step.time;
  c.last = std::max(c.last, step.time);
  c.minutes += step.minutes;
  if (step.fraction) c.fraction = std::max(c.fraction, *step.fraction);
  const bool completed = step.progress == fb::Progress::completed;
  if (completed) {
    const auto place = std::lower_bound(c.completions.begin(), c.completions.end(), step.time);
    if (place == c.completions.end() || *place != step.time) c.completions.insert(place, step.time);
  }
  if (completed && (c.completed == 0 || step.time < c.completed)) {
    c.completed = step.time;
    c.fraction = 1;
  }
  if (step.progress == fb::Progress::abandoned) ++c.abandoned;
  if (c.progress != fb::Progress::completed && c.last == step.time) c.progress = step.progress;
  if (c.completed != 0) c.progress = fb::Progress::completed;
}

void take_back(fb::CaseT& state, const std::string& event) {
  if (!taken_back(state, event)) state.taken_back.push_back(event);
  const auto of_it = [&](const auto& row) { return row->event == event; };
  for (auto& c : state.components) {
    std::erase(c->events, event);
    if (std::erase_if(c->steps, of_it) == 0) continue;
    fb::ComponentStateT again;
    for (const auto& step : c->steps) went(again, *step);
    again.id = c->id;
    again.reviewed = c->reviewed;
    again.discussed = c->discussed;
    again.events = std::move(c->events);
    again.steps = std::move(c->steps);
    *c = std::move(again);
  }
  std::erase_if(state.components, [](const auto& c) { return c->events.empty(); });
  std::erase_if(state.sheets, of_it);
  std::erase_if(state.minutes, of_it);
  std::erase_if(state.tools, of_it);
  std::erase_if(state.goals, of_it);
  std::erase_if(state.difficulties, of_it);
  std::erase_if(state.confidence, of_it);
  if (std::erase_if(state.messages, of_it) == 0) return;
  state.last_contact = 0;
  for (const auto& s : state.sessions) {
    if (s->state == fb::SessionState::held) state.last_contact = std::max(state.last_contact, s->told);
  }
  for (const auto& message : state.messages) {
    if (message->sender == fb::Rater::practitioner) state.last_contact = std::max(state.last_contact, message->time);
  }
}

}  // namespace alliance::host
