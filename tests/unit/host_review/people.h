// SPDX-License-Identifier: Apache-2.0
// Cases and practitioners built by hand, as a fold would leave them.
#pragma once

#include <alliance/host.h>
#include <gtest/gtest.h>

#include <deque>
#include <string>

#include "host/access.h"
#include "host/review.h"

namespace alliance::host::testing {

inline constexpr std::int64_t hour = 3'600'000'000;
inline constexpr std::int64_t day = 24 * hour;
inline constexpr std::int64_t start = 1'772'000'000'000'000;  // 25 February 2026
inline constexpr std::int64_t now = start + 28 * day;         // four weeks later

inline Viewer client(std::string id) { return {ALLIANCE_ROLE_CLIENT, std::move(id)}; }
inline Viewer practitioner(std::string id) { return {ALLIANCE_ROLE_PRACTITIONER, std::move(id)}; }
inline Viewer supervisor() { return {ALLIANCE_ROLE_SUPERVISOR, "s1"}; }
inline Viewer service() { return {ALLIANCE_ROLE_SERVICE, "m1"}; }
inline Viewer researcher() { return {ALLIANCE_ROLE_RESEARCHER, "r1"}; }

template <class Item>
Item& add(std::vector<std::unique_ptr<Item>>& to) {
  to.push_back(std::make_unique<Item>());
  return *to.back();
}

inline fb::SheetT& sheet(fb::CaseT& to, const std::string& role, fb::Rater rater, double value, std::int64_t time,
                         const std::string& event, const std::string& instrument = "three-items",
                         fb::Target target = fb::Target::practitioner) {
  auto& one = add(to.sheets);
  one.time = time;
  one.event = event;
  one.instrument = instrument;
  one.version = "1.0.0";
  one.rater = rater;
  one.target = target;
  auto& score = add(one.scores);
  score.scale = "total";
  score.roles = {role};
  score.value = value;
  score.state = fb::ScoreState::scored;
  return one;
}

inline void spent(fb::CaseT& to, fb::Work work, double minutes, std::int64_t time, const std::string& event) {
  auto& one = add(to.minutes);
  one.time = time;
  one.work = work;
  one.minutes = minutes;
  one.event = event;
}

inline fb::ComponentStateT& component(fb::CaseT& to, const std::string& id, std::int64_t launched,
                                      std::int64_t completed = 0) {
  auto& one = add(to.components);
  one.id = id;
  one.launched = launched;
  one.last = completed == 0 ? launched : completed;
  one.completed = completed;
  one.events = {to.id + "-" + id + "-launched"};
  if (completed != 0) one.events.push_back(to.id + "-" + id + "-completed");
  return one;
}

inline void difficulty(fb::CaseT& to, fb::DifficultyKind kind, const std::string& event) {
  auto& one = add(to.difficulties);
  one.time = start + 2 * day;
  one.kind = kind;
  one.event = event;
}

inline fb::ProposalRecordT& proposal(fb::CaseT& to, fb::Factor factor, fb::ActionKind kind,
                                     fb::Decision decision = fb::Decision::unset, const std::string& event = {}) {
  auto& record = add(to.proposals);
  record.reported = start + 5 * day;
  record.decision = decision;
  record.decided = decision == fb::Decision::unset ? 0 : start + 6 * day;
  record.proposal = std::make_unique<fb::ProposalT>();
  record.proposal->key = std::to_string(to.proposals.size());
  record.proposal->rule = "a-rule";
  record.proposal->factor = factor;
  record.proposal->action = std::make_unique<fb::ActionT>();
  record.proposal->action->kind = kind;
  record.proposal->action->component = "module-2";
  auto& evidence = add(record.proposal->evidence);
  evidence.what = "what was seen";
  if (!event.empty()) evidence.events = {event};
  return record;
}

inline void account(fb::CaseT& to, double planned, double used) {
  to.account = std::make_unique<fb::TimeAccountT>();
  to.account->planned = planned;
  to.account->used = used;
  to.account->remaining = planned - used;
  to.account->capacity_per_week = 240.0;
}

inline fb::CaseT blended_case(const std::string& id, const std::string& of, const std::string& at = "north") {
  fb::CaseT out;
  out.id = id;
  out.subject = fb::Subject::client;
  out.service = at;
  out.practitioner = of;
  out.delivery = fb::Delivery::blended;
  out.programme = "steady-steps";
  out.weeks = 10;
  out.planned_sessions = 6;
  out.planned_modules = 5;
  out.opened = start;
  out.consent_given = start;
  return out;
}

inline fb::CaseT practitioner_stream(const std::string& id) {
  fb::CaseT out;
  out.id = "practitioner/" + id;
  out.subject = fb::Subject::practitioner;
  return out;
}

// Something of every datum, so that what is left out can be told from what was never there.
inline fb::CaseT full_case(const std::string& id, const std::string& of, const std::string& at = "north") {
  auto out = blended_case(id, of, at);
  auto& session = add(out.sessions);
  session.number = 1;
  session.state = fb::SessionState::held;
  session.minutes = 30;
  session.event = id + "-session";
  out.last_contact = start + 3 * day;
  sheet(out, "alliance.task", fb::Rater::client, 14, start + 3 * day, id + "-answers");
  sheet(out, "alliance.task", fb::Rater::practitioner, 15, start + 3 * day, id + "-answers-p");
  sheet(out, "confidence.total", fb::Rater::practitioner, 3, start + 3 * day, id + "-answers-c", "sure");
  auto& signal = add(out.signals);
  signal.signal = std::make_unique<fb::AllianceSignalT>();
  signal.signal->key = "k";
  signal.signal->role = "alliance.total";
  auto& flag = add(out.flags);
  flag.flag = std::make_unique<fb::SafetyFlagT>();
  flag.flag->flag = id + "/flag";
  spent(out, fb::Work::in_person, 30, start + 3 * day, id + "-session");
  spent(out, fb::Work::online_review, 10, start + 4 * day, id + "-review");
  account(out, 400, 40);
  proposal(out, fb::Factor::b3_inflexibility, fb::ActionKind::skip, fb::Decision::accepted, id + "-irrelevant");
  proposal(out, fb::Factor::b4_confidence, fb::ActionKind::private_nudge);
  proposal(out, fb::Factor::f4_training_support, fb::ActionKind::training);
  component(out, "module-1", start + 4 * day, start + 5 * day).reviewed = start + 6 * day;
  difficulty(out, fb::DifficultyKind::login, id + "-login");
  auto& support = add(out.support);
  support.request = "r1";
  support.opened = start + 2 * day;
  support.resolved = start + 2 * day + 6 * hour;
  support.event = id + "-support";
  auto& training = add(out.trainings);
  training.training = "basics";
  training.completed = start + 8 * day;
  training.event = id + "-training";
  out.onboarding = {"tour"};
  out.supervisions = {start + 9 * day};
  auto& confidence = add(out.confidence);
  confidence.time = start;
  confidence.value = 2;
  confidence.event = id + "-confidence";
  add(out.nudges).nudge = "video";
  add(out.leave).from = start;
  out.capacity_per_week = 240.0;
  return out;
}

// Borrowed pointers into cases that stay where they are.
struct Caseload {
  std::deque<fb::CaseT> cases, practitioners;
  fb::CaseT& add_case(fb::CaseT one) { return cases.emplace_back(std::move(one)); }
  fb::CaseT& add_practitioner(fb::CaseT one) { return practitioners.emplace_back(std::move(one)); }
  Everyone everyone() const {
    Everyone out;
    for (const auto& one : cases) out.cases.push_back(&one);
    for (const auto& one : practitioners) out.practitioners.push_back(&one);
    out.as_of = now;
    return out;
  }
};

// `clients` cases spread over `practitioners`, each with minutes, a sheet and something of everything.
inline Caseload caseload(int clients, int practitioners) {
  Caseload out;
  for (int i = 0; i < practitioners; ++i) {
    auto own = practitioner_stream("p" + std::to_string(i + 1));
    own.capacity_per_week = 100.0;
    spent(own, fb::Work::training, 10, now - day, own.id + "-t");
    out.add_practitioner(std::move(own));
  }
  for (int i = 0; i < clients; ++i) {
    auto one = full_case("c" + std::to_string(10 + i), "p" + std::to_string(i % practitioners + 1));
    one.sheets.front()->scores.front()->value = 10 + i;
    out.add_case(std::move(one));
  }
  return out;
}

inline const fb::FactorRowT& row(const std::vector<std::unique_ptr<fb::FactorRowT>>& rows, fb::Factor factor) {
  static const fb::FactorRowT none;
  for (const auto& one : rows) {
    if (one->factor == factor) return *one;
  }
  ADD_FAILURE() << "there is no row for factor " << static_cast<int>(factor);
  return none;
}

inline const fb::IndicatorT& indicator(const std::vector<std::unique_ptr<fb::FactorRowT>>& rows,
                                       const std::string& id) {
  static const fb::IndicatorT none;
  for (const auto& one : rows) {
    for (const auto& found : one->indicators) {
      if (found->id == id) return *found;
    }
  }
  ADD_FAILURE() << "there is no indicator " << id;
  return none;
}

// The value, or a number that no test expects.
inline double value(const std::vector<std::unique_ptr<fb::FactorRowT>>& rows, const std::string& id) {
  const auto& one = indicator(rows, id);
  return one.value ? *one.value : -12345;
}

inline bool contains(const std::vector<std::string>& all, const std::string& part) {
  for (const auto& one : all) {
    if (one.find(part) != std::string::npos) return true;
  }
  return false;
}

}  // namespace alliance::host::testing
