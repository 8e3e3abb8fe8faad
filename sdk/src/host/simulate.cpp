// SPDX-License-Identifier: Apache-2.0
#include "host/simulate.h"

#include <algorithm>

#include "host/fold.h"
#include "tailoring/check.h"

namespace alliance::host {
namespace {

constexpr std::int64_t a_day = INT64_C(86'400'000'000);
constexpr std::int64_t near_enough = 14 * a_day;

bool same_change(const fb::ActionT& would, const fb::ActionT& did) {
  return would.kind == did.kind && (would.component == did.component || would.replacement == did.replacement);
}

std::unique_ptr<fb::DidT> did(std::int64_t time, const fb::ActionT& action, std::int64_t reverted) {
  auto out = std::make_unique<fb::DidT>();
  out->time = time;
  out->action = std::make_unique<fb::ActionT>(action);
  out->reverted = reverted;
  return out;
}

}  // namespace

Simulator::Simulator(const std::string& case_id, const std::string& policy, const fb::ProgrammeT* programme, Ask ask)
    : ask_(std::move(ask)), programme_(programme) {
  made_.id = case_id;
  made_.policy = policy;
}

void Simulator::look(const fb::CaseT& state, std::int64_t now) {
  if (state.opened == 0 || state.closed != 0 || state.consent_withdrawn != 0) return;
  ++made_.asked;
  auto answered = ask_(state, now);
  if (!answered) {
    refused_.insert(answered.error().message);
    return;
  }
  for (auto& proposal : answered->proposals) {
    if (seen_.contains(proposal->key)) continue;
    if (auto fine = tailoring::check(*proposal, state, programme_); !fine) {
      refused_.insert(fine.error().message);
      continue;
    }
    seen_.insert(proposal->key);
    if (programme_ != nullptr) proposal->fidelity = tailoring::fidelity_of(*proposal->action, *programme_);
    auto one = std::make_unique<fb::WouldT>();
    one->time = now;
    one->proposal = std::move(proposal);
    made_.would.push_back(std::move(one));
  }
}

void Simulator::before(const fb::CaseT& state, const fb::EventT& event) {
  if (made_.from == 0) made_.from = event.time;
  if (last_ == 0) return;
  for (std::int64_t now = last_ + a_day; now < event.time; now += a_day) look(state, now);
}

void Simulator::after(const fb::CaseT& state) {
  last_ = state.last_event;
  look(state, last_);
}

fb::SimulationT Simulator::finish(const fb::CaseT& state) {
  made_.to = state.last_event;
  for (auto& would : made_.would) {
    const auto* record = find_proposal(state, would->proposal->key);
    if (record == nullptr) continue;
    would->made = true;
    would->decision = record->decision;
    would->decided = record->decided;
    would->reason = record->reason;
    would->effect = record->effect;
  }
  for (const auto& record : state.proposals) {
    if (record->decision != fb::Decision::accepted) continue;
    made_.did.push_back(did(record->decided, tailoring::decided_action(*record), record->reverted));
    made_.did.back()->proposal = record->proposal->key;
    made_.did.back()->rule = record->proposal->rule;
  }
  for (const auto& unasked : state.own_adaptations) {
    made_.did.push_back(did(unasked->time, *unasked->action, unasked->reverted));
  }
  std::stable_sort(made_.did.begin(), made_.did.end(), [](const auto& a, const auto& b) { return a->time < b->time; });
  for (auto& done : made_.did) {
    for (const auto& would : made_.would) {
      const bool before = would->time <= done->time && would->time >= done->time - near_enough;
      if (before && same_change(*would->proposal->action, *done->action)) done->near.push_back(would->proposal->key);
    }
  }
  made_.refused.assign(refused_.begin(), refused_.end());
  return std::move(made_);
}

}  // namespace alliance::host
