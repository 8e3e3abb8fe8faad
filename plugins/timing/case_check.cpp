// SPDX-License-Identifier: Apache-2.0
#include <alliance/error.hpp>
#include <cmath>

#include "../shared/tables.h"
#include "anchors.h"

namespace alliance::timing {
namespace {

using shared::each;

constexpr double most_minutes = 7 * 24 * 60;

void need(bool holds, const std::string& field) {
  if (!holds) throw Error(ALLIANCE_E_BAD_INPUT, "case: " + field + " is not between the years 1970 and 2200");
}

void need_minutes(double minutes, const std::string& field) {
  if (std::isfinite(minutes) && minutes >= 0 && minutes <= most_minutes) return;
  throw Error(ALLIANCE_E_BAD_INPUT, "case: " + field + " is not between 0 and a week");
}

template <class Items, class Look>
void all(const char* name, const Items* items, Look look) {
  std::size_t i = 0;
  for (const auto* item : each(items)) look(*item, std::string(name) + "[" + std::to_string(i++) + "]");
}

}  // namespace

void check(const fb::Case& state, Instant now) {
  need(plausible(now), "the instant of the call");
  need(plausible(state.opened()), "opened");
  need(plausible(state.closed()), "closed");
  need(plausible(state.consent_withdrawn()), "consent_withdrawn");
  need(plausible(state.consent_given()), "consent_given");
  need(plausible(state.last_contact()), "last_contact");
  all("sessions", state.sessions(), [](const fb::Session& session, const std::string& field) {
    need(plausible(session.starts()), field + ".starts");
    need(plausible(session.booked()), field + ".booked");
    need_minutes(session.minutes(), field + ".minutes");
  });
  all("components", state.components(), [](const fb::ComponentState& component, const std::string& field) {
    need(plausible(component.launched()), field + ".launched");
    need(plausible(component.completed()), field + ".completed");
    need(plausible(component.reviewed()), field + ".reviewed");
    for (const Instant done : each(component.completions())) need(plausible(done), field + ".completions");
  });
  all("minutes", state.minutes(), [](const fb::Minutes& spent, const std::string& field) {
    need(plausible(spent.time()), field + ".time");
    need_minutes(spent.minutes(), field + ".minutes");
  });
  all("leave", state.leave(), [](const fb::Leave& leave, const std::string& field) {
    need(plausible(leave.from()), field + ".from");
    need(plausible(leave.until()), field + ".until");
  });
  all("support", state.support(),
      [](const fb::Support& asked, const std::string& field) { need(plausible(asked.opened()), field + ".opened"); });
  all("signals", state.signals(), [](const fb::SignalRecord& signal, const std::string& field) {
    need(plausible(signal.time()), field + ".time");
  });
  all("reviews", state.reviews(), [](const fb::ReviewDate& review, const std::string& field) {
    need(plausible(review.starts()), field + ".starts");
  });
  all("zones", state.zones(),
      [](const fb::ZoneChange& change, const std::string& field) { need(plausible(change.time()), field + ".time"); });
  all("consents", state.consents(), [](const fb::ConsentChange& change, const std::string& field) {
    need(plausible(change.time()), field + ".time");
  });
  all("timers", state.timers(), [](const fb::Timer& timer, const std::string& field) {
    need(plausible(timer.started()), field + ".started");
    need(plausible(timer.stopped()), field + ".stopped");
    if (timer.corrected()) need_minutes(*timer.corrected(), field + ".corrected");
  });
  all("busy", state.busy(), [](const fb::Busy& busy, const std::string& field) {
    need(plausible(busy.from()), field + ".from");
    need(plausible(busy.until()), field + ".until");
  });
}

}  // namespace alliance::timing
