// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <sstream>

#include "loaded.h"

namespace {

using namespace loaded;

const fb::ComponentProgressT* progress(const fb::EventBatchT& batch, std::size_t i = 0) {
  return batch.events.size() > i ? batch.events[i]->body.AsComponentProgress() : nullptr;
}

void refused(Adapter& adapter, const Said& said, const std::string& says) {
  const fb::EventBatchT batch = adapter.taken(said.json());
  EXPECT_TRUE(batch.events.empty()) << says;
  ASSERT_EQ(batch.unmapped.size(), 1u) << says;
  EXPECT_NE(batch.unmapped[0]->reason.find(says), std::string::npos) << batch.unmapped[0]->reason;
}

TEST(XapiIngest, MapsEveryVerbOfTheTable) {
  Adapter adapter;
  const std::string adl = "http://adlnet.gov/expapi/verbs/", streams = "http://activitystrea.ms/schema/1.0/";
  const std::pair<std::string, fb::Progress> verbs[] = {
      {adl + "launched", fb::Progress::launched},
      {adl + "initialized", fb::Progress::launched},
      {adl + "attempted", fb::Progress::launched},
      {adl + "progressed", fb::Progress::progressed},
      {adl + "experienced", fb::Progress::progressed},
      {adl + "answered", fb::Progress::progressed},
      {adl + "failed", fb::Progress::progressed},
      {adl + "suspended", fb::Progress::progressed},
      {adl + "resumed", fb::Progress::progressed},
      {adl + "terminated", fb::Progress::progressed},
      {adl + "completed", fb::Progress::completed},
      {adl + "passed", fb::Progress::completed},
      {adl + "abandoned", fb::Progress::abandoned},
      {"https://w3id.org/xapi/adl/verbs/abandoned", fb::Progress::abandoned},
      {streams + "submit", fb::Progress::submitted},
  };
  for (const auto& [verb, how] : verbs) {
    const fb::EventBatchT batch = adapter.taken(Said{.verb = verb}.json());
    ASSERT_NE(progress(batch), nullptr) << verb;
    EXPECT_EQ(progress(batch)->progress, how) << verb;
    EXPECT_EQ(progress(batch)->component, "module-1");
    EXPECT_FALSE(progress(batch)->fraction.has_value());
    EXPECT_EQ(batch.events[0]->id, "xapi:00000000-0000-4000-8000-000000000001");
    EXPECT_EQ(batch.events[0]->case_, "c1");
    EXPECT_EQ(batch.events[0]->time, INT64_C(1'772'445'600'000'000));
  }
}

TEST(XapiIngest, TakesMessagesDifficultiesAndWhatDoesNotFit) {
  Adapter adapter;
  const std::string ours = "https://alliance-sdk.org/xapi/";
  Said said{.verb = "http://activitystrea.ms/schema/1.0/send"};
  EXPECT_EQ(adapter.taken(said.json()).events.at(0)->body.AsMessageExchanged()->sender, fb::Rater::client);
  said.context = R"({"extensions":{")" + ours + R"(extensions/sender":"practitioner"}})";
  EXPECT_EQ(adapter.taken(said.json()).events.at(0)->body.AsMessageExchanged()->sender, fb::Rater::practitioner);
  said.context = R"({"extensions":{")" + ours + R"(extensions/sender":"Jane"}})";
  refused(adapter, said, "neither client nor practitioner");

  Said difficulty{.verb = ours + "verbs/met-difficulty"};
  refused(adapter, difficulty, "difficulty-kind");
  const auto met = [&](const char* kind, const char* code) {
    difficulty.result = R"({"extensions":{")" + ours + R"(extensions/difficulty-kind":")" + kind + R"(",")" + ours +
                        R"(extensions/difficulty-code":")" + code + "\"}}";
    return *adapter.taken(difficulty.json()).events.at(0)->body.AsDifficultyMet();
  };
  EXPECT_EQ(met("usability", "no-next").component, "module-1");
  EXPECT_EQ(met("usability", "no-next").code, "no-next");
  EXPECT_EQ(met("technical", "I could not find it, Jane").code, "");
  EXPECT_EQ(met("login", "failed").component, "");

  const fb::EventBatchT irrelevant = adapter.taken(Said{.verb = ours + "verbs/found-irrelevant"}.json());
  EXPECT_EQ(irrelevant.events.at(0)->body.AsComponentIrrelevant()->component, "module-1");
}

TEST(XapiIngest, ReadsProgressDurationAndTime) {
  Adapter adapter;
  const auto with = [&](const std::string& result) {
    return adapter.taken(Said{.verb = "http://adlnet.gov/expapi/verbs/progressed", .result = result}.json());
  };
  const std::string key = R"("https://w3id.org/xapi/cmi5/result/extensions/progress")";
  EXPECT_DOUBLE_EQ(*progress(with(R"({"extensions":{)" + key + ":55}}"))->fraction, 0.55);
  EXPECT_DOUBLE_EQ(*progress(with(R"({"extensions":{)" + key + ":0}}"))->fraction, 0);
  for (const char* wrong : {"101", "-1", "\"55\"", "null", "1e999"}) {
    EXPECT_EQ(with(R"({"extensions":{)" + key + ":" + wrong + "}}").unmapped.size(), 1u) << wrong;
  }
  const std::pair<const char*, double> durations[] = {{"PT90S", 1.5}, {"PT1H30M", 90}, {"P1DT2H", 1560},
                                                      {"P2W", 20160}, {"PT0.5M", 0.5}, {"PT12M30.600S", 12.51},
                                                      {"PT0S", 0}};
  for (const auto& [text, minutes] : durations) {
    const fb::EventBatchT batch = with(std::string(R"({"duration":")") + text + "\"}");
    ASSERT_NE(progress(batch), nullptr) << text;
    EXPECT_NEAR(progress(batch)->minutes, minutes, 1e-9) << text;
  }
  for (const char* wrong :
       {"P", "PT", "90", "PT5", "P1Y", "P2M", "PT1S1M", "PT1.5H2M", "-PT5M", "PT99999999999S", "P9999W", "PT.5M"}) {
    EXPECT_EQ(with(std::string(R"({"duration":")") + wrong + "\"}").unmapped.size(), 1u) << wrong;
  }
  const std::pair<const char*, std::int64_t> times[] = {
      {"2026-03-29T01:30:00+01:00", 1'774'744'200'000'000},   {"2026-03-29T00:30Z", 1'774'744'200'000'000},
      {"2026-03-28T14:00:00.5-10:30", 1'774'744'200'500'000}, {"2026-03-29T00:30:00.1234567Z", 1'774'744'200'123'456},
      {"2026-03-29T01:30:00+0100", 1'774'744'200'000'000},    {"1970-01-01T00:00:00Z", 0},
  };
  for (const auto& [text, instant] : times) {
    const fb::EventBatchT batch = adapter.taken(Said{.timestamp = std::string("\"") + text + "\""}.json());
    ASSERT_EQ(batch.events.size(), 1u) << text;
    EXPECT_EQ(batch.events[0]->time, instant) << text;
  }
  for (const char* wrong : {"2026-03-29T01:30:00", "2026-02-30T01:30:00Z", "2026-03-29", "2026-3-29T01:30:00Z",
                            "1969-12-31T23:59:59Z", "9999-01-01T00:00:00Z", "2026-03-29T25:00:00Z", "", "now",
                            "1970-01-01T00:00:00+01:00", "2026-03-29T01:30:00Zjunk"}) {
    refused(adapter, Said{.timestamp = std::string("\"") + wrong + "\""}, "timestamp");
  }
}

TEST(XapiIngest, RefusesWhatIsNoStatementAndRepeatsNothingPersonal) {
  Adapter adapter;
  refused(adapter, Said{.id = "not-a-uuid"}, "not a UUID");
  refused(adapter, Said{.actor = ""}, "no actor");
  refused(adapter, Said{.object = ""}, "no object");
  refused(adapter, Said{.timestamp = ""}, "no timestamp");
  refused(adapter, Said{.version = "\"0.95\""}, "neither 1.0.x nor 2.0.x");
  refused(adapter, Said{.version = "1.0"}, "not a text");
  EXPECT_EQ(adapter.taken(Said{.version = "\"2.0.0\""}.json()).events.size(), 1u);
  refused(adapter, Said{.object = R"({"objectType":"Agent","id":"https://x/y"})"},
          "property that the specification does not know");
  refused(adapter, Said{.object = R"({"objectType":"Agent","mbox":"mailto:a@example.org"})"}, "not an activity");
  refused(adapter, Said{.object = R"({"id":"https://p.example/demo/a%20b"})"}, "component's id");
  refused(adapter, Said{.object = R"({"id":"module-1"})"}, "not an IRI");
  refused(adapter, Said{.actor = R"({"objectType":"Group","member":[]})"}, "no members");
  refused(adapter, Said{.actor = R"({"objectType":"Group","account":{"homePage":"https://h","name":"all"}})"},
          "not one agent");
  refused(adapter, Said{.actor = R"({"account":{"name":"c1"}})"}, "homePage");
  refused(adapter, Said{.actor = R"({"account":{"homePage":"https://h"}})"}, "has no name");
  refused(adapter, Said{.actor = "{\"account\":{\"homePage\":\"https://h\",\"name\":\"a\\u0000b\"}}"}, "no case id");
  refused(adapter, Said{.verb = "https://example.org/verbs/danced"}, "danced");
  refused(adapter, Said{.verb = ""}, "not an IRI");
  for (const char* personal :
       {R"({"mbox":"mailto:jane@example.org"})", R"({"mbox_sha1sum":"1234567890123456789012345678901234567890"})",
        R"({"openid":"https://jane.example.org"})"}) {
    const fb::EventBatchT batch = adapter.taken(Said{.actor = personal}.json());
    ASSERT_EQ(batch.unmapped.size(), 1u);
    EXPECT_NE(batch.unmapped[0]->reason.find("personal data"), std::string::npos);
    EXPECT_EQ(batch.unmapped[0]->reason.find("jane"), std::string::npos);
  }
  const fb::EventBatchT named = adapter.taken(Said{.verb = "urn:told-Jane-about-it"}.json());
  EXPECT_EQ(named.unmapped.at(0)->reason.find("Jane"), std::string::npos);
  EXPECT_EQ(adapter.taken(Said{.version = ""}.json()).events.size(), 1u);
}

TEST(XapiIngest, KeepsTheNeighboursOfWhatCannotBeRead) {
  Adapter adapter;
  const std::string first = Said{.id = numbered(1)}.json(), second = Said{.id = numbered(2)}.json();
  const fb::EventBatchT batch = adapter.taken(first + "\r\nnot json at all\n\n[1]\n" + second + "\n" +
                                              Said{.id = numbered(3)}.json().substr(0, 90));
  ASSERT_EQ(batch.events.size(), 2u);
  EXPECT_EQ(batch.events[1]->id, "xapi:" + numbered(2));
  ASSERT_EQ(batch.unmapped.size(), 3u);
  EXPECT_EQ(batch.unmapped[0]->line, 2u);
  EXPECT_EQ(batch.unmapped[1]->line, 4u);
  EXPECT_EQ(batch.unmapped[2]->line, 6u);
  EXPECT_NE(batch.unmapped[2]->reason.find("cut off"), std::string::npos);
  // also where the broken one comes first
  EXPECT_EQ(adapter.taken(first.substr(0, 60) + "\n" + second + "\n").events.size(), 1u);
}

TEST(XapiIngest, TakesArraysAndResultsOnOneLineOrOnManyAndCutOff) {
  Adapter adapter;
  const std::string one = Said{.id = numbered(1)}.json(), two = Said{.id = numbered(2)}.json();
  for (const std::string& payload :
       {"[" + one + "," + two + "]", "[\n  " + one + ",\n  " + two + "\n]\n",
        R"({"statements":[)" + one + "," + two + R"(],"more":""})",
        "{\n\"more\": \"\",\n\"statements\": [\n" + one + ",\n" + two + "\n]\n}", "\xEF\xBB\xBF" + one + "\n" + two,
        "[\n" + one + ",\n" + two + ",\n" + two.substr(0, 70)}) {
    const fb::EventBatchT batch = adapter.taken(payload);
    ASSERT_EQ(batch.events.size(), 2u) << payload;
    EXPECT_EQ(batch.events[0]->id, "xapi:" + numbered(1));
  }
  const fb::EventBatchT cut = adapter.taken("[\n" + one + ",\n" + two + ",\n" + two.substr(0, 70));
  ASSERT_EQ(cut.unmapped.size(), 1u);
  EXPECT_EQ(cut.unmapped[0]->line, 4u);
  std::string pretty = one;
  for (std::size_t at = 0; (at = pretty.find(",\"", at)) != std::string::npos; at += 2) pretty.insert(at + 1, "\n  ");
  EXPECT_EQ(adapter.taken(pretty).events.size(), 1u) << pretty;
  EXPECT_EQ(adapter.taken("").events.size() + adapter.taken("\n \n").unmapped.size(), 0u);
}

TEST(XapiIngest, AListThatIsCutOffBetweenItsRecordsIsListedAtItsEnd) {
  Adapter adapter;
  const std::string one = Said{.id = numbered(1)}.json(), two = Said{.id = numbered(2)}.json();
  const std::pair<std::string, std::uint32_t> cut[] = {{R"({"statements":[)", 1},
                                                       {"[", 1},
                                                       {"[" + one, 1},
                                                       {"[\n" + one + ",\n" + two + ",\n", 3},
                                                       {"{\"statements\": [\n" + one + ",\n" + two, 3}};
  for (const auto& [payload, line] : cut) {
    const fb::EventBatchT batch = adapter.taken(payload);
    ASSERT_EQ(batch.unmapped.size(), 1u) << payload;
    EXPECT_NE(batch.unmapped[0]->reason.find("cut off"), std::string::npos) << payload;
    EXPECT_EQ(batch.unmapped[0]->line, line) << payload;
  }
  const fb::EventBatchT behind = adapter.taken("[" + one + "] and more");
  EXPECT_EQ(behind.events.size(), 1u);
  EXPECT_EQ(behind.unmapped.size(), 1u);
  EXPECT_EQ(adapter.taken("[" + one + "] " + two).events.size(), 2u);
}

// An LRS's answer: the newest first, one session of cmi5, of which a statement is voided, and a verb of somebody
// else's.
TEST(XapiIngest, ACmi5SessionAsAnLrsAnswersIsReadInItsOwnOrder) {
  Adapter adapter;
  const std::string payload = recorded("xapi-statement-result.json");
  const fb::EventBatchT batch = adapter.taken(payload);
  ASSERT_EQ(batch.events.size(), 5u);
  const std::pair<int, fb::Progress> in_order[] = {{6, fb::Progress::progressed},
                                                   {5, fb::Progress::completed},
                                                   {4, fb::Progress::completed},
                                                   {2, fb::Progress::launched},
                                                   {1, fb::Progress::launched}};
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(batch.events[i]->id, "xapi:8d1f3a60-2b7e-4c55-9e0a-00000000000" + std::to_string(in_order[i].first));
    EXPECT_EQ(progress(batch, i)->progress, in_order[i].second);
    EXPECT_EQ(progress(batch, i)->component, "module-3");
    EXPECT_EQ(batch.events[i]->case_, "c21");
  }
  EXPECT_EQ(batch.events[2]->time, INT64_C(1'772'566'265'250'000));
  ASSERT_EQ(batch.taken_back.size(), 1u);
  EXPECT_EQ(batch.taken_back[0]->event, "xapi:8d1f3a60-2b7e-4c55-9e0a-000000000003");
  ASSERT_EQ(batch.unmapped.size(), 1u);
  EXPECT_NE(batch.unmapped[0]->reason.find("opened"), std::string::npos) << batch.unmapped[0]->reason;
  EXPECT_EQ(batch.needs.at(0)->url, "/xAPI/statements?limit=8&cursor=65e4c1");
  EXPECT_EQ(adapter.ingest(payload).bytes, adapter.ingest(payload).bytes);
  for (std::size_t cut = 1; cut < payload.size(); cut += 61) {  // cut off anywhere, it is listed
    const fb::EventBatchT part = adapter.taken(payload.substr(0, cut));
    EXPECT_LE(part.events.size(), 6u);
    const bool list_closed = payload.substr(0, cut).find("\"more\"") != std::string::npos;
    EXPECT_TRUE(list_closed || !part.unmapped.empty()) << cut;
  }
}

TEST(XapiIngest, AnAnswerThatGoesOnNamesItsNextPage) {
  Adapter adapter;
  const std::string one = Said{}.json();
  const auto next = [&](const std::string& more) {
    const fb::EventBatchT batch = adapter.taken(R"({"statements":[)" + one + "]" + more + "}");
    EXPECT_EQ(batch.events.size(), 1u);
    return batch.needs.empty() ? std::string() : batch.needs[0]->url;
  };
  EXPECT_EQ(next(R"(,"more":"\/xAPI\/statements?more=7")"), "/xAPI/statements?more=7");
  for (const char* none : {"", R"(,"more":"")", R"(,"more":null)", R"(,"x":{"more":"/inner"})", R"(,"x":"more")",
                           R"(,"more":"/a b")", R"(,"more":"/cut)"}) {
    EXPECT_EQ(next(none), "") << none;
  }
  const fb::EventBatchT before = adapter.taken(R"({"more": "/xAPI/next", "statements":[)" + one + "]}");
  EXPECT_EQ(before.needs.at(0)->url, "/xAPI/next");
}

TEST(XapiIngest, AnIdThatComesAgainWithOtherWordsIsListed) {
  Adapter adapter;
  const std::string first = Said{.timestamp = R"("2026-03-02T10:00:00Z")"}.json();
  const std::string same = Said{.timestamp = R"("2026-03-02T11:00:00+01:00")"}.json();  // the same instant
  const std::string other = Said{.verb = "http://adlnet.gov/expapi/verbs/completed"}.json();
  EXPECT_TRUE(adapter.taken(first + "\n" + same).unmapped.empty());
  const fb::EventBatchT batch = adapter.taken(first + "\n" + same + "\n" + other);
  ASSERT_EQ(batch.events.size(), 1u);
  EXPECT_EQ(progress(batch)->progress, fb::Progress::launched);
  ASSERT_EQ(batch.unmapped.size(), 1u);
  EXPECT_EQ(batch.unmapped[0]->line, 3u);
  EXPECT_NE(batch.unmapped[0]->reason.find("its id is that of line 1"), std::string::npos) << batch.unmapped[0]->reason;
}

TEST(XapiIngest, CollapsesRepeatsAndCarriesOutVoids) {
  Adapter adapter;
  const std::string voided = "http://adlnet.gov/expapi/verbs/voided";
  const auto voids = [&](int id, int what) {
    return Said{
        .id = numbered(id), .verb = voided, .object = R"({"objectType":"StatementRef","id":")" + numbered(what) + "\"}"}
        .json();
  };
  const std::string one = Said{.id = "ABCDEF00-0000-4000-8000-00000000000A"}.json();
  const std::string lower = Said{.id = "abcdef00-0000-4000-8000-00000000000a"}.json();
  EXPECT_EQ(adapter.taken(one + "\n" + lower + "\n" + one).events.size(), 1u);
  const std::string two = Said{.id = numbered(2)}.json();
  const fb::EventBatchT gone = adapter.taken(two + "\n" + one + "\n" + voids(3, 2) + "\n" + voids(3, 2));
  EXPECT_EQ(gone.events.size(), 1u);
  EXPECT_TRUE(gone.unmapped.empty());
  EXPECT_EQ(adapter.taken(voids(3, 2) + "\n" + two).events.size(), 0u);
  const fb::EventBatchT elsewhere = adapter.taken(one + "\n" + voids(3, 9));
  EXPECT_EQ(elsewhere.events.size(), 1u);
  ASSERT_EQ(elsewhere.taken_back.size(), 1u);  // it may have been recorded long ago: the host knows
  EXPECT_EQ(elsewhere.taken_back[0]->line, 2u);
  EXPECT_EQ(elsewhere.taken_back[0]->event, "xapi:" + numbered(9));
  EXPECT_EQ(elsewhere.taken_back[0]->by, "xapi:" + numbered(3));
  EXPECT_EQ(gone.taken_back.size(), 1u);
  refused(adapter, Said{.verb = voided}, "refers to no statement");
}

TEST(XapiIngest, ThePageOfTheManualIsTrue) {
  std::ifstream file(std::string(ALLIANCE_SOURCE_DIR) + "/docs/xapi.md");
  std::stringstream page;
  page << file.rdbuf();
  const std::string text = page.str();
  const std::size_t begin = text.find("```jsonl\n");
  ASSERT_NE(begin, std::string::npos);
  const std::size_t end = text.find("```", begin + 9);
  Adapter adapter;
  const fb::EventBatchT batch = adapter.taken(text.substr(begin + 9, end - begin - 9));
  ASSERT_EQ(batch.events.size(), 2u);
  ASSERT_NE(progress(batch), nullptr);
  EXPECT_EQ(progress(batch)->component, "module-2");
  EXPECT_DOUBLE_EQ(*progress(batch)->fraction, 0.4);
  EXPECT_DOUBLE_EQ(progress(batch)->minutes, 12.5);
  EXPECT_EQ(batch.events[0]->time, INT64_C(1'774'746'600'250'000));
  EXPECT_EQ(batch.events[1]->body.AsDifficultyMet()->code, "no-next-button");
  ASSERT_EQ(batch.unmapped.size(), 1u);
  EXPECT_EQ(batch.unmapped[0]->line, 4u);
}

}  // namespace
