// SPDX-License-Identifier: Apache-2.0
// A case to try rules on, told in days since 2026-02-02.
#pragma once

#include <alliance_schema/case_generated.h>
#include <alliance_schema/policy_generated.h>
#include <alliance_schema/programme_generated.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "plugins/shared/tables.h"
#include "plugins/tailoring/proposals.h"

namespace story {

namespace fb = alliance::fb;
inline std::int64_t on(double day) { return 1'769'990'400'000'000 + static_cast<std::int64_t>(day * 86'400'000'000.0); }

struct Case : fb::CaseT {
  Case() {
    id = "c1";
    subject = fb::Subject::client;
    delivery = fb::Delivery::blended;
    weeks = 10;
    planned_sessions = 6;
    planned_modules = 5;
    opened = on(0);
    consent_given = on(0);
  }
  fb::ComponentStateT& component(const std::string& name) {
    for (auto& one : components) {
      if (one->id == name) return *one;
    }
    components.push_back(std::make_unique<fb::ComponentStateT>());
    components.back()->id = name;
    components.back()->events = {name + "-event"};
    return *components.back();
  }
  Case& launched(const std::string& name, double day, double last) {
    component(name).launched = on(day);
    component(name).last = on(last);
    return *this;
  }
  Case& completed(const std::string& name, double day) {
    launched(name, day, day);
    component(name).completed = on(day);
    return *this;
  }
  Case& irrelevant(const std::string& name, double day) {
    component(name).irrelevant = on(day);
    return *this;
  }
  Case& held(std::uint16_t number, double day) {
    sessions.push_back(std::make_unique<fb::SessionT>());
    auto& one = *sessions.back();
    one.number = number;
    one.state = fb::SessionState::held;
    one.starts = on(day);
    one.event = "held-" + std::to_string(number);
    return *this;
  }
  Case& signal(fb::SignalKind kind, const std::string& role, double day, std::uint16_t missed = 0) {
    signals.push_back(std::make_unique<fb::SignalRecordT>());
    signals.back()->time = on(day);
    signals.back()->signal = std::make_unique<fb::AllianceSignalT>();
    auto& one = *signals.back()->signal;
    one.key = role + "/" + std::to_string(signals.size());
    one.kind = kind;
    one.role = role;
    one.rater = fb::Rater::client;
    one.target = fb::Target::practitioner;
    one.rule = "r";
    one.wording = "w";
    one.missed = missed;
    if (kind == fb::SignalKind::drop) {
      one.change = -4;
      one.threshold = -2.5;
    }
    return *this;
  }
  Case& difficulty(double day, const std::string& where = {}) {
    difficulties.push_back(std::make_unique<fb::DifficultyT>());
    auto& one = *difficulties.back();
    one.time = on(day);
    one.kind = fb::DifficultyKind::usability;
    one.component = where;
    one.event = "d-" + std::to_string(difficulties.size());
    return *this;
  }
  Case& used(double in_all, double planned, double last_week = 0) {
    account = std::make_unique<fb::TimeAccountT>();
    account->used = in_all;
    account->planned = planned;
    account->minutes_last_week = last_week;
    return *this;
  }
  Case& sure(double value, double day) {
    confidence.push_back(std::make_unique<fb::ConfidenceT>());
    auto& one = *confidence.back();
    one.value = value;
    one.time = on(day);
    one.event = "sure-" + std::to_string(confidence.size());
    return *this;
  }
  Case& trained(const std::string& name, double day, std::optional<double> expires = {}) {
    trainings.push_back(std::make_unique<fb::TrainingT>());
    auto& one = *trainings.back();
    one.training = name;
    one.completed = on(day);
    one.expires = expires ? on(*expires) : 0;
    one.event = "training-" + std::to_string(trainings.size());
    return *this;
  }
  Case& goal(const std::string& name, double day, bool revised = false) {
    goals.push_back(std::make_unique<fb::GoalT>());
    goals.back()->time = on(day);
    goals.back()->goal = name;
    goals.back()->revised = revised;
    goals.back()->event = "goal-" + std::to_string(goals.size());
    return *this;
  }
  Case& tool(const std::string& name, double day, bool used = false) {
    tools.push_back(std::make_unique<fb::ToolUseT>());
    tools.back()->time = on(day);
    tools.back()->tool = name;
    tools.back()->used = used;
    return *this;
  }
  Case& week(double from, double needed, double capacity) {
    weeks_ahead.push_back(std::make_unique<fb::WeekAheadT>());
    weeks_ahead.back()->from = on(from);
    weeks_ahead.back()->needed = needed;
    weeks_ahead.back()->capacity = capacity;
    return *this;
  }
  Case& adapted(double day) {
    own_adaptations.push_back(std::make_unique<fb::OwnAdaptationT>());
    own_adaptations.back()->time = on(day);
    own_adaptations.back()->event = "own";
    own_adaptations.back()->action = std::make_unique<fb::ActionT>();
    return *this;
  }
};

inline Case practitioner() {
  Case made;
  made.id = "practitioner/p1";
  made.subject = fb::Subject::practitioner;
  made.opened = 0;
  return made;
}

// m1, m2 (needs m1), m3, fixed on the path; then tool-a (needs m2), tool-b, tool-c to add, shut.
inline fb::ProgrammeT programme() {
  fb::ProgrammeT made;
  made.id = "demo";
  made.version = "1";
  const auto add = [&](const std::string& id, std::vector<std::string> needs, bool transdiagnostic, bool may) {
    made.components.push_back(std::make_unique<fb::ComponentT>());
    auto& one = *made.components.back();
    one.id = id;
    one.prerequisites = std::move(needs);
    one.transdiagnostic = transdiagnostic;
    one.can_skip = one.can_add = one.can_reorder = may;
  };
  add("m1", {}, false, true);
  add("m2", {"m1"}, false, true);
  add("m3", {}, false, true);
  add("fixed", {}, false, false);
  add("shut", {}, true, false);
  add("tool-a", {"m2"}, true, true);
  add("tool-b", {}, true, true);
  add("tool-c", {}, true, true);
  made.default_path = {"m1", "m2", "m3", "fixed"};
  return made;
}

inline fb::RulesT rules(fb::When when, double at_least = 0, std::uint32_t within_days = 0, const std::string& role = {},
                        fb::ActionKind kind = fb::ActionKind::ask_client) {
  fb::RulesT made;
  made.id = "test";
  made.rules.push_back(std::make_unique<fb::RuleT>());
  auto& one = *made.rules.back();
  one.id = "r";
  one.factor = fb::Factor::f3_tailoring;
  one.when = when;
  one.at_least = at_least;
  one.within_days = within_days;
  one.role = role;
  one.training = "basics";
  one.audience = fb::Audience::practitioner;
  one.action = std::make_unique<fb::ActionT>();
  one.action->kind = kind;
  one.action->text = "You may want to ask.";
  return made;
}

inline fb::ProposalsT proposed(const fb::RulesT& rules, const fb::CaseT& state, double day,
                               const fb::ProgrammeT* catalogue = nullptr) {
  using alliance::shared::packed;
  using alliance::shared::Verified;
  const auto bytes = packed<fb::Case>(state, fb::CaseIdentifier());
  const Verified<fb::Case> table(bytes.data(), bytes.size(), fb::CaseIdentifier(), "case");
  if (!catalogue) return alliance::tailoring::propose(rules, *table, nullptr, on(day));
  const auto more = packed<fb::Programme>(*catalogue, fb::ProgrammeIdentifier());
  const Verified<fb::Programme> other(more.data(), more.size(), fb::ProgrammeIdentifier(), "programme");
  return alliance::tailoring::propose(rules, *table, &*other, on(day));
}

inline std::vector<std::string> keys(const fb::ProposalsT& made) {
  std::vector<std::string> found;
  for (const auto& one : made.proposals) found.push_back(one->key);
  return found;
}

}  // namespace story
