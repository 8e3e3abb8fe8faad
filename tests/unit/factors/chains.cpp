// SPDX-License-Identifier: Apache-2.0
#include "chains.h"

#include <gtest/gtest.h>

namespace chain {
namespace {

using fb::Factor;
using Kind = fb::ActionKind;
constexpr auto practitioner = fb::Audience::practitioner;

std::string held(int number) {
  return R"({"session":)" + std::to_string(number) + R"(,"minutes":30,"mode":"in_person"})";
}
std::string completed(const std::string& component) {
  return R"({"component":")" + component + R"(","progress":"completed"})";
}

Told f1() {
  Chain chain;
  chain.opened();
  chain.happens(3, "SessionHeld", held(1));
  chain.happens(4, "ComponentProgress", completed("module-1"));
  chain.passes(12);
  chain.says_before(Factor::f1_time, "minutes-per-week-online", 0);
  chain.proposed("f1-unreviewed", practitioner, Kind::brief);
  chain.accepted(12.1);
  chain.effect(12.2, "ActivityLogged", R"({"work":"online_review","minutes":12,"component":"module-1"})");
  chain.says_after(Factor::f1_time, "minutes-per-week-online", 12 / (12.2 / 7));
  return chain.told();
}

Told f2() {
  Chain chain;
  chain.opened();
  chain.happens(3, "ComponentProgress", completed("module-1"));
  chain.happens(7, "SessionHeld", held(1));
  chain.passes(9);
  chain.says_before(Factor::f2_toolkit, "online-work-discussed", 0);
  chain.proposed("f2-undiscussed", practitioner, Kind::brief);
  chain.accepted(9.1);
  chain.effect(14, "OnlineWorkDiscussed", R"({"component":"module-1","session":2})");
  chain.says_after(Factor::f2_toolkit, "online-work-discussed", 100);
  return chain.told();
}

Told f2_next() {
  Chain chain;
  chain.opened();
  chain.happens(7, "GoalSet", R"({"goal":"sleep"})");
  chain.happens(9, "ComponentProgress", completed("module-4"));
  chain.passes(10);
  chain.says_before(Factor::f2_toolkit, "tools-used", 0);
  chain.proposed("f2-next-tool", practitioner, Kind::brief);
  chain.accepted(10.1);
  chain.effect(14, "ToolOffered", R"({"tool":"sleep-diary"})");
  chain.happens(21, "ToolUsed", R"({"tool":"sleep-diary","session":3})");
  chain.says_after(Factor::f2_toolkit, "tools-used", 1);
  return chain.told();
}

Told f3() {
  Chain chain;
  chain.opened();
  chain.happens(2, "ComponentProgress", completed("module-1"));
  for (const int number : {1, 2, 3}) chain.happens(7 * number, "SessionHeld", held(number));
  chain.passes(22);
  chain.says_before(Factor::f3_tailoring, "on-default-path", 100);
  chain.proposed("f3-default-path", practitioner, Kind::ask_client);
  chain.accepted(
      22.1, false,
      R"({"kind":"skip","component":"module-4","replacement":"worry-time","minutes":5,"text":"Worry first."})");
  chain.effect(22.2, "AdaptationApplied",
               R"({"proposal":"PROPOSAL","action":{"kind":"skip","component":"module-4","replacement":"worry-time"}})");
  chain.says_after(Factor::f3_tailoring, "adaptations", 1);
  const std::string then = chain.host().in_force("c1", monday + 22 * day, {ALLIANCE_ROLE_PRACTITIONER, "p1"});
  const std::string now = chain.host().in_force("c1", monday + 23 * day, {ALLIANCE_ROLE_PRACTITIONER, "p1"});
  EXPECT_NE(then.find(R"("path":["module-1","module-2","module-3","module-4","module-5"])"), std::string::npos) << then;
  EXPECT_NE(now.find(R"("path":["module-1","module-2","module-3","worry-time","module-5"])"), std::string::npos) << now;
  return chain.told();
}

Told f4() {
  Chain chain;
  chain.happens(0, "ActivityLogged", R"({"work":"admin","minutes":10})", true);
  chain.happens(1, "OnboardingStep", R"({"step":"read-the-guide"})", true);
  chain.happens(1, "OnboardingStep", R"({"step":"see-the-client-side"})", true);
  chain.passes(4);
  chain.says_before(Factor::f4_training_support, "onboarding-steps", 2, true);
  chain.proposed("f4-onboarding", practitioner, Kind::training);
  chain.accepted(4.1, true);
  chain.effect(5, "OnboardingStep", R"({"step":"practice-client"})", true);
  chain.says_after(Factor::f4_training_support, "onboarding-steps", 3, true);
  return chain.told();
}

Told b1() {
  Chain chain;
  chain.opened();
  chain.happens(1, "ComponentProgress", completed("module-1"));
  chain.passes(12);
  chain.happens(12, "MessageExchanged", R"({"sender":"practitioner"})");
  chain.says_before(Factor::b1_constraints, "oldest-unreviewed-days", 11);
  chain.proposed("b1-unreviewed", practitioner, Kind::protected_slot);
  chain.accepted(12.1);
  chain.effect(12.2, "ReviewBooked",
               R"({"review":"r1","starts":)" + std::to_string(monday + 13 * day) + R"(,"minutes":15})");
  chain.happens(13, "ActivityLogged", R"({"work":"online_review","minutes":15,"component":"module-1"})");
  chain.says_after(Factor::b1_constraints, "unreviewed-components", 0);
  return chain.told();
}

// The plan of this one case needs more a week than the practitioner is contracted for.
Told b1_weeks() {
  Chain chain;
  chain.opened();
  chain.happens(1, "SessionHeld", held(1));
  chain.happens(2, "CapacitySet", R"({"minutes_per_week":25})", true);
  chain.says_before(Factor::b1_constraints, "capacity-used-last-7-days", 120, true);
  chain.proposed("b1-capacity", practitioner, Kind::protected_slot);
  chain.accepted(2.1, true);
  chain.effect(3, "CapacitySet", R"({"minutes_per_week":50})", true);
  chain.says_after(Factor::b1_constraints, "capacity-used-last-7-days", 60, true);
  chain.passes(20);
  EXPECT_EQ(chain.reports("proposal", R"("rule":"b1-capacity")"), 1u);  // it suffices now
  EXPECT_THROW(chain.review(true, ALLIANCE_ROLE_SERVICE, "north"), alliance::Error);
  return chain.told();
}

Told b2() {
  Chain chain;
  chain.opened();
  for (const double at : {2.0, 3.0, 4.0}) {
    chain.happens(at, "DifficultyMet", R"({"kind":"login","code":"wrong-code"})");
  }
  chain.says_before(Factor::b2_usability, "difficulties-login", 3);
  chain.proposed("b2-support", fb::Audience::support, Kind::support_request);
  chain.proposed("b2-fallback", practitioner, Kind::fallback);
  chain.accepted(4.1);
  chain.effect(4.2, "FallbackOffered", R"({"option":"phone"})");
  chain.proposed("b2-difficulties", practitioner, Kind::support_request);
  chain.accepted(4.3);
  chain.effect(4.4, "SupportRequested", R"({"request":"s1","topic":"login","owner":"help-desk"})");
  chain.happens(5.4, "SupportResolved", R"({"request":"s1","resolution":"new-code-sent"})");
  chain.says_after(Factor::b2_usability, "fallbacks-offered", 1);
  chain.says_after(Factor::f4_training_support, "hours-to-resolve-support", 24);
  return chain.told();
}

Told b3() {
  Chain chain;
  chain.opened();
  chain.happens(6, "AdaptationRefused",
                R"({"action":{"kind":"skip","component":"module-5"},"reason":"it ends every course","by":"p1"})");
  chain.says_before(Factor::b3_inflexibility, "changes-refused", 1);
  chain.proposed("b3-refused-content", fb::Audience::content_owner, Kind::content_feedback);
  chain.proposed("b3-workaround", practitioner, Kind::workaround);
  chain.accepted(6.1);
  chain.effect(7, "ActionDone", R"({"by":"p1"})");
  const auto page = chain.review(false, ALLIANCE_ROLE_PRACTITIONER, "p1");
  for (const auto& row : page.factors) {
    if (row->factor != Factor::b3_inflexibility) continue;
    bool seen = false;
    for (const auto& action : row->actions)
      seen = seen || action.find("effect seen on 2026-02-09") != std::string::npos;
    EXPECT_TRUE(seen);
  }
  chain.says_after(Factor::b3_inflexibility, "changes-refused", 1);
  return chain.told();
}

// What is reverted goes back in the programme as well; where it does not, a workaround is offered.
Told b3_back() {
  Chain chain;
  chain.opened();
  chain.happens(5, "SessionHeld", held(1));
  chain.happens(6, "AdaptationApplied", R"({"action":{"kind":"skip","component":"module-3"},"by":"p1"})");
  chain.happens(7, "AdaptationReverted", R"({"proposal":"e4","by":"p1"})");
  EXPECT_EQ(chain.reports("adaptation", R"(verbs/added)"), 1u);  // told to the programme, in its own words
  chain.happens(8, "AdaptationApplied", R"({"action":{"kind":"change_pace","value":14},"by":"p1"})");
  chain.happens(9, "AdaptationReverted", R"({"proposal":"e6","reason":"it lost its thread","by":"p1"})");
  EXPECT_EQ(chain.reports("adaptation", R"("state":"reverted")"), 2u);
  EXPECT_EQ(chain.reports("adaptation", R"("reverts":"e6")"), 1u);
  chain.says_before(Factor::b3_inflexibility, "changes-refused", 1);
  chain.proposed("b3-refused-content", fb::Audience::content_owner, Kind::content_feedback);
  chain.proposed("b3-workaround", practitioner, Kind::workaround);
  chain.accepted(9.1);
  chain.effect(10, "ActionDone", R"({"by":"p1"})");
  chain.says_after(Factor::f3_tailoring, "adaptations", 0);
  return chain.told();
}

Told b4() {
  Chain chain;
  chain.happens(1, "ConfidenceCheckIn", R"({"value":4,"about":"before the first case"})", true);
  chain.happens(15, "ConfidenceCheckIn", R"({"value":3,"about":"after the first case"})", true);
  chain.says_before(Factor::b4_confidence, "confidence-change", -1, true);
  chain.proposed("b4-confidence", practitioner, Kind::private_nudge);
  chain.accepted(15.1, true);
  chain.happens(15.1, "NudgeShown", R"({"nudge":"refresher"})", true);
  chain.effect(15.2, "NudgeTaken", R"({"nudge":"refresher"})", true);
  chain.says_after(Factor::b4_confidence, "nudges-taken", 1, true);
  EXPECT_THROW(chain.review(true, ALLIANCE_ROLE_SUPERVISOR, "s1"), alliance::Error);
  EXPECT_THROW(chain.review(true, ALLIANCE_ROLE_SERVICE, "north"), alliance::Error);
  EXPECT_THROW(chain.review(true, ALLIANCE_ROLE_PRACTITIONER, "p2"), alliance::Error);
  return chain.told();
}

}  // namespace

const FactorChain factor_chains[11] = {
    {Factor::f1_time, "F1", "more time to deliver treatment", f1},
    {Factor::f2_toolkit, "F2", "access to a wider toolkit", f2},
    {Factor::f2_toolkit, "F2", "access to a wider toolkit, the next tool for a goal", f2_next},
    {Factor::f3_tailoring, "F3", "capacity to tailor components", f3},
    {Factor::f4_training_support, "F4", "appropriate training and support", f4},
    {Factor::b1_constraints, "B1", "time and resource constraints", b1},
    {Factor::b1_constraints, "B1", "time and resource constraints, over all cases of a practitioner", b1_weeks},
    {Factor::b2_usability, "B2", "usability challenges", b2},
    {Factor::b3_inflexibility, "B3", "limited flexibility of the programme", b3},
    {Factor::b3_inflexibility, "B3", "limited flexibility of the programme, when a change is reverted", b3_back},
    {Factor::b4_confidence, "B4", "lack of confidence in delivering blended CBT", b4},
};

std::string page() {
  std::string out =
      "# The eight factors, each from event to effect\n\n"
      "What helps (F) and what hinders (B) the alliance in blended CBT is taken from Doukani et al. 2022\n"
      "(doi 10.1192/bjo.2022.546). The indicators, rules and actions are ours, inspired by the study and not "
      "validated.\n"
      "A proposal is a reason to ask, nothing is done without a decision, and none of it rates a practitioner.\n\n"
      "This page is written by a test: it drives each factor through a host with the plugins that ship, and holds the\n"
      "page against what it saw (`Factors.ThePageIsWhatTheTestsSaw`; `tests/unit/factors/chains.cpp`). To write it "
      "anew:\n"
      "`ALLIANCE_WRITE_FACTORS=docs/factors.md` before the test program `test_factors`.\n";
  for (const FactorChain& one : factor_chains) {
    const Told told = one.drive();
    out += std::string("\n## ") + one.code + ": " + one.title + "\n\n**What happened**\n\n" + told.events;
    out += "\n**What an indicator says of it**: " + told.before + "\n";
    out += "\n**What is proposed, and to whom**: " + told.proposed + "\n";
    out += "\n**Acknowledged**: " + told.decided + "\n";
    out += "\n**Effect**: " + told.effect + "\n";
    out += "\n**And then**: " + told.after + "\n";
  }
  return out;
}

}  // namespace chain
