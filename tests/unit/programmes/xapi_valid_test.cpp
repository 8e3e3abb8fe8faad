// SPDX-License-Identifier: Apache-2.0
#include "loaded.h"

namespace {

using namespace loaded;

std::string why(Adapter& adapter, const Said& said) {
  const fb::EventBatchT batch = adapter.taken(said.json());
  return batch.unmapped.empty() ? "" : batch.unmapped[0]->reason;
}

TEST(XapiValid, EveryDemandOnAPartIsHeld) {
  Adapter adapter;
  const auto object = [](const std::string& definition) {
    return Said{.object = R"({"id":"https://p.example/demo/module-1","definition":)" + definition + "}"};
  };
  const auto result = [](const std::string& text) { return Said{.result = text}; };
  const auto context = [](const std::string& text) { return Said{.context = text}; };
  const std::pair<Said, const char*> bad[] = {
      {Said{.id = "1234"}, "not a UUID"},
      {Said{.verb = "launched"}, "verb.id is not an IRI"},
      {Said{.actor = R"({"mbox":"mailto:a@b","openid":"https://a"})"}, "exactly one"},
      {Said{.actor = R"({"mbox":"a@b.example"})"}, "mailto"},
      {Said{.actor = R"({"account":{"homePage":"platform","name":"c1"}})"}, "homePage is not an IRI"},
      {Said{.actor = R"({"account":{"homePage":"https://h","name":"c1"},"name":null})"}, "is null"},
      {Said{.actor = R"({"Account":{"homePage":"https://h","name":"c1"}})"}, "does not know"},
      {Said{.actor = R"({"objectType":"Agent","account":{"homePage":"https://h","name":"c1"},"member":[]})"},
       "does not know"},
      {Said{.actor = R"({"objectType":"Group","member":[{"objectType":"Group","member":[{"mbox":"mailto:a@b"}]}]})"},
       "member[0] is not an Agent"},
      {Said{.timestamp = "\"2026-03-02T10:00:00-00:00\""}, "timestamp"},
      {object(R"({"name":{"english":"x"}})"), ""},
      {object(R"({"name":{"e":"x"}})"), "language tag"},
      {object(R"({"name":{"en":1}})"), "not a text"},
      {object(R"({"type":"module"})"), "type is not an IRI"},
      {object(R"({"interactionType":"guess"})"), "no type of interaction"},
      {object(R"({"choices":[{"id":"a"}]})"), "no interactionType"},
      {object(R"({"interactionType":"choice","choices":[{"id":"a"},{"id":"a"}]})"), "two components with one id"},
      {object(R"({"interactionType":"choice","choices":{"id":"a"}})"), "not an array"},
      {object(R"({"extensions":{"plain":1}})"), "key that is not an IRI"},
      {object(R"({"extensions":{"https://e.example/x":null}})"), ""},
      {result(R"({"score":{"scaled":1.1}})"), "from -1 to 1"},
      {result(R"({"score":{"raw":11,"min":0,"max":10}})"), "from min to max"},
      {result(R"({"score":{"min":5,"max":5}})"), "not below"},
      {result(R"({"success":"true"})"), "neither true nor false"},
      {result(R"({"duration":"5 minutes"})"), "ISO 8601 duration"},
      {result(R"({"response":7})"), "not a text"},
      {context(R"({"registration":"c1"})"), "registration is not a UUID"},
      {context(R"({"language":"en_GB"})"), "language tag"},
      {context(R"({"team":{"mbox":"mailto:a@b"}})"), "not a Group"},
      {context(R"({"contextActivities":{"parents":[]}})"), "does not know"},
      {context(R"({"contextActivities":{"parent":[{"id":"x"}]}})"), "parent[0].id is not an IRI"},
      {context(R"({"contextActivities":{"parent":{"id":"https://p.example/x"}}})"), ""},
      {context(R"({"statement":{"objectType":"StatementRef","id":"x"}})"), "not a UUID"},
      {context(R"({"contextAgents":[{"objectType":"contextAgent","agent":{"mbox":"mailto:a@b"}}]})"), "version 2.0"},
      {context(R"({"platform":5})"), "not a text"},
      {Said{
           .object =
               R"({"objectType":"SubStatement","actor":{"mbox":"mailto:a@b"},"verb":{"id":"https://v.example/v"},"object":{"objectType":"SubStatement"}})"},
       "statement in a statement"},
      {Said{
           .object =
               R"({"objectType":"SubStatement","id":"00000000-0000-4000-8000-000000000009","actor":{"mbox":"mailto:a@b"},"verb":{"id":"https://v.example/v"},"object":{"id":"https://p.example/x"}})"},
       "does not know"},
  };
  for (const auto& [said, says] : bad) {
    if (*says == '\0') {
      EXPECT_EQ(why(adapter, said), "") << said.json();
    } else {
      EXPECT_NE(why(adapter, said).find(says), std::string::npos) << why(adapter, said) << "\n" << said.json();
    }
  }
  Said two{.version = "\"2.0.0\""};
  two.context =
      R"({"contextAgents":[{"objectType":"contextAgent","agent":{"mbox":"mailto:a@b.example"},"relevantTypes":["https://t.example/x"]}]})";
  EXPECT_EQ(why(adapter, two), "");
  two.context =
      R"({"contextAgents":[{"objectType":"contextAgent","agent":{"mbox":"mailto:a@b.example"},"relevantTypes":[]}]})";
  EXPECT_NE(why(adapter, two).find("relevantTypes is empty"), std::string::npos) << why(adapter, two);
  std::string unknown = Said{}.json();
  unknown.insert(1, R"("jane":1,)");
  const fb::EventBatchT batch = adapter.taken(unknown);
  ASSERT_EQ(batch.unmapped.size(), 1u);
  EXPECT_EQ(batch.unmapped[0]->reason.find("jane"), std::string::npos);
}

std::string cmi5(Adapter& adapter, const std::string& verb, const std::string& result, bool moves_on,
                 const std::string& session = "s1") {
  Said said{.verb = verb, .result = result};
  said.context =
      R"({"registration":"00000000-0000-4000-8000-0000000000aa","contextActivities":{"category":[{"id":"https://w3id.org/xapi/cmi5/context/categories/cmi5"})" +
      std::string(moves_on ? R"(,{"id":"https://w3id.org/xapi/cmi5/context/categories/moveon"})" : "") + "]}" +
      (session.empty()
           ? ""
           : R"(,"extensions":{"https://w3id.org/xapi/cmi5/context/extensions/sessionid":")" + session + "\"}") +
      "}";
  return why(adapter, said);
}

TEST(XapiValid, Cmi5sOwnStatementsCarryWhatCmi5Demands) {
  Adapter adapter;
  const std::string adl = "http://adlnet.gov/expapi/verbs/";
  EXPECT_EQ(cmi5(adapter, adl + "initialized", "", false), "");
  EXPECT_EQ(cmi5(adapter, adl + "completed", R"({"completion":true,"duration":"PT5M"})", true), "");
  EXPECT_EQ(cmi5(adapter, adl + "passed", R"({"success":true,"duration":"PT5M","score":{"scaled":0.9}})", true), "");
  const std::tuple<std::string, const char*, bool, const char*> bad[] = {
      {adl + "completed", R"({"duration":"PT5M"})", true, "completion is not true"},
      {adl + "completed", R"({"completion":true})", true, "duration is missing"},
      {adl + "completed", R"({"completion":true,"duration":"PT5M"})", false, "moveon"},
      {adl + "completed", R"({"completion":true,"duration":"PT5M","score":{"scaled":1}})", true, "score"},
      {adl + "failed", R"({"success":true,"duration":"PT5M"})", true, "success is not false"},
      {adl + "passed", R"({"success":true,"duration":"PT5M","score":{"raw":5}})", true, "without min and max"},
      {adl + "initialized", R"({"success":true})", false, "stands where its verb has none"},
      {adl + "experienced", "", false, "none of its nine"},
      {"https://w3id.org/xapi/adl/verbs/waived", R"({"success":true,"completion":true})", true, "no reason"},
  };
  for (const auto& [verb, result, moves_on, says] : bad) {
    EXPECT_NE(cmi5(adapter, verb, result, moves_on).find(says), std::string::npos)
        << cmi5(adapter, verb, result, moves_on);
  }
  EXPECT_NE(cmi5(adapter, adl + "initialized", "", false, "").find("session id"), std::string::npos);
}

TEST(XapiApply, NeedsToKnowWhereALaunchedUnitSpeaksTo) {
  const Adapter alone(R"({"launch_url":"https://p.example/"})");
  EXPECT_EQ(alone.status(), ALLIANCE_E_BAD_INPUT) << alone.message();
}

TEST(XapiApply, LaunchesAUnitInTheMannerOfCmi5) {
  Adapter adapter(
      R"({"home_page":"https://platform.example/cases","activities":"https://p.example/demo",)"
      R"("launch_url":"https://p.example/au/{component}?lang=nl","endpoint":"https://lrs.example/xAPI/",)"
      R"("fetch":"https://platform.example/fetch/{registration}","return_url":"https://platform.example/back"})");
  ASSERT_EQ(adapter.status(), ALLIANCE_OK) << adapter.message();
  fb::ProposalT proposal;
  proposal.key = "k";
  proposal.rule = "r";
  proposal.action = std::make_unique<fb::ActionT>();
  proposal.action->kind = fb::ActionKind::skip;
  proposal.action->component = "module-4";
  proposal.action->replacement = "worry-time";
  const std::int64_t when = 1'774'744'200'123'456;
  const Answer answer = adapter.apply("c 07", proposal, when);
  ASSERT_EQ(answer.status, ALLIANCE_OK) << answer.message;
  const std::string said(answer.bytes.begin(), answer.bytes.end());
  const std::string launch = said.substr(said.find('\n') + 1);
  for (
      const char* part :
      {R"({"launch":{"url":"https://p.example/au/worry-time?lang=nl&endpoint=https%3A%2F%2Flrs.example%2FxAPI%2F&fetch=https%3A%2F%2Fplatform.example%2Ffetch%2F)",
       "&actor=%7B%22objectType%22%3A%22Agent%22%2C%22account%22%3A%7B%22homePage%22%3A%22https%3A%2F%2Fplatform."
       "example%2Fcases%22%2C%22name%22%3A%22c%2007%22%7D%7D",
       "&registration=", "&activityId=https%3A%2F%2Fp.example%2Fdemo%2Fworry-time",
       R"("LMS.LaunchData":{"contextTemplate":)",
       R"("grouping":[{"objectType":"Activity","id":"https://p.example/demo/worry-time"}])",
       "context/extensions/sessionid",
       R"("launchMode":"Normal","moveOn":"Completed","returnURL":"https://platform.example/back")"}) {
    EXPECT_NE(launch.find(part), std::string::npos) << part << "\n" << launch;
  }
  const auto registration = [](const std::string& text) {
    const std::size_t at = text.find(R"("registration":")") + 16;
    return text.substr(at, 36);
  };
  // The case's registration stays; a launch has a session of its own.
  const Answer later = adapter.apply("c 07", proposal, when + 1);
  const std::string again(later.bytes.begin(), later.bytes.end());
  EXPECT_EQ(registration(said), registration(again));
  EXPECT_EQ(registration(said)[14], '5');
  EXPECT_NE(launch, again.substr(again.find('\n') + 1));
  proposal.action->replacement.clear();
  const Answer plain = adapter.apply("c 07", proposal, when);
  EXPECT_EQ(std::string(plain.bytes.begin(), plain.bytes.end()).find("launch\""), std::string::npos);
}

}  // namespace
