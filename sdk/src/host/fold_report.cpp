// SPDX-License-Identifier: Apache-2.0
// Of the fold of a case, what the reports add that followed from its events.
#include <algorithm>

#include "host/fold.h"

namespace alliance::host {
namespace {

using std::make_unique;

// What was cancelled or answered and is asked for again begins a new round.
void occasion(fb::CaseT& state, const std::unique_ptr<fb::OccasionT>& from, fb::OccasionState to, std::int64_t time) {
  using State = fb::OccasionState;
  auto* record = find_occasion(state, from->key);
  if (record == nullptr) {
    state.occasions.push_back(make_unique<fb::OccasionRecordT>());
    record = state.occasions.back().get();
    record->sent = time;
  } else {
    const auto before = record->occasion->state;
    const bool ended = before == State::answered || before == State::cancelled;
    if (ended && (to == State::due || to == State::overdue || to == State::expired)) {
      ++record->round;
      record->sent = time;
      record->shown = 0;
    }
  }
  record->occasion = make_unique<fb::OccasionT>(*from);
  record->occasion->state = to;
}

}  // namespace

void fold(fb::CaseT& state, const fb::ReportT& report, std::int64_t time) {
  const auto& body = report.body;
  using State = fb::OccasionState;
  if (const auto* due = body.AsMeasureDue()) occasion(state, due->occasion, State::due, time);
  if (const auto* overdue = body.AsMeasureOverdue()) occasion(state, overdue->occasion, State::overdue, time);
  if (const auto* expired = body.AsMeasureExpired()) occasion(state, expired->occasion, State::expired, time);
  if (const auto* again = body.AsMeasureReminded()) occasion(state, again->occasion, again->occasion->state, time);
  if (const auto* answered = body.AsMeasureAnswered()) occasion(state, answered->occasion, State::answered, time);
  if (const auto* ended = body.AsMeasureCancelled()) occasion(state, ended->occasion, State::cancelled, time);
  if (const auto* scored = body.AsScored()) {
    auto sheet = make_unique<fb::SheetT>();
    sheet->time = time;
    sheet->event = scored->event;
    sheet->instrument = scored->instrument;
    sheet->version = scored->version;
    sheet->rater = scored->rater;
    sheet->target = scored->target;
    sheet->session = scored->session;
    for (const auto& score : scored->scores) sheet->scores.push_back(make_unique<fb::ScoreT>(*score));
    const auto later = std::upper_bound(state.sheets.begin(), state.sheets.end(), time,
                                        [](std::int64_t at, const auto& other) { return at < other->time; });
    state.sheets.insert(later, std::move(sheet));
  }
  if (const auto* signal = body.AsAllianceSignal()) {
    auto record = make_unique<fb::SignalRecordT>();
    record->signal = make_unique<fb::AllianceSignalT>(*signal);
    record->time = time;
    state.signals.push_back(std::move(record));
  }
  if (const auto* raised = body.AsSafetyFlag()) {
    auto record = make_unique<fb::FlagRecordT>();
    record->flag = make_unique<fb::SafetyFlagT>(*raised);
    record->raised = time;
    state.flags.push_back(std::move(record));
  }
  if (const auto* escalated = body.AsSafetyEscalated()) {
    if (auto* flag = find_flag(state, escalated->flag)) flag->level = escalated->level;
  }
  if (const auto* accounted = body.AsTimeAccounted()) {
    state.account = make_unique<fb::TimeAccountT>(*accounted->account);
  }
  if (const auto* proposed = body.AsProposed()) {
    auto record = make_unique<fb::ProposalRecordT>();
    record->proposal = make_unique<fb::ProposalT>(*proposed->proposal);
    record->reported = time;
    state.proposals.push_back(std::move(record));
  }
  if (const auto* adaptation = body.AsAdaptation()) {
    auto* record = find_proposal(state, adaptation->proposal);
    if (record != nullptr && adaptation->state == fb::AdaptationState::sent) record->sent = time;
    // An event of the programme that refuses was folded already; this is the host's own word.
    const bool refused = adaptation->state == fb::AdaptationState::refused;
    const bool way_back = refused && !adaptation->reverts.empty();
    if (way_back || (refused && record != nullptr && record->refused == 0 && record->reverted == 0)) {
      if (!way_back) record->refused = time;
      auto row = make_unique<fb::RefusalT>();
      row->time = time;
      row->action = adaptation->action ? make_unique<fb::ActionT>(*adaptation->action)
                    : record           ? make_unique<fb::ActionT>(*record->proposal->action)
                                       : make_unique<fb::ActionT>();
      row->reason = adaptation->reason;
      if (record != nullptr) row->proposal = record->proposal->id;
      if (record == nullptr) row->event = adaptation->reverts;
      state.refusals.push_back(std::move(row));
    }
  }
}

}  // namespace alliance::host
