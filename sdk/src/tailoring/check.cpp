// SPDX-License-Identifier: Apache-2.0
#include "tailoring/check.h"

#include <algorithm>
#include <cmath>

#include "tailoring/catalogue.h"

namespace alliance::tailoring {
namespace {

using Status = Result<void>;

tl::unexpected<Failure> no(const std::string& why) { return fail(ALLIANCE_E_BAD_INPUT, why); }

Status well_formed(const fb::ProposalT& proposal) {
  if (proposal.key.empty() || proposal.key.size() > 300) return no("the key must have 1 to 300 bytes");
  if (!proposal.action || proposal.action->kind < fb::ActionKind::reorder ||
      proposal.action->kind > fb::ActionKind::fallback) {
    return no("the action is not known");
  }
  if (proposal.audience < fb::Audience::client || proposal.audience > fb::Audience::content_owner) {
    return no("the audience is not known");
  }
  if (proposal.factor < fb::Factor::none || proposal.factor > fb::Factor::b4_confidence) {
    return no("the factor is not known");
  }
  if (proposal.action->text.empty()) return no("the action says nothing to the person whom it is for");
  if (proposal.evidence.empty()) return no("an action needs evidence");
  for (std::size_t i = 0; i < proposal.evidence.size(); ++i) {
    const auto& evidence = proposal.evidence[i];
    if (!evidence || evidence->what.empty()) {
      return no("evidence[" + std::to_string(i) + "] does not say what it is");
    }
    if (!std::isfinite(evidence->value.value_or(0)) || !std::isfinite(evidence->threshold.value_or(0))) {
      return no("evidence[" + std::to_string(i) + "] holds a number that is not finite");
    }
  }
  return {};
}

Status sound_action(const fb::ActionT& action, const fb::ProgrammeT* programme) {
  if (!std::isfinite(action.minutes) || action.minutes < 0) return no("the action's minutes must be 0 or more");
  if (!std::isfinite(action.value.value_or(0))) return no("the action's value is no finite number");
  if (action.kind == fb::ActionKind::fallback && action.option != "paper" && action.option != "phone") {
    return no("a fallback is paper or phone");
  }
  if (!programme) {
    if (!changes_programme(action.kind)) return {};
    return no("it changes a programme, and the case has none that is loaded");
  }
  const std::pair<const char*, const std::string&> named[] = {
      {"component", action.component}, {"replacement", action.replacement}, {"component", action.before}};
  for (const auto& [field, id] : named) {
    if (id.empty() || component_of(*programme, id)) continue;
    return no(std::string(field) + " " + id + " is not in the catalogue of " + programme->id);
  }
  return {};
}

// The first of `after` that is not among `before`: what was broken already is not this decision's doing.
Status nothing_new(std::vector<std::string> before, const std::vector<std::string>& after) {
  for (const std::string& fault : after) {
    const auto known = std::find(before.begin(), before.end(), fault);
    if (known == before.end()) return no(fault);
    before.erase(known);
  }
  return {};
}

// Calls with each way in which the changes under way may turn out, until one is refused.
template <class Use>
Status each_outcome(const fb::CaseT& state, Use use) {
  std::vector<const fb::ProposalRecordT*> open;
  for (const auto& record : state.proposals) {
    if (record && under_way(*record)) open.push_back(record.get());
  }
  if (open.size() > most_under_way) {
    return fail(ALLIANCE_E_STATE, "more than " + std::to_string(most_under_way) +
                                      " changes are under way: wait until the programme has answered");
  }
  for (std::uint32_t chosen = 0; chosen < (1u << open.size()); ++chosen) {
    const auto taken = [&](const fb::ProposalRecordT& record) {
      const auto at = std::find(open.begin(), open.end(), &record) - open.begin();
      return (chosen >> at & 1u) != 0;
    };
    if (auto fine = use(steps_of(state, taken)); !fine) return fine;
  }
  return {};
}

}  // namespace

Result<void> fits(const fb::ActionT& action, const fb::CaseT& state, const fb::ProgrammeT& programme) {
  if (auto sound = sound_action(action, &programme); !sound) return sound;
  if (!changes_programme(action.kind)) return {};
  const bool moves = action.kind == fb::ActionKind::skip || action.kind == fb::ActionKind::reorder;
  for (const std::string& id : {action.component, action.kind == fb::ActionKind::skip ? action.replacement : ""}) {
    if (moves && completed(state, id)) return no("component " + id + " is completed already");
  }
  return each_outcome(state, [&](std::vector<Step> steps) {
    const auto before = faults(steps, state, programme);
    steps.push_back({UINT32_MAX, INT64_MAX, {}, &action});
    return nothing_new(before, faults(steps, state, programme));
  });
}

Result<void> can_revert(const std::string& id, const fb::CaseT& state, const fb::ProgrammeT& programme) {
  return each_outcome(state, [&](std::vector<Step> steps) -> Status {
    const auto before = faults(steps, state, programme);
    std::erase_if(steps, [&](const Step& step) { return step.id == id; });
    if (auto fine = nothing_new(before, faults(steps, state, programme)); !fine) {
      return no("without it " + fine.error().message + ": revert what rests on it first");
    }
    return {};
  });
}

Result<void> check(const fb::ProposalT& proposal, const fb::CaseT& state, const fb::ProgrammeT* programme) {
  if (proposal.rule.empty()) return no("proposal: the rule has no name");
  Status fine = well_formed(proposal);
  if (fine) fine = sound_action(*proposal.action, programme);
  if (fine && programme) fine = fits(*proposal.action, state, *programme);
  if (fine) return {};
  return fail(fine.error().status, "proposal of rule " + proposal.rule + ": " + fine.error().message);
}

}  // namespace alliance::tailoring
