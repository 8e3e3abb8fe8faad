// SPDX-License-Identifier: Apache-2.0
#include "next_tool.h"

#include <algorithm>
#include <map>

#include "../shared/tables.h"
#include "replacement.h"

namespace alliance::tailoring {
namespace {

using shared::each;
using shared::text;
using shared::view;

constexpr std::size_t most_others = 8;

// The latest word on each goal: set, or revised.
std::map<std::string, const fb::Goal*> goals(const Facts& facts) {
  std::map<std::string, const fb::Goal*> latest;
  for (const fb::Goal* goal : each(facts.state.goals())) {
    facts.spend();
    if (goal->time() > facts.now) continue;
    const fb::Goal*& known = latest[text(goal->goal())];
    if (known == nullptr || known->time() <= goal->time()) known = goal;
  }
  return latest;
}

bool serves(const fb::Component& component, std::string_view goal) {
  for (const flatbuffers::String* tag : each(component.tags())) {
    if (view(tag) == goal) return true;
  }
  return false;
}

// Why a component is not the next for the client; empty where it can be.
std::string why_not_next(const fb::Component& component, const std::string& key, const Facts& facts) {
  const std::string id = text(component.id());
  for (const fb::ToolUse* tool : each(facts.state.tools())) {
    facts.spend();
    if (view(tool->tool()) == id) return tool->used() ? "it was used in a session" : "it was offered already";
  }
  for (const fb::ProposalRecord* record : each(facts.state.proposals())) {
    facts.spend();
    if (view(record->proposal()->key()) == key && record->decision() == fb::Decision::declined) {
      return "it was declined";
    }
  }
  if (std::string against = why_not(component, {}, false, facts); !against.empty()) return against;
  for (const flatbuffers::String* needed : each(component.prerequisites())) {
    if (!facts.completed(view(needed))) return "it needs " + text(needed) + " to be completed first";
  }
  return {};
}

}  // namespace

std::vector<Finding> next_tool(const fb::RuleT& rule, const Facts& facts) {
  std::vector<Finding> found;
  if (facts.programme == nullptr || facts.practitioner()) return found;
  for (const auto& [name, goal] : goals(facts)) {
    const double days = facts.days_since(goal->time());
    if (days < rule.at_least || (rule.within_days != 0 && days > rule.within_days)) continue;
    Finding made;
    for (const fb::Component* component : each(facts.programme->components())) {
      facts.spend();
      if (!serves(*component, name)) continue;
      const std::string id = text(component->id());
      std::string against = why_not_next(*component, rule.id + "/" + name + "/" + id, facts);
      if (against.empty() && made.component.empty()) {
        made.component = id;
        continue;
      }
      if (made.considered.size() >= most_others) continue;
      fb::ConsideredT other;
      other.action = std::make_unique<fb::ActionT>();
      other.action->kind = rule.action->kind;
      other.action->component = id;
      other.action->minutes = rule.action->minutes;
      other.why_not = against.empty() ? made.component + " comes first in the catalogue" : std::move(against);
      made.considered.push_back(std::move(other));
    }
    if (made.component.empty()) continue;
    made.anchor = name + "/" + made.component;
    made.what = "a goal is set for which the programme has " + made.component + ", not tried so far; days since then";
    made.value = static_cast<double>(static_cast<std::int64_t>(days));
    if (rule.at_least > 0) made.threshold = rule.at_least;
    if (goal->event() != nullptr) made.events.push_back(text(goal->event()));
    found.push_back(std::move(made));
  }
  return found;
}

}  // namespace alliance::tailoring
