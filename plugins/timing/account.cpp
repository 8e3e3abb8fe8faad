// SPDX-License-Identifier: Apache-2.0
#include "account.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <vector>

#include "../shared/tables.h"
#include "anchors.h"

namespace alliance::timing {
namespace {

using fb::Work;
using shared::each;
using shared::view;

constexpr std::size_t kinds = static_cast<std::size_t>(Work::training) + 1;

struct Row {
  double planned = 0, booked = 0, used = 0;
};

struct Ledger {
  std::array<Row, kinds> rows{};
  double last_week = 0;

  Row& of(Work work) { return rows[static_cast<std::size_t>(work)]; }
  void use(Work work, double minutes, Instant when, Instant now) {
    if (work == Work::unset || work > Work::training || when > now) return;
    of(work).used += minutes;
    if (when > now - 7 * day) last_week += minutes;
  }
};

void plan_minutes(Ledger& ledger, const fb::MinutesPlanT& each_takes, const fb::Case& state) {
  const double sessions = state.planned_sessions();
  ledger.of(Work::in_person).planned = each_takes.session * sessions;
  ledger.of(Work::preparation).planned = each_takes.preparation * sessions;
  ledger.of(Work::admin).planned = each_takes.admin * sessions;
  if (state.delivery() != fb::Delivery::blended) return;
  ledger.of(Work::online_review).planned = each_takes.online_review * state.planned_modules();
  ledger.of(Work::messaging).planned = each_takes.messaging * state.weeks();
}

// A session's minutes may also stand among the activities, under the same event: they count once.
void enter(Ledger& ledger, const fb::Case& state, Instant now) {
  std::set<std::string_view> entered;
  for (const fb::Minutes* spent : each(state.minutes())) {
    ledger.use(spent->work(), spent->minutes(), spent->time(), now);
    if (spent->event()) entered.insert(view(spent->event()));
  }
  for (const fb::Session* session : each(state.sessions())) {
    if (session->state() == fb::SessionState::unset) continue;
    ledger.of(Work::in_person).booked += session->minutes();
    const bool counted = session->event() && entered.count(view(session->event())) != 0;
    if (session->state() == fb::SessionState::held && !counted) {
      ledger.use(Work::in_person, session->minutes(), std::min(end_of(*session), now), now);
    }
  }
}

double rest(const fb::MinutesPlanT& each_takes, const fb::Case& state, Instant now) {
  if (state.closed() != 0) return 0;
  std::set<std::uint16_t> held;
  for (const fb::Session* session : each(state.sessions())) {
    if (session->state() == fb::SessionState::held) held.insert(session->number());
  }
  const double sessions = std::max(0.0, state.planned_sessions() - static_cast<double>(held.size()));
  double minutes = sessions * (each_takes.session + each_takes.preparation + each_takes.admin);
  if (state.delivery() != fb::Delivery::blended) return minutes;
  double reviewed = 0;
  for (const fb::ComponentState* component : each(state.components())) reviewed += component->reviewed() != 0;
  minutes += std::max(0.0, state.planned_modules() - reviewed) * each_takes.online_review;
  const double weeks =
      state.opened() == 0 ? 0 : std::max(0.0, std::floor(static_cast<double>(now - state.opened()) / (7.0 * day)));
  return minutes + std::max(0.0, state.weeks() - weeks) * each_takes.messaging;
}

flatbuffers::Optional<double> online_share(const Ledger& ledger, double Row::* minutes) {
  const auto of = [&](Work work) { return ledger.rows[static_cast<std::size_t>(work)].*minutes; };
  const double online = of(Work::online_review) + of(Work::messaging);
  const double all = online + of(Work::in_person);
  return all > 0 ? flatbuffers::Optional<double>(online / all) : flatbuffers::nullopt;
}

double days(Instant from, Instant to) {
  return std::max(0.0, static_cast<double>(to - from) / static_cast<double>(day));
}

void unreviewed(fb::TimeAccountT& account, const fb::Case& state, Instant now) {
  std::vector<std::pair<Instant, std::string_view>> waiting;
  for (const fb::ComponentState* component : each(state.components())) {
    if (component->completed() != 0 && component->completed() <= now && component->reviewed() == 0) {
      waiting.emplace_back(component->completed(), view(component->id()));
    }
  }
  std::sort(waiting.begin(), waiting.end());
  for (const auto& [completed, id] : waiting) account.unreviewed.emplace_back(id);
  if (!waiting.empty()) account.oldest_unreviewed_days = days(waiting.front().first, now);
}

}  // namespace

fb::TimeAccountT account(const fb::ScheduleT& schedule, const fb::Case& state, Instant now) {
  check(state, now);
  const fb::MinutesPlanT each_takes = schedule.minutes ? *schedule.minutes : fb::MinutesPlanT{};
  const bool client = state.subject() != fb::Subject::practitioner;
  Ledger ledger;
  if (client) plan_minutes(ledger, each_takes, state);
  enter(ledger, state, now);

  fb::TimeAccountT made;
  for (std::size_t work = 1; work < kinds; ++work) {
    const Row& row = ledger.rows[work];
    made.planned += row.planned;
    made.booked += row.booked;
    made.used += row.used;
    if (row.planned == 0 && row.booked == 0 && row.used == 0) continue;
    auto entry = std::make_unique<fb::WorkMinutesT>();
    entry->work = static_cast<Work>(work);
    entry->planned = row.planned;
    entry->booked = row.booked;
    entry->used = row.used;
    made.work.push_back(std::move(entry));
  }
  if (client) made.remaining = rest(each_takes, state, now);
  made.online_share_planned = online_share(ledger, &Row::planned);
  made.online_share_used = online_share(ledger, &Row::used);
  if (state.last_contact() != 0) made.days_since_contact = days(state.last_contact(), now);
  unreviewed(made, state, now);
  made.minutes_last_week = ledger.last_week;
  made.capacity_per_week = state.capacity_per_week();
  return made;
}

}  // namespace alliance::timing
