// SPDX-License-Identifier: Apache-2.0
// F2, F3 and B3: the programme, and what client and practitioner make of it.
#include <algorithm>
#include <set>

#include "host/factors_read.h"
#include "tailoring/check.h"

namespace alliance::host::indicators::read {
namespace {

// A component that nobody touched for so long counts as stuck. Ours, unverified (clinical notes, B3).
constexpr double stuck_after_days = 14;
constexpr const char* no_programme = "no digital programme in this case";

void add(std::vector<std::string>& to, const std::vector<std::string>& events) {
  to.insert(to.end(), events.begin(), events.end());
}

bool began(const fb::CaseT& state) {
  return !state.components.empty() ||
         std::any_of(state.sessions.begin(), state.sessions.end(),
                     [](const auto& session) { return session && session->state == fb::SessionState::held; });
}

bool in_effect(const fb::ProposalRecordT& record) {
  return record.proposal && record.proposal->action && tailoring::stands(record) &&
         tailoring::changes_programme(tailoring::decided_action(record).kind);
}

template <class Counts>
Reading count_components(const fb::CaseT& state, Counts counts) {
  if (!blended(state)) return nothing(no_programme);
  if (state.components.empty()) return nothing("no online component worked on yet");
  Reading out{.value = 0};
  for (const auto& component : state.components) {
    if (!component || !counts(*component)) continue;
    ++*out.value;
    add(out.events, component->events);
  }
  return out;
}

}  // namespace

Reading tools_used(Streams streams, std::int64_t) {
  const auto& state = *streams.front();
  if (state.tools.empty() && !began(state)) return nothing("nothing recorded yet");
  std::set<std::string> offered, used;
  Reading out;
  for (const auto& tool : state.tools) {
    if (!tool) continue;
    (tool->used ? used : offered).insert(tool->tool);
    out.events.push_back(tool->event);
  }
  out.value = static_cast<double>(used.size());
  if (!offered.empty()) out.text = count_of(offered.size(), "tool") + " offered";
  return out;
}

Reading online_work_discussed(Streams streams, std::int64_t) {
  const auto& state = *streams.front();
  if (!blended(state)) return nothing(no_programme);
  std::size_t completed = 0, discussed = 0;
  Reading out;
  for (const auto& component : state.components) {
    if (!component || component->completed == 0) continue;
    ++completed;
    discussed += component->discussed != 0;
    add(out.events, component->events);
  }
  if (completed == 0) return nothing("no online component completed yet");
  out.value = 100 * static_cast<double>(discussed) / static_cast<double>(completed);
  out.text = std::to_string(discussed) + " of " + count_of(completed, "completed component");
  return out;
}

Reading adaptations(Streams streams, std::int64_t) {
  const auto& state = *streams.front();
  Reading out;
  std::size_t own = 0, accepted = 0;
  for (const auto& one : state.own_adaptations) {
    if (!one || one->reverted != 0) continue;
    ++own;
    out.events.push_back(one->event);
  }
  for (const auto& record : state.proposals) {
    if (!record || !in_effect(*record)) continue;
    ++accepted;
    for (const auto& evidence : record->proposal->evidence) {
      if (evidence) add(out.events, evidence->events);
    }
  }
  if (own + accepted == 0 && !blended(state)) return nothing(no_programme);
  if (own + accepted == 0 && !began(state)) return nothing("nothing recorded yet");
  out.value = static_cast<double>(own + accepted);
  out.text = std::to_string(own) + " of the practitioner's own, " + std::to_string(accepted) + " accepted";
  return out;
}

Reading on_default_path(Streams streams, std::int64_t as_of) {
  const auto& state = *streams.front();
  if (!blended(state)) return nothing(no_programme);
  const auto made = adaptations(streams, as_of);
  if (!made.value) return nothing(made.text);
  const bool yes = *made.value == 0;
  return {.value = yes ? 100.0 : 0.0, .text = yes ? "yes: nothing adapted yet" : "no: adapted"};
}

Reading irrelevant(Streams streams, std::int64_t) {
  return count_components(*streams.front(), [](const auto& component) { return component.irrelevant != 0; });
}

Reading changes_refused(Streams streams, std::int64_t) {
  const auto& state = *streams.front();
  if (!blended(state)) return nothing(no_programme);
  Reading out{.value = 0};
  const bool asked = began(state) || !state.refusals.empty() || !state.proposals.empty();
  std::size_t unasked = 0;
  for (const auto& refusal : state.refusals) {
    ++*out.value;
    if (refusal->proposal.empty()) ++unasked;
    out.events.push_back(refusal->event);
  }
  for (const auto& record : state.proposals) {
    if (!record || record->refused == 0 || !record->proposal) continue;
    const bool told = std::any_of(state.refusals.begin(), state.refusals.end(), [&](const auto& one) {
      return one->proposal == record->proposal->id || one->proposal == record->proposal->key;
    });
    if (told) continue;
    ++*out.value;
    for (const auto& evidence : record->proposal->evidence) {
      if (evidence) add(out.events, evidence->events);
    }
  }
  if (unasked > 0) out.text = std::to_string(unasked) + " of them the practitioner's own";
  if (!asked) return nothing("nothing recorded yet");
  return out;
}

Reading stuck(Streams streams, std::int64_t as_of) {
  const auto& state = *streams.front();
  const auto end = end_of(state, as_of);
  auto out = count_components(state, [&](const auto& component) {
    return component.launched != 0 && component.completed == 0 &&
           days_between(std::max(component.last, component.launched), end) > stuck_after_days;
  });
  if (out.value) out.text = "begun, not completed and untouched for more than 14 days (our own bound)";
  return out;
}

}  // namespace alliance::host::indicators::read
