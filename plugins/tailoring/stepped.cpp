// SPDX-License-Identifier: Apache-2.0
#include "stepped.h"

#include <algorithm>
#include <cmath>

#include "../shared/tables.h"
#include "facts.h"

namespace alliance::tailoring {
namespace {

using shared::each;
using shared::text;

constexpr std::size_t most_proposals = 128;

struct Reached {
  const fb::ReviewPointT* point;
  std::int64_t time;
  std::string what;
  std::string event;
  std::int64_t since = 0;  // when the point before was reached
};

std::vector<Reached> reached(const fb::SteppedReviewT& review, const Facts& facts) {
  std::vector<Reached> found;
  for (const auto& point : review.points) {
    if (point->week != 0) {
      const std::int64_t when = facts.state.opened() + point->week * 7 * day;
      if (when <= facts.now) {
        found.push_back({point.get(), when, std::to_string(point->week) + " weeks since the case was opened", {}});
      }
      continue;
    }
    for (const fb::Session* session : facts.held) {
      if (session->number() != point->session) continue;
      const auto ended =
          session->starts() + static_cast<std::int64_t>(std::clamp(session->minutes(), 0.0, 1440.0)) * minute;
      if (ended > facts.now) continue;
      found.push_back(
          {point.get(), ended, "session " + std::to_string(point->session) + " was held", text(session->event())});
      break;
    }
  }
  std::stable_sort(found.begin(), found.end(), [](const Reached& a, const Reached& b) { return a.time < b.time; });
  std::int64_t before = facts.state.opened();
  for (Reached& one : found) {
    one.since = before;
    before = one.time;
  }
  return found;
}

// ---- What makes a question needless -----------------------------------------------------------------

bool goal_set(const Facts& facts, std::int64_t since) {
  for (const fb::Goal* goal : each(facts.state.goals())) {
    if (goal->time() > since && goal->time() <= facts.now) return true;
  }
  return false;
}
bool adapted(const Facts& facts, std::int64_t since) {
  for (const fb::ProposalRecord* record : each(facts.state.proposals())) {
    if (record->applied() > since && record->applied() <= facts.now) return true;
  }
  for (const fb::OwnAdaptation* own : each(facts.state.own_adaptations())) {
    if (own->time() > since && own->time() <= facts.now) return true;
  }
  return false;
}
bool work_discussed(const Facts& facts, std::int64_t since) {
  for (const fb::ComponentState* component : each(facts.state.components())) {
    if (component->discussed() > since && component->discussed() <= facts.now) return true;
  }
  return false;
}
bool tool_used(const Facts& facts, std::int64_t since) {
  for (const fb::ToolUse* tool : each(facts.state.tools())) {
    if (tool->used() && tool->time() > since && tool->time() <= facts.now) return true;
  }
  return false;
}

struct Needless {
  fb::Unless unless;
  bool (*holds)(const Facts&, std::int64_t since);
  const char* why;
};
constexpr Needless needless[] = {
    {fb::Unless::goal_set, goal_set, "a goal was set since the point before"},
    {fb::Unless::adapted, adapted, "something was adapted since the point before"},
    {fb::Unless::work_discussed, work_discussed, "online work was taken up since the point before"},
    {fb::Unless::tool_used, tool_used, "a tool was used since the point before"},
};

const char* why_needless(const fb::ReviewQuestionT& question, const Facts& facts, std::int64_t since) {
  for (const Needless& one : needless) {
    if (one.unless == question.unless && one.holds(facts, since)) return one.why;
  }
  return nullptr;
}

bool asks(const fb::ReviewPointT& point, const std::string& question) {
  return point.questions.empty() ||
         std::find(point.questions.begin(), point.questions.end(), question) != point.questions.end();
}

fb::ActionT brief(const fb::ReviewQuestionT& question) {
  fb::ActionT made;
  made.kind = fb::ActionKind::brief;
  made.minutes = question.minutes;
  made.text = question.text;
  return made;
}

std::unique_ptr<fb::EvidenceT> evidence_of(const fb::SteppedReviewT& review, const Reached& at) {
  auto made = std::make_unique<fb::EvidenceT>();
  made->what = at.what;
  if (!at.event.empty()) made->events.push_back(at.event);
  made->value = made->threshold = at.point->week != 0 ? at.point->week : at.point->session;
  made->comparator = fb::Comparator::at_least;
  made->provenance = std::make_unique<fb::ProvenanceT>();
  if (review.provenance) *made->provenance = *review.provenance;
  return made;
}

}  // namespace

fb::ProposalsT propose(const fb::SteppedReviewT& review, const fb::Case& state, const fb::Programme* programme,
                       std::int64_t now) {
  fb::ProposalsT made;
  const bool withdrawn = state.consent_withdrawn() != 0 && state.consent_withdrawn() >= state.consent_given();
  if (state.subject() == fb::Subject::practitioner || state.closed() != 0 || withdrawn) return made;
  const Facts facts(state, programme, now);
  for (const Reached& at : reached(review, facts)) {
    if (facts.days_since(at.time) > review.within_days) continue;
    std::vector<fb::ConsideredT> left_out;
    const std::size_t first = made.proposals.size();
    for (const auto& question : review.questions) {
      if (!asks(*at.point, question->id) || made.proposals.size() == most_proposals) continue;
      if (const char* why = why_needless(*question, facts, at.since)) {
        left_out.emplace_back();
        left_out.back().action = std::make_unique<fb::ActionT>(brief(*question));
        left_out.back().why_not = why;
        continue;
      }
      auto one = std::make_unique<fb::ProposalT>();
      one->key = review.id + "/" + at.point->id + "/" + question->id;
      one->rule = review.id + "/" + question->id;
      one->factor = question->factor;
      one->audience = fb::Audience::practitioner;
      one->action = std::make_unique<fb::ActionT>(brief(*question));
      one->evidence.push_back(evidence_of(review, at));
      made.proposals.push_back(std::move(one));
    }
    for (std::size_t i = first; i < made.proposals.size(); ++i) {
      for (const auto& other : left_out) {
        made.proposals[i]->considered.push_back(std::make_unique<fb::ConsideredT>(other));
      }
    }
  }
  return made;
}

}  // namespace alliance::tailoring
