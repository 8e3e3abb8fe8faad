// SPDX-License-Identifier: Apache-2.0
#include "account.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "../shared/tables.h"
#include "anchors.h"
#include "timers.h"

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

// What the practitioner gave in place of a timer's or an event's minutes, by its id.
std::map<std::string_view, double> corrections(const fb::Case& state) {
  std::map<std::string_view, double> found;
  for (const fb::Timer* timer : each(state.timers())) {
    if (timer->corrected()) found[view(timer->timer())] = *timer->corrected();
  }
  return found;
}

// A session's minutes may also stand among the activities, under the same event: they count once.
void enter(Ledger& ledger, const fb::Case& state, Instant now) {
  const auto corrected = corrections(state);
  const auto given = [&](const flatbuffers::String* event, double minutes) {
    const auto found = corrected.find(view(event));
    return found == corrected.end() ? minutes : found->second;
  };
  std::set<std::string_view> entered;
  for (const fb::Minutes* spent : each(state.minutes())) {
    ledger.use(spent->work(), given(spent->event(), spent->minutes()), spent->time(), now);
    if (spent->event()) entered.insert(view(spent->event()));
  }
  for (const fb::Session* session : each(state.sessions())) {
    if (session->state() == fb::SessionState::unset || session->state() == fb::SessionState::cancelled) continue;
    ledger.of(Work::in_person).booked += session->minutes();
    const bool counted = session->event() && entered.count(view(session->event())) != 0;
    if (session->state() == fb::SessionState::held && !counted) {
      ledger.use(Work::in_person, given(session->event(), session->minutes()), std::min(end_of(*session), now), now);
    }
  }
}

// What is still to be done: how many of each.
struct Left {
  double sessions = 0, reviews = 0, weeks = 0;
  double held = 0, reviewed = 0;  // and how many were done
};
Left left_over(const fb::Case& state, Instant now) {
  Left left;
  std::set<std::uint16_t> held;
  for (const fb::Session* session : each(state.sessions())) {
    if (session->state() == fb::SessionState::held) held.insert(session->number());
  }
  left.held = static_cast<double>(held.size());
  for (const fb::ComponentState* component : each(state.components())) left.reviewed += component->reviewed() != 0;
  if (state.closed() != 0) return left;
  left.sessions = std::max(0.0, state.planned_sessions() - left.held);
  if (state.delivery() != fb::Delivery::blended) return left;
  left.reviews = std::max(0.0, state.planned_modules() - left.reviewed);
  const double weeks =
      state.opened() == 0 ? 0 : std::max(0.0, std::floor(static_cast<double>(now - state.opened()) / (7.0 * day)));
  left.weeks = std::max(0.0, state.weeks() - weeks);
  return left;
}

// Sessions to modules, planned and so far: 6 to 5, say.
void counts(fb::TimeAccountT& made, const fb::Case& state, const Left& left) {
  const auto number = [](double count) { return static_cast<std::uint16_t>(std::min(count, 65'535.0)); };
  const bool online = state.delivery() == fb::Delivery::blended;
  made.sessions_planned = state.planned_sessions();
  made.sessions_held = number(left.held);
  made.modules_planned = online ? state.planned_modules() : std::uint16_t{0};
  made.modules_reviewed = number(left.reviewed);
  made.sessions_left = number(left.sessions);
  made.reviews_left = number(left.reviews);
  made.weeks_left = number(left.weeks);
}

struct Sample {
  double count = 0, mean = 0, variance = 0;
};
Sample sample_of(const std::vector<double>& values) {
  Sample made;
  made.count = static_cast<double>(values.size());
  if (values.size() < 2) return made;
  for (const double value : values) made.mean += value / made.count;
  for (const double value : values) made.variance += (value - made.mean) * (value - made.mean) / (made.count - 1);
  return made;
}

constexpr std::size_t fewest = 3;

// The rest as it would go if sessions and reviews took what they took so far, with a prediction interval for a sum of
// k further values after n: k * mean +- 1.96 * sd * sqrt(k + k*k / n), normal approximation. What there are fewer than
// three of is taken as planned, without a spread. Given only where sessions or reviews are left to foretell.
void forecast(fb::TimeAccountT& made, const fb::MinutesPlanT& plan, const Left& left, const fb::Case& state) {
  std::vector<double> sessions, reviews;
  for (const fb::Session* session : each(state.sessions())) {
    if (session->state() == fb::SessionState::held) sessions.push_back(session->minutes());
  }
  for (const fb::Minutes* spent : each(state.minutes())) {
    if (spent->work() == Work::online_review) reviews.push_back(spent->minutes());
  }
  double centre = left.sessions * (plan.preparation + plan.admin) + left.weeks * plan.messaging, variance = 0;
  std::string rule;
  const auto add = [&](double further, double planned, const std::vector<double>& so_far, const char* what) {
    if (further == 0 || so_far.size() < fewest) {
      centre += further * planned;
      return;
    }
    const Sample sample = sample_of(so_far);
    centre += further * sample.mean;
    variance += sample.variance * (further + further * further / sample.count);
    rule += (rule.empty() ? "" : ", ") + std::string(what) + " n=" + std::to_string(so_far.size());
  };
  add(left.sessions, plan.session, sessions, "sessions");
  add(left.reviews, plan.online_review, reviews, "reviews");
  if (rule.empty()) return;
  made.forecast = centre;
  made.forecast_variance = variance;
  const double half = 1.96 * std::sqrt(variance);
  made.remaining_low = std::max(0.0, centre - half);
  made.remaining_high = centre + half;
  made.forecast_rule = "prediction interval 95 %, normal; " + rule + "; the rest as planned";
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

void unreviewed(fb::TimeAccountT& account, const fb::Case& state, double overdue_days, Instant now) {
  std::vector<std::pair<Instant, std::string_view>> waiting;
  for (const fb::ComponentState* component : each(state.components())) {
    if (component->completed() != 0 && component->completed() <= now && component->reviewed() == 0) {
      waiting.emplace_back(component->completed(), view(component->id()));
    }
  }
  std::sort(waiting.begin(), waiting.end());
  for (const auto& [completed, id] : waiting) {
    account.unreviewed.emplace_back(id);
    if (days(completed, now) > overdue_days) account.overdue_reviews.emplace_back(id);
  }
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
  Timers timed = timers(state, static_cast<Instant>(each_takes.timer_hours * static_cast<double>(hour)), now);
  for (const Timed& one : timed.counted) ledger.use(one.work, one.minutes, one.when, now);
  made.forgotten_timers = std::move(timed.forgotten);
  made.counted_elsewhere = timed.elsewhere;
  const Left left = client ? left_over(state, now) : Left{};
  if (client) counts(made, state, left);
  const auto remaining = [&](Work work) {
    switch (work) {
      case Work::in_person:
        return left.sessions * each_takes.session;
      case Work::preparation:
        return left.sessions * each_takes.preparation;
      case Work::admin:
        return left.sessions * each_takes.admin;
      case Work::online_review:
        return left.reviews * each_takes.online_review;
      case Work::messaging:
        return left.weeks * each_takes.messaging;
      default:
        return 0.0;
    }
  };
  for (std::size_t work = 1; work < kinds; ++work) {
    const Row& row = ledger.rows[work];
    made.planned += row.planned;
    made.booked += row.booked;
    made.used += row.used;
    made.remaining += remaining(static_cast<Work>(work));
    if (row.planned == 0 && row.booked == 0 && row.used == 0) continue;
    auto entry = std::make_unique<fb::WorkMinutesT>();
    entry->work = static_cast<Work>(work);
    entry->planned = row.planned;
    entry->booked = row.booked;
    entry->used = row.used;
    entry->remaining = remaining(entry->work);
    made.work.push_back(std::move(entry));
  }
  if (client) forecast(made, each_takes, left, state);
  made.online_share_planned = online_share(ledger, &Row::planned);
  made.online_share_used = online_share(ledger, &Row::used);
  if (state.last_contact() != 0) made.days_since_contact = days(state.last_contact(), now);
  if (made.days_since_contact) made.weeks_since_contact = std::floor(*made.days_since_contact / 7);
  unreviewed(made, state, each_takes.review_days, now);
  made.review_minutes = each_takes.online_review;
  made.review_days = each_takes.review_days;
  made.minutes_last_week = ledger.last_week;
  made.capacity_per_week = state.capacity_per_week();
  return made;
}

}  // namespace alliance::timing
