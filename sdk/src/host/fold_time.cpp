// SPDX-License-Identifier: Apache-2.0
#include "host/fold_time.h"

#include <algorithm>
#include <memory>

namespace alliance::host {
namespace {

constexpr double longest_session = 4 * 60;  // minutes: a timer that ran longer was forgotten

// What the longest timer of a session measured.
double timed(const fb::CaseT& state, std::uint16_t number) {
  double found = 0;
  for (const auto& timer : state.timers) {
    if (timer->work != fb::Work::in_person || timer->session != number || timer->started == 0) continue;
    const double minutes =
        timer->corrected ? *timer->corrected : static_cast<double>(timer->stopped - timer->started) / 60e6;
    if (minutes <= longest_session) found = std::max(found, minutes);
  }
  return found;
}

}  // namespace

void measure(fb::CaseT& state, fb::SessionT& session) {
  const bool said = session.said_minutes > 0 || session.number == 0;
  const double measured = said ? 0 : timed(state, session.number);
  session.minutes = said ? session.said_minutes : measured > 0 ? measured : session.booked_minutes;
  session.starts = session.told - static_cast<std::int64_t>(session.minutes * 60e6);  // it is told when it has ended
  std::erase_if(state.minutes, [&](const auto& row) { return row->event == session.event; });
  if (session.minutes <= 0) return;
  auto row = std::make_unique<fb::MinutesT>();
  row->time = session.told;
  row->work = fb::Work::in_person;
  row->minutes = session.minutes;
  row->event = session.event;
  row->session = session.number;
  state.minutes.push_back(std::move(row));
}

std::int64_t ran(fb::CaseT& state, const fb::TimerT& timer) {
  if (timer.work == fb::Work::in_person && timer.session != 0) {
    for (auto& session : state.sessions) {
      if (session->number == timer.session && session->state == fb::SessionState::held) measure(state, *session);
    }
  }
  const bool reviewed = timer.work == fb::Work::online_review && !timer.component.empty() && timer.started != 0;
  return reviewed ? timer.stopped : 0;
}

}  // namespace alliance::host
