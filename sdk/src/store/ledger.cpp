// SPDX-License-Identifier: Apache-2.0
#include "store/ledger.h"

#include <algorithm>

namespace alliance::store {

void Ledger::restore_row(Lane lane, std::uint64_t position, std::uint64_t reports) {
  auto& state = lanes_[index(lane)];
  state.rows.push_back({position, reports});
  state.last = position;
}

void Ledger::restore_place(const std::string& endpoint, Lane lane, std::uint64_t position) {
  auto& state = lanes_[index(lane)];
  state.places[endpoint] = {position, 0};
  state.last = std::max(state.last, position);
}

void Ledger::restore_totals(std::uint64_t reports, std::uint64_t acknowledged) {
  reports_ = reports;
  acknowledged_ = acknowledged;
  for (auto& lane : lanes_) settle(lane);
}

void Ledger::added(Lane lane, std::uint64_t position, std::uint64_t reports) {
  restore_row(lane, position, reports);
  reports_ += reports;
}

std::optional<std::uint64_t> Ledger::place(const std::string& endpoint, Lane lane) const {
  const auto& places = lanes_[index(lane)].places;
  const auto found = places.find(endpoint);
  if (found == places.end()) return std::nullopt;
  return found->second.first;
}

std::uint64_t Ledger::join(const std::string& endpoint, Lane lane) {
  auto& state = lanes_[index(lane)];
  state.places.try_emplace(endpoint, state.floor, ++changes_);
  return state.places.at(endpoint).first;
}

void Ledger::leave(const std::string& endpoint) {
  for (auto& lane : lanes_) {
    if (lane.places.erase(endpoint) == 0) continue;
    ++changes_;
    settle(lane);
  }
}

Result<void> Ledger::acknowledge(const std::string& endpoint, Lane lane, std::uint64_t position) {
  auto& state = lanes_[index(lane)];
  const auto found = state.places.find(endpoint);
  if (found == state.places.end()) {
    return fail(ALLIANCE_E_NOT_FOUND, "endpoint " + endpoint + " acknowledged before it asked for its place");
  }
  if (position > state.last) {
    return fail(ALLIANCE_E_INVALID, "endpoint " + endpoint + " acknowledged position " + std::to_string(position) +
                                        ", and the last one in the outbox is " + std::to_string(state.last));
  }
  if (position <= found->second.first) return {};
  found->second = {position, ++changes_};
  settle(state);
  return {};
}

void Ledger::settle(LaneState& state) {
  if (state.places.empty()) return;
  std::uint64_t least = UINT64_MAX;
  for (const auto& [name, place] : state.places) least = std::min(least, place.first);
  state.floor = std::max(state.floor, least);
  while (!state.rows.empty() && state.rows.front().position <= state.floor) {
    acknowledged_ += state.rows.front().reports;
    gone_.push_back(state.rows.front().position);
    state.rows.pop_front();
  }
}

std::uint64_t Ledger::next(Lane lane, std::uint64_t position) const {
  const auto& state = lanes_[index(lane)];
  const auto row = std::upper_bound(state.rows.begin(), state.rows.end(), position,
                                    [](std::uint64_t at, const Row& one) { return at < one.position; });
  return row == state.rows.end() ? 0 : row->position;
}

Ledger::Pending Ledger::pending() const {
  Pending out;
  for (const Lane lane : {Lane::normal, Lane::safety}) {
    const auto& state = lanes_[index(lane)];
    for (const auto& [name, place] : state.places) {
      if (place.second > written_) out.places.push_back({name, lane, place.first});
    }
    out.floor[index(lane)] = state.floor;
    out.takers[index(lane)] = state.places.size();
  }
  out.gone = gone_;
  out.acknowledged = acknowledged_;
  out.ticket = changes_;
  return out;
}

void Ledger::wrote(const Pending& pending) {
  written_ = std::max(written_, pending.ticket);
  gone_.erase(gone_.begin(), gone_.begin() + static_cast<std::ptrdiff_t>(pending.gone.size()));
}

}  // namespace alliance::store
