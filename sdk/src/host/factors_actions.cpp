// SPDX-License-Identifier: Apache-2.0
// What was proposed for a factor, what was decided, and what the practitioner did unasked.
#include <array>
#include <chrono>
#include <cstdio>

#include "host/factors_read.h"

namespace alliance::host::indicators {
namespace {

constexpr std::array<const char*, 19> actions = {"an action",
                                                 "another order",
                                                 "a skip",
                                                 "an addition",
                                                 "another pace",
                                                 "a protected slot",
                                                 "a support request",
                                                 "a training",
                                                 "extra supervision",
                                                 "a private nudge",
                                                 "a question to the client",
                                                 "feedback to the content's owner",
                                                 "a brief before the session",
                                                 "other reminders",
                                                 "other examples",
                                                 "another level of language",
                                                 "contact in another way",
                                                 "a workaround by hand",
                                                 "paper or phone meanwhile"};

std::string day_of(std::int64_t instant) {
  using namespace std::chrono;
  const year_month_day date{floor<days>(sys_time<microseconds>{microseconds{instant}})};
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text.data();
}

std::string on_day(std::int64_t instant) { return instant == 0 ? "" : " on " + day_of(instant); }

std::string described(const fb::ActionT& action) {
  const auto kind = static_cast<std::size_t>(action.kind);
  std::string out = actions[kind < actions.size() ? kind : 0];
  if (!action.component.empty()) out += " for " + action.component;
  if (!action.replacement.empty()) out += ", " + action.replacement + " in its place";
  if (!action.before.empty()) out += ", before " + action.before;
  if (!action.option.empty()) out += " (" + action.option + ")";
  return out;
}

std::string outcome(const fb::ProposalRecordT& record) {
  std::string out;
  if (record.shown != 0) out = "shown" + on_day(record.shown) + ", ";
  switch (record.decision) {
    case fb::Decision::accepted:
      out += record.edited ? "accepted as edited" + on_day(record.decided) : "accepted" + on_day(record.decided);
      break;
    case fb::Decision::declined:
      out += "declined" + on_day(record.decided);
      break;
    case fb::Decision::withdrawn:
      out += "withdrawn" + on_day(record.decided);
      break;
    case fb::Decision::unset:
      out += "not decided yet";
      break;
  }
  if (record.applied != 0) out += ", applied" + on_day(record.applied);
  if (record.refused != 0) out += ", refused by the programme" + on_day(record.refused);
  if (record.reverted != 0) out += ", reverted" + on_day(record.reverted);
  if (record.effect != 0) out += ", effect seen" + on_day(record.effect);
  return out;
}

bool belongs(const std::unique_ptr<fb::ProposalRecordT>& record, fb::Factor factor) {
  return record && record->proposal && record->proposal->factor == factor;
}

}  // namespace

std::vector<std::string> what_was_done(const fb::CaseT& state, fb::Factor factor) {
  std::vector<std::string> out;
  for (const auto& record : state.proposals) {
    if (!belongs(record, factor)) continue;
    const auto* action = record->edited ? record->edited.get() : record->proposal->action.get();
    out.push_back("proposed" + on_day(record->reported) + ": " + (action ? described(*action) : "an action") + "; " +
                  outcome(*record));
  }
  if (factor != fb::Factor::f3_tailoring) return out;
  for (const auto& one : state.own_adaptations) {
    if (one && one->action) out.push_back("adapted" + on_day(one->time) + " unasked: " + described(*one->action));
  }
  return out;
}

std::vector<std::string> what_was_done(Streams cases, fb::Factor factor) {
  std::array<std::size_t, 4> by_decision{};
  std::size_t proposed = 0, own = 0;
  for (const auto* state : cases) {
    for (const auto& record : state->proposals) {
      if (!belongs(record, factor)) continue;
      ++proposed;
      const auto decision = static_cast<std::size_t>(record->decision);
      ++by_decision[decision < by_decision.size() ? decision : 0];
    }
    own += state->own_adaptations.size();
  }
  std::vector<std::string> out;
  if (proposed > 0) {
    out.push_back("in own cases: " + read::count_of(proposed, "proposal") + ", " + std::to_string(by_decision[1]) +
                  " accepted, " + std::to_string(by_decision[2]) + " declined, " + std::to_string(by_decision[3]) +
                  " withdrawn, " + std::to_string(by_decision[0]) + " not decided yet");
  }
  if (factor == fb::Factor::f3_tailoring && own > 0) {
    out.push_back("in own cases: " + read::count_of(own, "adaptation") + " made unasked");
  }
  return out;
}

}  // namespace alliance::host::indicators
