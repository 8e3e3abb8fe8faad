// SPDX-License-Identifier: Apache-2.0
#include "host/accounts.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace alliance::host {
namespace {

constexpr std::int64_t remembered = 56 * one_day;

std::int64_t whole(double value, double unit) { return std::llround(value * unit); }

fb::Counting counting_of(const fb::CaseT& state) {
  if (state.practice) return fb::Counting::practice;
  if (state.observe_only) return fb::Counting::observed;
  return state.consent_withdrawn != 0 ? fb::Counting::withdrawn : fb::Counting::counted;
}

void add_waiting(fb::CaseTimeT& to, const fb::CaseT& state, double minutes) {
  for (const auto& component : state.components) {
    if (component->completed == 0 || component->reviewed != 0) continue;
    auto row = std::make_unique<fb::WaitingReviewT>();
    row->case_ = state.id;
    row->component = component->id;
    row->since = component->completed;
    row->minutes = minutes;
    to.waiting.push_back(std::move(row));
  }
  std::sort(to.waiting.begin(), to.waiting.end(), [](const auto& a, const auto& b) {
    return std::tie(a->since, a->component) < std::tie(b->since, b->component);
  });
}

void add_bookings(fb::CaseTimeT& to, const fb::CaseT& state) {
  const auto add = [&](std::int64_t starts, double minutes, const std::string& event) -> fb::BookingT& {
    auto row = std::make_unique<fb::BookingT>();
    row->case_ = state.id;
    row->starts = starts;
    row->minutes = minutes;
    row->event = event;
    to.bookings.push_back(std::move(row));
    return *to.bookings.back();
  };
  for (const auto& session : state.sessions) {
    if (session->state != fb::SessionState::booked) continue;
    auto& row = add(session->starts, session->minutes, session->booking);
    row.session = session->number;
    row.mode = session->mode;
  }
  for (const auto& review : state.reviews) {
    if (!review->cancelled && review->starts != 0)
      add(review->starts, review->minutes, review->event).review = review->review;
  }
  std::sort(to.bookings.begin(), to.bookings.end(),
            [](const auto& a, const auto& b) { return std::tie(a->starts, a->event) < std::tie(b->starts, b->event); });
}

}  // namespace

fb::CaseTimeT case_time(const fb::CaseT& state, const fb::TimeAccountT& account) {
  fb::CaseTimeT made;
  made.id = state.id;
  made.service = state.service;
  made.practitioner = state.practitioner;
  made.delivery = state.delivery;
  made.counting = counting_of(state);
  made.opened = state.opened;
  made.ends = state.opened != 0 && state.weeks != 0 ? state.opened + state.weeks * 7 * one_day : 0;
  made.closed = state.closed;
  made.account = std::make_unique<fb::TimeAccountT>(account);
  made.account->days_since_contact = flatbuffers::nullopt;
  made.account->weeks_since_contact = flatbuffers::nullopt;
  made.account->oldest_unreviewed_days = 0;
  made.account->minutes_last_week = 0;
  made.account->unreviewed.clear();
  made.account->overdue_reviews.clear();
  made.last_contact = state.last_contact;
  made.review_after = static_cast<std::int64_t>(account.review_days * static_cast<double>(one_day));
  if (state.closed == 0) {
    add_waiting(made, state, account.review_minutes);
    add_bookings(made, state);
  }
  for (const auto& leave : state.leave) made.leave.push_back(std::make_unique<fb::LeaveT>(*leave));
  made.capacity_per_week = state.capacity_per_week;
  if (state.subject != fb::Subject::practitioner) return made;
  for (const auto& row : state.minutes) {
    if (row->time <= state.last_event - remembered) continue;
    auto spent = std::make_unique<fb::SpentT>();
    spent->time = row->time;
    spent->minutes = row->minutes;
    made.recent.push_back(std::move(spent));
  }
  return made;
}

Figures figures_of(const fb::CaseTimeT& time) {
  const fb::TimeAccountT& account = *time.account;
  Figures figures(figure::count, 0);
  const bool own = time.opened == 0;  // what belongs to no case is no case
  figures[figure::cases] = own ? 0 : 1;
  figures[figure::open_cases] = own || time.closed != 0 ? 0 : 1;
  figures[figure::sessions_planned] = account.sessions_planned;
  figures[figure::sessions_held] = account.sessions_held;
  figures[figure::modules_planned] = account.modules_planned;
  figures[figure::modules_reviewed] = account.modules_reviewed;
  figures[figure::waiting_reviews] = static_cast<std::int64_t>(time.waiting.size());
  figures[figure::foretold] = account.forecast ? 1 : 0;
  figures[figure::forecast] = whole(account.forecast.value_or(account.remaining), milliseconds);
  figures[figure::forecast_variance] = whole(account.forecast_variance.value_or(0), 1e6);
  for (const auto& row : account.work) {
    const auto kind = static_cast<std::size_t>(row->work) - 1;
    if (kind >= work_kinds) continue;
    figures[figure::planned + kind] += whole(row->planned, milliseconds);
    figures[figure::booked + kind] += whole(row->booked, milliseconds);
    figures[figure::used + kind] += whole(row->used, milliseconds);
    figures[figure::remaining + kind] += whole(row->remaining, milliseconds);
  }
  for (std::size_t i = 0; i < 4 * work_kinds; ++i)
    figures[figure::people + i] = figures[figure::planned + i] > 0 ? 1 : 0;
  return figures;
}

bool in_figures(const fb::CaseTimeT& time) {
  return time.counting == fb::Counting::counted || time.counting == fb::Counting::withdrawn;
}

store::Account kept(const fb::CaseTimeT& time) {
  store::Account made;
  made.service = time.service;
  made.practitioner = time.practitioner;
  made.part = static_cast<std::uint8_t>(time.counting);
  made.open = time.closed == 0;
  if (in_figures(time)) made.figures = figures_of(time);
  flatbuffers::FlatBufferBuilder builder(1024);
  builder.Finish(fb::CaseTime::Pack(builder, &time));
  made.bytes.assign(builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize());
  return made;
}

store::SpansOf spans_of(const fb::CaseT& state) {
  store::SpansOf made;
  made.practitioner = state.practitioner;
  std::set<std::uint16_t> held;
  const auto add = [&](const std::string& id, std::int64_t from, std::int64_t until, bool session, bool sure) {
    if (from > 0 && until > from) made.spans.push_back({state.id, id, from, until, session, sure});
  };
  for (const auto& session : state.sessions) {
    if (session->state != fb::SessionState::held) continue;
    if (session->number != 0) held.insert(session->number);
    add(session->event, session->starts, session->told, true, true);
  }
  for (const auto& timer : state.timers) {
    if (timer->started == 0 || (timer->work == fb::Work::in_person && held.contains(timer->session))) continue;
    const bool corrected = timer->corrected.has_value();
    const std::int64_t said = timer->started + static_cast<std::int64_t>(timer->corrected.value_or(0) * 60e6);
    const std::int64_t until = !corrected            ? timer->stopped
                               : timer->stopped == 0 ? said
                                                     : std::min(said, timer->stopped);
    add(timer->timer, timer->started, until, false, corrected);
  }
  return made;
}

store::Span timers_of(const fb::CaseT& state) {
  store::Span hull;
  for (const auto& timer : state.timers) {
    if (timer->started == 0 || timer->stopped <= timer->started) continue;
    hull.from = hull.from == 0 ? timer->started : std::min(hull.from, timer->started);
    hull.until = std::max(hull.until, timer->stopped);
  }
  return hull;
}

}  // namespace alliance::host
