// SPDX-License-Identifier: Apache-2.0
// A case that is driven as the host drives one, without a host: checked, folded, and what follows folded too.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "host/decisions.h"
#include "host/fold.h"
#include "tailoring/check.h"

namespace course {

namespace fb = alliance::fb;
using Kind = fb::ActionKind;

inline fb::ActionT action(Kind kind, const std::string& component = {}, const std::string& replacement = {},
                          const std::string& before = {}) {
  fb::ActionT made;
  made.kind = kind;
  made.component = component;
  made.replacement = replacement;
  made.before = before;
  made.text = "You may want to look at this.";
  return made;
}

struct Course {
  explicit Course(fb::ProgrammeT of) : programme(std::move(of)) {
    state.id = "c1";
    state.subject = fb::Subject::client;
    state.opened = 1;
    state.programme = programme.id;
  }

  // The key of a proposal, or an empty text where it is refused.
  std::string propose(const fb::ActionT& what) {
    fb::ProposalT made;
    made.key = "k" + std::to_string(++count);
    made.id = "p-" + made.key;
    made.rule = "r";
    made.audience = fb::Audience::practitioner;
    made.action = std::make_unique<fb::ActionT>(what);
    made.evidence.push_back(std::make_unique<fb::EvidenceT>());
    made.evidence[0]->what = "what was seen";
    if (auto fine = alliance::tailoring::check(made, state, &programme); !fine) {
      said = fine.error().message;
      return {};
    }
    fb::ProposedT body;
    body.proposal = std::make_unique<fb::ProposalT>(made);
    fold(std::move(body));
    return made.key;
  }

  template <class Body>
  bool tell(Body body, const std::string& effect_of = {}) {
    fb::EventT event;
    event.id = "e" + std::to_string(++count);
    event.case_ = "c1";
    event.time = ++now;
    event.proposal = effect_of;
    event.body.Set(std::move(body));
    auto fine = alliance::host::check(event);
    if (fine) fine = alliance::host::check(event, state);
    if (fine) fine = alliance::host::check_decision(event, state, &programme);
    if (!fine) {
      said = fine.error().message;
      return false;
    }
    alliance::host::fold(state, event);
    told = alliance::host::consequence(event, state);
    if (told) fold(fb::AdaptationT(*told));
    done = alliance::host::effect(event, state);
    last = event.id;
    return true;
  }
  bool decide(const std::string& key, fb::Decision decision, const fb::ActionT* edited = nullptr) {
    fb::ProposalDecidedT body;
    body.proposal = key;
    body.decision = decision;
    body.by = "p1";
    body.reason = "a reason";
    if (edited) body.action = std::make_unique<fb::ActionT>(*edited);
    return tell(std::move(body));
  }
  bool accept(const std::string& key, const fb::ActionT* edited = nullptr) {
    return decide(key, fb::Decision::accepted, edited);
  }
  bool applied(const std::string& key) {
    fb::AdaptationAppliedT body;
    body.proposal = key;
    body.action = std::make_unique<fb::ActionT>();
    return tell(std::move(body));
  }
  bool own(const fb::ActionT& what) {
    fb::AdaptationAppliedT body;
    body.action = std::make_unique<fb::ActionT>(what);
    body.by = "p1";
    return tell(std::move(body));
  }
  bool refused(const std::string& key, const fb::ActionT& what = {}) {
    fb::AdaptationRefusedT body;
    body.proposal = key;
    body.action = std::make_unique<fb::ActionT>(what);
    body.reason = "the programme cannot";
    return tell(std::move(body));
  }
  bool revert(const std::string& key_or_event) {
    fb::AdaptationRevertedT body;
    body.proposal = key_or_event;
    body.by = "p1";
    return tell(std::move(body));
  }
  void complete(const std::string& component) {
    fb::ComponentProgressT body;
    body.component = component;
    body.progress = fb::Progress::completed;
    tell(std::move(body));
  }
  std::string path() const {
    std::string out;
    for (const auto& id : alliance::tailoring::current_path(state, programme)) out += (out.empty() ? "" : " ") + id;
    return out;
  }

  fb::ProgrammeT programme;
  fb::CaseT state;
  std::optional<fb::AdaptationT> told, done;  // what the last event led to
  std::string said, last;                     // why the last was refused; the last event's id
  std::int64_t now = 1'772'000'000'000'000;   // an instant in February 2026
  int count = 0;

 private:
  template <class Body>
  void fold(Body body) {
    fb::ReportT report;
    report.body.Set(std::move(body));
    alliance::host::fold(state, report, now);
  }
};

}  // namespace course
