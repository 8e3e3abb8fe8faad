// SPDX-License-Identifier: Apache-2.0
#include "host/decisions.h"

#include "host/fold.h"
#include "tailoring/back.h"
#include "tailoring/check.h"

namespace alliance::host {
namespace {

using Decision = fb::Decision;
using Became = fb::AdaptationState;

fb::AdaptationT made(Became state, const fb::ActionT& action, const std::string& proposal, const std::string& reason) {
  fb::AdaptationT out;
  out.state = state;
  out.action = std::make_unique<fb::ActionT>(action);
  out.proposal = proposal;
  out.reason = reason;
  return out;
}

fb::AdaptationT made(Became state, const fb::ProposalRecordT& record, const std::string& reason) {
  return made(state, tailoring::decided_action(record), record.proposal->id, reason);
}

std::optional<fb::AdaptationT> decided(const fb::ProposalDecidedT& said, const fb::CaseT& state) {
  const auto* record = find_proposal(state, said.proposal);
  if (record == nullptr) return std::nullopt;
  switch (said.decision) {
    case Decision::accepted:
      if (record->sent != 0) return std::nullopt;  // it stands already
      return made(Became::sent, *record, said.reason);
    case Decision::declined:
      return made(Became::declined, *record, said.reason);
    case Decision::withdrawn:
      return made(Became::withdrawn, *record, said.reason);
    case Decision::unset:
      break;
  }
  return std::nullopt;
}

std::optional<fb::AdaptationT> applied(const fb::AdaptationAppliedT& said, std::int64_t time, const fb::CaseT& state) {
  const auto* record = find_proposal(state, said.proposal);
  if (record == nullptr) return made(Became::applied, said.action ? *said.action : fb::ActionT{}, {}, {});
  if (record->applied != time || record->reverted != 0) return std::nullopt;
  return made(Became::applied, *record, record->reason);
}

std::optional<fb::AdaptationT> reverted(const fb::AdaptationRevertedT& said, std::int64_t time,
                                        const fb::CaseT& state) {
  if (const auto* record = find_proposal(state, said.proposal)) {
    if (record->reverted != time) return std::nullopt;
    return made(Became::reverted, *record, said.reason);
  }
  const auto* unasked = find_own_adaptation(state, said.proposal);
  if (unasked == nullptr || unasked->reverted != time) return std::nullopt;
  return made(Became::reverted, *unasked->action, {}, said.reason);
}

std::unique_ptr<fb::ChangeT> change(std::int64_t since, const fb::ActionT& action) {
  auto out = std::make_unique<fb::ChangeT>();
  out->since = since;
  out->action = std::make_unique<fb::ActionT>(action);
  return out;
}

std::unique_ptr<fb::ChangeT> change(std::int64_t since, const fb::ProposalRecordT& record) {
  auto out = change(since, tailoring::decided_action(record));
  out->by = record.by;
  out->reason = record.reason;
  out->proposal = record.proposal->id;
  return out;
}

}  // namespace

Result<void> check_decision(const fb::EventT& event, const fb::CaseT& state, const fb::ProgrammeT* programme) {
  const auto refuse = [](const Failure& failure) {
    return fail(failure.status, "event: the decision breaks the catalogue: " + failure.message, failure.detail);
  };
  if (const auto* said = event.body.AsProposalDecided(); said && said->decision == Decision::accepted) {
    const auto* record = find_proposal(state, said->proposal);
    if (record == nullptr || tailoring::stands(*record)) return {};
    const fb::ActionT& action = said->action ? *said->action : *record->proposal->action;
    if (said->action) {
      fb::ProposalT edited = *record->proposal;
      edited.action = std::make_unique<fb::ActionT>(action);
      if (edited.action->text.empty()) edited.action->text = record->proposal->action->text;
      // Without the programme's adapter nothing can be held against its catalogue; the change is then refused as such.
      if (programme == nullptr && tailoring::changes_programme(action.kind)) return {};
      if (auto fine = tailoring::check(edited, state, programme); !fine) return refuse(fine.error());
      return {};
    }
    if (programme == nullptr || !tailoring::changes_programme(action.kind)) return {};
    if (auto fine = tailoring::fits(action, state, *programme); !fine) return refuse(fine.error());
  }
  if (const auto* said = event.body.AsAdaptationReverted(); said && programme != nullptr) {
    const auto* record = find_proposal(state, said->proposal);
    const auto* unasked = record ? nullptr : find_own_adaptation(state, said->proposal);
    if ((record && record->reverted != 0) || (unasked && unasked->reverted != 0)) return {};
    const std::string id = record ? record->proposal->key : said->proposal;
    if (auto fine = tailoring::can_revert(id, state, *programme); !fine) return refuse(fine.error());
  }
  return {};
}

std::optional<fb::AdaptationT> consequence(const fb::EventT& event, const fb::CaseT& state) {
  if (const auto* said = event.body.AsProposalDecided()) return decided(*said, state);
  if (const auto* said = event.body.AsAdaptationApplied()) return applied(*said, event.time, state);
  if (const auto* said = event.body.AsAdaptationReverted()) return reverted(*said, event.time, state);
  if (const auto* said = event.body.AsAdaptationRefused()) {
    const auto* record = find_proposal(state, said->proposal);
    if (record != nullptr && record->reverted == 0) return made(Became::refused, *record, said->reason);
    return made(Became::refused, said->action ? *said->action : fb::ActionT{}, record ? record->proposal->id : "",
                said->reason);
  }
  return std::nullopt;
}

TakingBack taking_back(const fb::EventT& event, const fb::CaseT& state, const fb::ProgrammeT* programme) {
  TakingBack out;
  const auto* said = event.body.AsAdaptationReverted();
  if (said == nullptr || state.programme.empty() || event.source == state.programme) return out;
  const auto* record = find_proposal(state, said->proposal);
  const auto* unasked = record ? nullptr : find_own_adaptation(state, said->proposal);
  if (record == nullptr && unasked == nullptr) return out;
  if (record != nullptr ? record->applied == 0 || record->reverted != 0 : unasked->reverted != 0) return out;
  const fb::ActionT& undone = record ? tailoring::decided_action(*record) : *unasked->action;
  if (!tailoring::changes_programme(undone.kind)) return out;
  const std::string id = record ? record->proposal->key : said->proposal;
  auto changes = programme == nullptr ? fail(ALLIANCE_E_UNSUPPORTED, "no adapter of this case's programme is loaded")
                                      : tailoring::way_back(id, state, *programme);
  if (!changes) {
    out.refused = changes.error().message;
    out.what = undone;
    return out;
  }
  for (auto& change : *changes) {
    fb::ProposalT one;
    // A key of its own: what was told of the change itself must not be taken for the same.
    one.key = id + "/back-" + std::to_string(out.told.size() + 1);
    one.rule = record ? record->proposal->rule : "own";
    one.audience = fb::Audience::practitioner;
    one.reverts = id;
    one.action = std::make_unique<fb::ActionT>(std::move(change));
    out.told.push_back(std::move(one));
  }
  return out;
}

std::optional<fb::AdaptationT> effect(const fb::EventT& event, const fb::CaseT& state) {
  if (event.proposal.empty()) return std::nullopt;
  const auto* record = find_proposal(state, event.proposal);
  if (record == nullptr || record->effect_event != event.id) return std::nullopt;
  auto out = made(Became::done, *record, {});
  out.effect = event.id;
  return out;
}

fb::InForceT in_force(const fb::CaseT& state, std::int64_t at, const fb::ProgrammeT* programme) {
  fb::InForceT out;
  out.id = state.id;
  out.as_of = at;
  out.programme = state.programme;
  for (const auto& step : tailoring::steps_of(state)) {
    const auto* unasked = find_own_adaptation(state, step.id);
    if (const auto* record = unasked ? nullptr : find_proposal(state, step.id)) {
      out.changes.push_back(change(record->applied, *record));
      continue;
    }
    out.changes.push_back(change(step.time, *step.action));
    out.changes.back()->event = step.id;
    if (unasked != nullptr) out.changes.back()->by = unasked->by;
  }
  for (const auto& record : state.proposals) {
    if (tailoring::under_way(*record)) out.under_way.push_back(change(record->decided, *record));
  }
  for (const auto& refusal : state.refusals) {
    auto one = change(refusal->time, *refusal->action);
    one->reason = refusal->reason;
    one->proposal = refusal->proposal;
    one->event = refusal->event;
    out.refused.push_back(std::move(one));
  }
  if (programme == nullptr) {
    out.note = state.programme.empty() ? "the case has no programme"
                                       : "no adapter of this case's programme is loaded: its path is not known";
    return out;
  }
  out.version = programme->version;
  out.default_path = programme->default_path;
  out.path = tailoring::current_path(state, *programme);
  return out;
}

}  // namespace alliance::host
