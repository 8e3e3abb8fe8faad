// SPDX-License-Identifier: Apache-2.0
// Safety, consent, observation, plugins that fail, and decisions.
#include "kit.h"

namespace {

using namespace kit;

class HostPolicy : public ::testing::Test {
 protected:
  void SetUp() override { reset(); }
  Folder folder;
  std::string store = folder.file("host.db");

  static std::string occasion(const std::string& key, std::int64_t due) {
    return R"({"key":")" + key + R"(","role":"alliance.pulse","rater":"client","target":"practitioner","opens":)" +
           std::to_string(due - day) + R"(,"due":)" + std::to_string(due) + R"(,"expires":)" +
           std::to_string(due + 7 * day) + R"(,"rule":"r","state":")";
  }
  static std::string proposal(const std::string& key, const std::string& action) {
    return R"({"proposals":[{"key":")" + key + R"(","factor":"f3_tailoring","rule":"r","audience":"practitioner",)" +
           R"("action":)" + action + R"(,"evidence":[{"what":"because"}]}]})";
  }
};

TEST_F(HostPolicy, APositiveSafetyItemIsToldAtOnceAndEscalatesUntilAPersonAnswers) {
  Host host(store);
  host.record(opened("c1"));
  ASSERT_EQ(host.record(answered("a1", "c1", start, 0, R"("value":1)")), ALLIANCE_OK);
  EXPECT_EQ(host.recorded.safety_flags, 1u);
  EXPECT_NE(host.safety.find(R"("flag":"a1/mood/2")"), std::string::npos) << host.safety;
  EXPECT_NE(host.safety.find(R"("contact":"duty-desk")"), std::string::npos);
  const std::string told = host.safety;
  const auto sent_again = [&] {  // by whoever lost the answer
    EXPECT_EQ(host.record(answered("a1", "c1", start, 0, R"("value":1)")), ALLIANCE_OK);
    EXPECT_EQ(host.recorded.repeated, 1u);
    return host.safety;
  };
  EXPECT_EQ(sent_again(), told);

  ASSERT_EQ(host.advance(start + 30 * 60 * second), ALLIANCE_OK);
  EXPECT_EQ(host.recorded.safety_flags, 0u);
  ASSERT_EQ(host.advance(start + 61 * 60 * second), ALLIANCE_OK);
  EXPECT_NE(host.safety.find("safety-escalated"), std::string::npos) << host.safety;
  ASSERT_EQ(host.advance(start + 95 * 60 * second), ALLIANCE_OK);
  EXPECT_NE(host.safety.find(R"("level":2)"), std::string::npos) << host.safety;

  ASSERT_EQ(host.record(event("k", "c1", start + 96 * 60 * second, "SafetyAcknowledged",
                              R"({"flag":"a1/mood/2","person":"p1"})")),
            ALLIANCE_OK)
      << host.error.message;
  EXPECT_EQ(sent_again(), "");
  ASSERT_EQ(host.advance(start + 10 * day), ALLIANCE_OK);
  host.drain();
  EXPECT_EQ(arrived("safety-flag").size(), 1u);
  EXPECT_TRUE(arrived("safety-flag")[0].safety);
  EXPECT_EQ(arrived("safety-escalated").size(), 2u);
  EXPECT_EQ(arrived("safety-closed").size(), 1u);
}

TEST_F(HostPolicy, ASkippedOrRefusedSafetyItemIsUnknownAndSaysSo) {
  Host host(store);
  host.record(opened("c1"));
  host.record(answered("a1", "c1", start, 0, R"("state":"skipped")"));
  EXPECT_NE(host.safety.find(R"("state":"skipped")"), std::string::npos);
  host.record(answered("a2", "c1", start, 0, R"("state":"refused")"));
  EXPECT_NE(host.safety.find(R"("state":"refused")"), std::string::npos);
  host.record(event("a3", "c1", start, "AnswersGiven", R"({"instrument":"mood","answers":[{"item":"1","value":2}]})"));
  EXPECT_NE(host.safety.find(R"("state":"skipped")"), std::string::npos);  // not even mentioned
  host.record(answered("a4", "c1", start, 0, R"("state":"not_presented")"));
  EXPECT_TRUE(host.safety.empty());
  host.record(answered("a5", "c1", start, 0, R"("value":0)"));
  EXPECT_TRUE(host.safety.empty());
}

TEST_F(HostPolicy, WithoutASafetyContactInstrumentsWithSafetyItemsAreRefused) {
  Host host(store, "{}");
  host.record(opened("c1"));
  ASSERT_EQ(host.record(answered("a1", "c1", start, 0, R"("value":1)")), ALLIANCE_OK);
  host.drain();
  ASSERT_EQ(arrived("plugin-fault").size(), 1u);
  EXPECT_NE(arrived("plugin-fault")[0].json.find("mood is not loaded"), std::string::npos);
}

TEST_F(HostPolicy, AfterAWithdrawalNothingAboutAnswersLeavesExceptSafety) {
  behaviour().plan = [](const auto&, alliance_instant) {
    return R"({"occasions":[)" + occasion("k1", start + 2 * day) + R"(due"}]})";
  };
  Host host(store);
  host.record(opened("c1"));
  host.record(event("w", "c1", start + day, "ConsentWithdrawn", R"({"scope":"measures"})"));
  host.drain();
  const auto before = arrived().size();
  ASSERT_EQ(host.record(answered("a1", "c1", start + 2 * day, 3, R"("value":2)")), ALLIANCE_OK);
  EXPECT_EQ(host.recorded.safety_flags, 1u);
  host.advance(start + 3 * day);
  host.drain();
  EXPECT_EQ(arrived("scored").size(), 0u);
  for (std::size_t i = before; i < arrived().size(); ++i) EXPECT_TRUE(arrived()[i].safety) << arrived()[i].kind;
}

TEST_F(HostPolicy, AnObservedCaseIsComputedAndShownToNobody) {
  behaviour().plan = [](const auto&, alliance_instant) {
    return R"({"occasions":[)" + occasion("k1", start + day) + R"(due"}]})";
  };
  behaviour().propose = [](const auto&) { return proposal("p/1", R"({"kind":"ask_client","text":"Ask."})"); };
  Host host(store);
  host.record(opened("c1"));
  host.record(event("al", "c1", start + 1, "Allocated", R"({"arm":"control","observe_only":true})"));
  host.drain();
  const auto plan = behaviour().plan;
  reset();
  behaviour().plan = plan;  // a plan without what was asked for would take it back
  behaviour().propose = [](const auto&) { return proposal("p/2", R"({"kind":"ask_client","text":"Ask."})"); };
  host.record(answered("a1", "c1", start + day, 3, R"("value":2)"));
  EXPECT_GE(host.recorded.reports, 3u);  // scored, flagged, proposed
  host.drain();
  std::uint64_t normal = 0;
  for (const auto& seen : arrived()) {
    if (!seen.safety) ++normal;
    EXPECT_TRUE(seen.safety || seen.kind == "measure-due") << seen.kind;
  }
  EXPECT_EQ(normal, 0u);
  const std::string review = host.review(ALLIANCE_SCOPE_CASE, "c1", ALLIANCE_ROLE_PRACTITIONER, "p1");
  EXPECT_EQ(review.find("\"sheets\""), std::string::npos) << review;
}

TEST_F(HostPolicy, MeasuresFallDueAndExpireOnceEach) {
  std::string state = "due";
  behaviour().plan = [&](const auto&, alliance_instant now) {
    const std::int64_t due = start + 2 * day;
    const char* word = now < due - day       ? "planned"
                       : now < due + day     ? "due"
                       : now < due + 7 * day ? "overdue"
                                             : "expired";
    const std::int64_t next = now < due - day ? due - day : now < due + day ? due + day : due + 7 * day;
    return R"({"occasions":[)" + occasion("k1", due) + word + R"("}],"next_change":)" + std::to_string(next) + "}";
  };
  Host host(store);
  host.record(opened("c1"));
  for (int d = 1; d <= 20; ++d) ASSERT_EQ(host.advance(start + d * day), ALLIANCE_OK) << host.error.message;
  ASSERT_EQ(host.advance(start + 3 * day), ALLIANCE_OK);  // the past changes nothing
  EXPECT_EQ(host.recorded.reports, 0u);
  host.drain();
  EXPECT_EQ(arrived("measure-due").size(), 1u);
  EXPECT_EQ(arrived("measure-overdue").size(), 1u);
  EXPECT_EQ(arrived("measure-expired").size(), 1u);
  EXPECT_NE(arrived("measure-due")[0].json.find(R"("instrument":"mood")"), std::string::npos);
}

TEST_F(HostPolicy, AFailingPluginBecomesAFaultAndTheEventStands) {
  behaviour().plan = [](const auto&, alliance_instant) -> std::string { throw std::runtime_error("lost the thread"); };
  Host host(store);
  ASSERT_EQ(host.record(opened("c1")), ALLIANCE_OK);
  host.drain();
  ASSERT_EQ(arrived("plugin-fault").size(), 1u);
  EXPECT_NE(arrived("plugin-fault")[0].json.find(R"("call":"plan")"), std::string::npos);
  behaviour().plan = nullptr;
  ASSERT_EQ(host.record(answered("a", "c1", start, 1, R"("value":0)")), ALLIANCE_OK);
  EXPECT_EQ(host.counts().events, 2u);
}

TEST_F(HostPolicy, ALibraryThatCallsItselfBrokenIsAskedNoMore) {
  int asked = 0;
  behaviour().propose = [&](const auto&) -> std::string {
    ++asked;
    throw alliance::Error(ALLIANCE_E_LIBRARY, "out of order");
  };
  Host host(store, Host::with_contact, true, true);
  host.record(opened("c1"));
  host.record(answered("a", "c1", start, 1, R"("value":0)"));
  EXPECT_EQ(asked, 1);
}

TEST_F(HostPolicy, WhatAPluginStoresAndReportsInAFailedCallIsForgotten) {
  bool fail = true;
  std::string kept = "-";
  behaviour().plan = [&](const alliance::Services& services, alliance_instant) -> std::string {
    const auto value = services.get("count");
    kept = value ? std::string(value->bytes.begin(), value->bytes.end()) : "none";
    const std::string next = fail ? "lost" : "kept";
    services.put("count", 1, alliance::Bytes(next.begin(), next.end()));
    if (fail) throw std::runtime_error("no");
    return R"({"occasions":[]})";
  };
  {
    Host host(store);
    host.record(opened("c1"));
    EXPECT_EQ(kept, "none");
    fail = false;
    host.record(answered("a", "c1", start, 1, R"("value":0)"));
    EXPECT_EQ(kept, "none");
  }
  Host host(store);
  host.record(answered("b", "c1", start, 1, R"("value":0)"));
  EXPECT_EQ(kept, "kept");
}

TEST_F(HostPolicy, NothingIsAppliedWithoutADecisionAndARefusalIsRecorded) {
  behaviour().propose = [](const auto&) {
    return proposal("skip/module-1", R"({"kind":"skip","component":"module-1","text":"Leave it out."})");
  };
  Host host(store);
  host.record(opened("c1"));
  host.drain();
  ASSERT_EQ(arrived("proposal").size(), 1u);
  EXPECT_EQ(arrived("adaptation").size(), 0u);
  host.record(event("d1", "c1", start + day, "ProposalDecided",
                    R"({"proposal":"skip/module-1","decision":"accepted","by":"p1"})"));
  host.drain();
  ASSERT_EQ(arrived("adaptation").size(), 1u);
  EXPECT_NE(arrived("adaptation")[0].json.find(R"("state":"refused")"), std::string::npos);  // the programme cannot
  behaviour().apply = [](const auto& case_id, const auto&) { return "skip module-1 for " + case_id; };
  host.record(event("d2", "c1", start + 2 * day, "ProposalDecided",
                    R"({"proposal":"skip/module-1","decision":"accepted","by":"p1"})"));
  host.drain();
  ASSERT_EQ(arrived("adaptation").size(), 2u);
  EXPECT_NE(arrived("adaptation")[1].json.find("skip module-1 for c1"), std::string::npos);
  EXPECT_EQ(arrived("proposal").size(), 1u);  // the same evidence, told once
}

TEST_F(HostPolicy, WhatIsRevertedGoesBackInTheProgrammeOnceAndWhereItCannotThatIsInflexibility) {
  int told = 0;
  bool can = true;
  behaviour().propose = [](const auto&) {
    return proposal("skip/module-1", R"({"kind":"skip","component":"module-1","text":"Leave it out."})");
  };
  behaviour().apply = [&](const auto&, const alliance::fb::ProposalT& asked) {
    if (!can) throw alliance::Error(ALLIANCE_E_UNSUPPORTED, "this programme adds nothing");
    ++told;
    const alliance::fb::ActionT& action = *asked.action;
    return std::string(alliance::fb::EnumNameActionKind(action.kind)) + " " + action.component + " before " +
           action.before + ", takes back " + asked.reverts;
  };
  const auto adapted = [&](const std::string& holding) {
    std::size_t count = 0;
    for (const auto& one : arrived("adaptation")) count += contains(one.json, holding);
    return count;
  };
  std::int64_t at = start;
  Host host(store);
  int count = 0;
  const auto say = [&](const char* type, const std::string& body) {
    ASSERT_EQ(host.record(event("e" + std::to_string(++count), "c1", at += day, type, body)), ALLIANCE_OK)
        << host.error.message;
    host.drain();
  };
  host.record(opened("c1"));
  const std::string named = R"({"proposal":"skip/module-1","by":"p1")";
  say("ProposalDecided", named + R"(,"decision":"accepted"})");
  say("AdaptationApplied", R"({"proposal":"skip/module-1","action":{"kind":"skip"}})");
  say("AdaptationReverted", named + R"(,"reason":"it is missed"})");
  EXPECT_EQ(told, 2);
  EXPECT_EQ(adapted(R"("payload":"add module-1 before module-2, takes back skip/module-1")"), 1u);
  EXPECT_EQ(adapted(R"("state":"reverted")"), 1u);
  say("AdaptationReverted", named + "}");  // once more: nothing goes out a second time
  EXPECT_EQ(told, 2);
  EXPECT_EQ(adapted(R"("state":"reverted")"), 1u);
  EXPECT_EQ(adapted(R"("state":"refused")"), 0u);

  say("ProposalDecided", named + R"(,"decision":"accepted"})");  // a mind may change
  say("AdaptationApplied", R"({"proposal":"skip/module-1","action":{"kind":"skip"}})");
  can = false;
  say("AdaptationReverted", named + "}");
  EXPECT_EQ(adapted(R"("state":"reverted")"), 2u);  // the decision stands
  ASSERT_EQ(adapted(R"("state":"refused")"), 1u);
  EXPECT_EQ(adapted(R"("reason":"this programme adds nothing","reverts":"skip/module-1")"), 1u);
  const std::string page = host.review(ALLIANCE_SCOPE_CASE, "c1", ALLIANCE_ROLE_PRACTITIONER, "p1");
  EXPECT_TRUE(contains(page, R"("id":"changes-refused","title":"changes that the programme refused","value":1)"))
      << page;
  // The programme may say later that it does not go back, and what it says of itself is not sent to it.
  const auto known = arrived("adaptation").size();
  say("AdaptationRefused",
      R"({"proposal":"skip/module-1","action":{"kind":"add","component":"module-1"},"reason":"no"})");
  EXPECT_EQ(arrived("adaptation").size(), known + 1);
  EXPECT_EQ(adapted(R"("state":"refused","reason":"no")"), 1u);
}

TEST_F(HostPolicy, AProposalThatTheCatalogueForbidsIsAFaultByName) {
  behaviour().propose = [](const auto&) {
    return proposal("skip/module-2", R"({"kind":"skip","component":"module-2","text":"Leave it out."})");
  };
  Host host(store);
  host.record(opened("c1"));
  host.drain();
  EXPECT_EQ(arrived("proposal").size(), 0u);
  ASSERT_GE(arrived("plugin-fault").size(), 1u);
  EXPECT_NE(arrived("plugin-fault")[0].json.find("module-2"), std::string::npos);
}

TEST_F(HostPolicy, ARuptureAndItsRepairAreSignalledOnce) {
  Host host(store);
  host.record(opened("c1"));
  const int values[] = {8, 7, 8, 7, 8, 2, 3, 8, 8};
  for (int i = 0; i < 9; ++i) {
    host.record(answered("a" + std::to_string(i), "c1", start + i * day, values[i], R"("value":0)"));
  }
  host.drain();
  std::size_t drops = 0, repairs = 0;
  for (const auto& signal : arrived("alliance-signal")) {
    drops += signal.json.find(R"("kind":"drop")") != std::string::npos;
    repairs += signal.json.find(R"("kind":"repaired")") != std::string::npos;
  }
  EXPECT_EQ(drops, 1u);
  EXPECT_EQ(repairs, 1u);
}

}  // namespace
