// SPDX-License-Identifier: Apache-2.0
#include "proposals.h"

#include "detectors.h"
#include "facts.h"
#include "replacement.h"

namespace alliance::tailoring {
namespace {

constexpr std::size_t most = 128;

std::unique_ptr<fb::EvidenceT> evidence(const fb::RuleT& rule, Finding& finding) {
  auto made = std::make_unique<fb::EvidenceT>();
  made->what = std::move(finding.what);
  made->events = std::move(finding.events);
  if (finding.value) made->value = *finding.value;
  if (finding.threshold) {
    made->threshold = *finding.threshold;
    made->comparator = *finding.threshold < 0 ? fb::Comparator::at_most : fb::Comparator::at_least;
    if (finding.comparator != fb::Comparator::unset) made->comparator = finding.comparator;
  }
  made->signal = std::move(finding.signal);
  made->method = std::move(finding.method);
  made->provenance = std::make_unique<fb::ProvenanceT>();
  const auto& source = rule.when == fb::When::not_on_track ? rule.curve->provenance : rule.provenance;
  if (source) *made->provenance = *source;
  if (made->provenance->certainty == fb::Certainty::unset) made->provenance->certainty = fb::Certainty::own;
  if (made->provenance->note.empty()) made->provenance->note = "a rule of our own, not validated";
  return made;
}

// Which rules look for something else in a component's place.
bool replaces(const fb::RuleT& rule) {
  return rule.when == fb::When::component_irrelevant &&
         (rule.action->kind == fb::ActionKind::skip || rule.action->kind == fb::ActionKind::add);
}

std::unique_ptr<fb::ProposalT> proposal(const fb::RuleT& rule, Finding& finding, const Facts& facts) {
  auto made = std::make_unique<fb::ProposalT>();
  made->key = rule.id + "/" + finding.anchor;
  made->rule = rule.id;
  made->factor = rule.factor;
  made->audience = rule.audience;
  if (replaces(rule)) {
    Replacement found = replace(finding.component, *rule.action, facts);
    made->action = std::make_unique<fb::ActionT>(std::move(found.action));
    made->considered = std::move(found.considered);
  } else {
    made->action = std::make_unique<fb::ActionT>(*rule.action);
    if (made->action->component.empty() && (!facts.programme || facts.component(finding.component))) {
      made->action->component = finding.component;
    }
  }
  for (const auto& other : finding.considered) made->considered.push_back(std::make_unique<fb::ConsideredT>(other));
  for (const auto& other : rule.considered) {
    made->considered.push_back(std::make_unique<fb::ConsideredT>(*other));
    auto& about = made->considered.back()->action->component;
    if (about.empty() && (!facts.programme || facts.component(finding.component))) about = finding.component;
  }
  made->evidence.push_back(evidence(rule, finding));
  return made;
}

}  // namespace

fb::ProposalsT propose(const fb::RulesT& rules, const fb::Case& state, const fb::Programme* programme,
                       std::int64_t now) {
  fb::ProposalsT made;
  const bool withdrawn = state.consent_withdrawn() != 0 && state.consent_withdrawn() >= state.consent_given();
  if (state.closed() != 0 || withdrawn) return made;
  const Facts facts(state, programme, now);
  for (const auto& rule : rules.rules) {
    if (rule->off) continue;
    for (Finding& finding : detect(*rule, facts)) {
      if (made.proposals.size() == most) return made;
      made.proposals.push_back(proposal(*rule, finding, facts));
    }
  }
  return made;
}

}  // namespace alliance::tailoring
