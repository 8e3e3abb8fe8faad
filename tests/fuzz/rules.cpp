// SPDX-License-Identifier: Apache-2.0
// A policy's file from outside: refused by line and field, or followed, and then what it proposes of a case is what the
// SDK takes, within its bounds. The same bytes are read as rules and as a stepped review.
#include <alliance_schema/case_generated.h>

#include <string>
#include <vector>

#include "proposals.h"
#include "require.h"
#include "rules.h"
#include "schema/json.h"
#include "stepped.h"
#include "tables.h"
#include "tailoring/check.h"

namespace {

using namespace alliance;
using fuzz::require;

constexpr std::int64_t a_day = INT64_C(86'400'000'000);
constexpr std::int64_t the_opening = INT64_C(1'769'990'400'000'000);
constexpr std::int64_t this_moment = the_opening + 60 * a_day;

// Something for every kind of rule to find.
fb::CaseT course(bool practitioner) {
  fb::CaseT made;
  made.id = practitioner ? "practitioner/p" : "c";
  made.subject = practitioner ? fb::Subject::practitioner : fb::Subject::client;
  made.delivery = fb::Delivery::blended;
  made.opened = practitioner ? 0 : the_opening;
  made.weeks = 10;
  const auto add = [](auto& to) -> auto& {
    to.push_back(std::make_unique<typename std::decay_t<decltype(*to[0])>>());
    return *to.back();
  };
  for (std::uint16_t i = 1; i <= 4; ++i) {
    auto& session = add(made.sessions);
    session.number = i;
    session.state = fb::SessionState::held;
    session.starts = the_opening + i * 7 * a_day;
    session.event = "s" + std::to_string(i);
    auto& component = add(made.components);
    component.id = "m" + std::to_string(i);
    component.launched = component.last = the_opening + i * a_day;
    if (i < 3) component.completed = component.last;
    if (i == 3) component.irrelevant = component.last;
    auto& difficulty = add(made.difficulties);
    difficulty.time = the_opening + i * a_day;
    difficulty.event = "d" + std::to_string(i);
    auto& sure = add(made.confidence);
    sure.value = 5 - i;
    sure.time = the_opening + i * a_day;
    sure.event = "k" + std::to_string(i);
    auto& sheet = add(made.sheets);
    sheet.time = the_opening + i * 7 * a_day;
    sheet.event = "a" + std::to_string(i);
    sheet.instrument = "x";
    sheet.rater = fb::Rater::client;
    auto& score = add(sheet.scores);
    score.scale = "total";
    score.value = i;
    score.roles = {"symptom.total", "usability.total"};
    auto& record = add(made.signals);
    record.time = sheet.time;
    record.signal = std::make_unique<fb::AllianceSignalT>();
    record.signal->key = "g" + std::to_string(i);
    record.signal->kind = static_cast<fb::SignalKind>(i);
    record.signal->role = "alliance.task";
    record.signal->rater = fb::Rater::client;
    record.signal->missed = 3;
  }
  auto& refusal = add(made.refusals);
  refusal.time = the_opening + 9 * a_day;
  refusal.action = std::make_unique<fb::ActionT>();
  refusal.action->component = "m2";
  refusal.event = "r1";
  auto& training = add(made.trainings);
  training.training = "basics";
  training.completed = the_opening;
  training.expires = this_moment + 5 * a_day;
  made.account = std::make_unique<fb::TimeAccountT>();
  made.account->planned = 100;
  made.account->used = 200;
  made.account->minutes_last_week = 90;
  return made;
}

void sound(const fb::ProposalsT& made, const fb::CaseT& state) {
  require(made.proposals.size() <= 128, "no more proposals than can be looked at");
  for (const auto& one : made.proposals) {
    require(!one->key.empty() && !one->rule.empty(), "a proposal has a key and a rule");
    require(!one->evidence.empty() && one->evidence[0]->provenance != nullptr, "evidence says where it comes from");
    if (tailoring::changes_programme(one->action->kind)) continue;  // there is no programme that could be changed
    require(bool(tailoring::check(*one, state, nullptr)), "what a policy proposes the SDK takes");
  }
}

template <class Object, class Table>
void follow(const std::string& text, const char* table) {
  const auto bytes = schema::json_to_bytes(table, text);
  if (!bytes) return;
  Object object;
  flatbuffers::GetRoot<Table>(bytes->data())->UnPackTo(&object);
  try {
    tailoring::check(object, "file", text);
  } catch (const Error& error) {
    require(error.message().starts_with("file: line "), "a fault has its line");
    return;
  }
  for (const bool practitioner : {false, true}) {
    const fb::CaseT state = course(practitioner);
    const auto packed = shared::packed<fb::Case>(state, fb::CaseIdentifier());
    sound(tailoring::propose(object, *fb::GetCase(packed.data()), nullptr, this_moment), state);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  follow<fb::RulesT, fb::Rules>(text, "Rules");
  follow<fb::SteppedReviewT, fb::SteppedReview>(text, "SteppedReview");
  return 0;
}
