// SPDX-License-Identifier: Apache-2.0
// F1 and B1: where the minutes go, and what waits.
#include <algorithm>
#include <cmath>

#include "host/factors_read.h"

namespace alliance::host::indicators::read {
namespace {

using fb::Work;

bool for_the_client(Work work) { return work >= Work::in_person && work <= Work::technical_support; }
bool in_session(Work work) { return work == Work::in_person; }
bool online(Work work) { return work == Work::online_review || work == Work::messaging; }
bool any(Work) { return true; }

struct Spent {
  double minutes = 0;
  std::vector<std::string> events;
};

Spent spent(Streams streams, std::int64_t from, std::int64_t to, bool (*counts)(Work)) {
  Spent out;
  for (const auto* stream : streams) {
    for (const auto& row : stream->minutes) {
      if (!row || row->time <= from || row->time > to || !counts(row->work)) continue;
      if (!std::isfinite(row->minutes) || row->minutes < 0) continue;
      out.minutes += row->minutes;
      out.events.push_back(row->event);
    }
  }
  return out;
}

// Less than one week is taken as one: a rate from the first day would say nothing.
double weeks_of(const fb::CaseT& state, std::int64_t as_of) {
  return std::max(1.0, days_between(state.opened, end_of(state, as_of)) / 7);
}

Reading per_week(Streams streams, std::int64_t as_of, bool (*counts)(Work)) {
  const auto& state = *streams.front();
  if (state.opened == 0 || state.minutes.empty()) return nothing("nothing recorded yet");
  const auto sum = spent(streams, 0, as_of, counts);
  return {.value = sum.minutes / weeks_of(state, as_of), .events = sum.events};
}

bool waits(const fb::ComponentStateT& component) { return component.completed != 0 && component.reviewed == 0; }

std::string as_at(const fb::CaseT& state) { return state.closed == 0 ? "" : "as at the closing of the case"; }

}  // namespace

double days_between(std::int64_t from, std::int64_t to) {
  return std::max(0.0, (static_cast<double>(to) - static_cast<double>(from)) / microseconds_per_day);
}

std::int64_t end_of(const fb::CaseT& state, std::int64_t as_of) {
  return state.closed == 0 ? as_of : std::min(state.closed, as_of);
}

Reading nothing(std::string why) { return {.text = std::move(why)}; }

bool blended(const fb::CaseT& state) {
  return state.delivery == fb::Delivery::blended || !state.programme.empty() || !state.components.empty();
}

std::string count_of(std::size_t count, const char* thing) {
  return std::to_string(count) + " " + thing + (count == 1 ? "" : "s");
}

Reading minutes_per_week(Streams streams, std::int64_t as_of) { return per_week(streams, as_of, for_the_client); }
Reading minutes_in_sessions(Streams streams, std::int64_t as_of) { return per_week(streams, as_of, in_session); }
Reading minutes_online(Streams streams, std::int64_t as_of) {
  if (!blended(*streams.front())) return nothing("no digital programme in this case");
  return per_week(streams, as_of, online);
}

Reading minutes_planned(Streams streams, std::int64_t) {
  const auto& state = *streams.front();
  if (!state.account || state.account->planned <= 0 || state.weeks == 0) return nothing("no plan of minutes recorded");
  return {.value = state.account->planned / state.weeks};
}

Reading days_since_contact(Streams streams, std::int64_t as_of) {
  const auto& state = *streams.front();
  if (state.last_contact == 0) return nothing("no session held and no message of the practitioner yet");
  return {.value = days_between(state.last_contact, end_of(state, as_of)), .text = as_at(state)};
}

Reading minutes_remaining(Streams streams, std::int64_t) {
  const auto& state = *streams.front();
  if (!state.account || state.account->planned <= 0) return nothing("no plan of minutes recorded");
  return {.value = state.account->remaining, .text = state.closed == 0 ? "" : "the case is closed"};
}

Reading used_of_planned(Streams streams, std::int64_t) {
  const auto& state = *streams.front();
  if (!state.account || state.account->planned <= 0) return nothing("no plan of minutes recorded");
  return {.value = 100 * state.account->used / state.account->planned};
}

Reading unreviewed(Streams streams, std::int64_t) {
  const auto& state = *streams.front();
  if (state.components.empty()) return nothing("no online component worked on yet");
  Reading out;
  std::size_t count = 0;
  for (const auto& component : state.components) {
    if (!component || !waits(*component)) continue;
    ++count;
    out.events.insert(out.events.end(), component->events.begin(), component->events.end());
  }
  out.value = static_cast<double>(count);
  out.text = as_at(state);
  return out;
}

Reading oldest_unreviewed(Streams streams, std::int64_t as_of) {
  const auto& state = *streams.front();
  std::int64_t oldest = 0;
  for (const auto& component : state.components) {
    if (!component || !waits(*component)) continue;
    oldest = oldest == 0 ? component->completed : std::min(oldest, component->completed);
  }
  if (oldest == 0) return nothing("no completed component waits for a review");
  return {.value = days_between(oldest, end_of(state, as_of)), .text = as_at(state)};
}

Reading minutes_last_week(Streams streams, std::int64_t as_of) {
  const auto& state = *streams.front();
  if (state.minutes.empty()) return nothing("nothing recorded yet");
  const auto week = static_cast<std::int64_t>(7 * microseconds_per_day);
  const auto sum = spent(streams, as_of < week ? 0 : as_of - week, as_of, any);
  return {.value = sum.minutes, .events = sum.events};
}

Reading capacity_used(Streams streams, std::int64_t as_of) {
  flatbuffers::Optional<double> capacity = flatbuffers::nullopt;
  for (const auto* stream : streams) {
    if (!capacity) capacity = stream->capacity_per_week;
  }
  if (!capacity) return nothing("no capacity recorded yet");
  if (!(*capacity > 0)) return nothing("the capacity is set to no minutes a week");
  const auto week = static_cast<std::int64_t>(7 * microseconds_per_day);
  const auto sum = spent(streams, as_of < week ? 0 : as_of - week, as_of, any);
  return {.value = 100 * sum.minutes / *capacity, .events = sum.events};
}

}  // namespace alliance::host::indicators::read
