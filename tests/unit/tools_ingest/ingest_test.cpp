// SPDX-License-Identifier: Apache-2.0
#include <alliance/host.hpp>

#include "command.h"

namespace {

using command_test::has;
using command_test::Said;

std::string statement(int number, const std::string& verb, const std::string& more = "") {
  return R"({"id":"00000000-0000-4000-8000-00000000000)" + std::to_string(number) +
         R"(","timestamp":"2026-03-02T10:0)" + std::to_string(number) +
         R"(:00Z","actor":{"account":{"homePage":"https://h.example","name":"c1"}},"verb":{"id":"http://adlnet.gov/expapi/verbs/)" +
         verb + R"("},)" + (more.empty() ? R"("object":{"id":"https://p.example/demo/module-1"})" : more) + "}\n";
}

class Ingest : public command_test::Command {
 protected:
  void SetUp() override {
    Command::SetUp();
    store = path("store.db");
    alliance::Host host({.tenant = "t", .store_path = store});
    host.run();
    host.record(R"({"id":"open","case":"c1","time":1772000000000000,"body_type":"CaseOpened",)"
                R"("body":{"service":"s","practitioner":"p1","delivery":"blended","programme":"xapi"}})");
  }
  Said ingest(const std::string& file, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"ingest", "--programme", "xapi"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    arguments.push_back(file);
    return run(arguments);
  }
  Said record(const std::string& file) {
    return ingest(file, {"--record", "--future", "--store", store, "--tenant", "t"});
  }
  std::string review() {
    alliance::Host host({.tenant = "t", .store_path = store});
    host.run();
    return host.review(ALLIANCE_SCOPE_CASE, "c1", {ALLIANCE_ROLE_PRACTITIONER, "p1"});
  }
  std::string store;
};

TEST_F(Ingest, ShowsWhatItWouldRecordAndKeepsNothing) {
  const std::string export_ = file("x.jsonl", statement(1, "launched") + "not json\n" + statement(2, "completed"));
  const Said said = ingest(export_);
  EXPECT_EQ(said.exit, 3) << said.err;
  EXPECT_TRUE(has(said.out, "2026-03-02 10:01  c1")) << said.out;
  EXPECT_TRUE(has(said.out, "component=module-1 progress=completed")) << said.out;
  EXPECT_TRUE(has(said.out, "2 events. Nothing was recorded")) << said.out;
  EXPECT_TRUE(has(said.err, "line 2: the record is not JSON")) << said.err;
  const Said json = ingest(export_, {"--json"});
  EXPECT_EQ(command_test::lines(json.out), 1u);
  EXPECT_TRUE(has(json.out, R"("unmapped":[{"line":2)")) << json.out;
  EXPECT_EQ(ingest(file("good.jsonl", statement(1, "launched"))).exit, 0);
}

// One set of plugins for every command: what one shows another must not compute with others.
TEST_F(Ingest, AsEveryOtherCommandTakesThePluginsThatTheEnvironmentNames) {
  const std::string nowhere = path("nowhere");
  const std::string schedule = std::string(ALLIANCE_SOURCE_DIR) + "/plugins/timing/data/schedule.json";
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"ingest", "--programme", "xapi", file("x.jsonl", statement(1, "launched"))},
           {"due", "--store", store, "--tenant", "t", "--case", "c1"},
           {"time", "--store", store, "--tenant", "t", "--case", "c1"},
           {"schedule", "check", schedule},
           {"tailor", "show", "--store", store, "--tenant", "t", "--case", "c1"},
           {"score", "gad-7", "--input", "-"}}) {
    const Said said = run(words, "", "ALLIANCE_PLUGINS=" + nowhere);
    EXPECT_NE(said.exit, 0) << words[0] << said.out;
    EXPECT_TRUE(has(said.err, nowhere)) << words[0] << ": " << said.err;
  }
}

TEST_F(Ingest, RecordsOnceHoweverOftenItIsAsked) {
  const std::string export_ = file("x.jsonl", statement(1, "launched") + statement(2, "completed"));
  Said said = record(export_);
  EXPECT_EQ(said.exit, 0) << said.err;
  EXPECT_TRUE(has(said.out, "2 recorded, 0 recorded before, 0 refused")) << said.out;
  const std::string before = review();
  said = record(export_);
  EXPECT_TRUE(has(said.out, "0 recorded, 2 recorded before, 0 refused; 0 reports")) << said.out;
  EXPECT_EQ(review(), before);
  // An export that has grown adds what is new.
  said = record(file("more.jsonl", statement(1, "launched") + statement(2, "completed") + statement(3, "suspended")));
  EXPECT_TRUE(has(said.out, "1 recorded, 2 recorded before")) << said.out;
}

TEST_F(Ingest, StatementsMayComeInAnyOrder) {
  EXPECT_EQ(record(file("late.jsonl", statement(5, "completed"))).exit, 0);
  EXPECT_EQ(record(file("early.jsonl", statement(3, "suspended") + statement(1, "launched"))).exit, 0);
  const std::string late = review();
  EXPECT_TRUE(has(late, R"("progress":"completed")")) << late;
  EXPECT_TRUE(has(late, R"("launched":1772445660000000)")) << late;
}

TEST_F(Ingest, TakesBackWhatWasRecordedLongAgoWhenItIsVoided) {
  EXPECT_EQ(record(file("x.jsonl", statement(1, "launched") + statement(2, "completed"))).exit, 0);
  EXPECT_TRUE(has(review(), R"("progress":"completed")"));
  const std::string voids =
      statement(3, "voided", R"("object":{"objectType":"StatementRef","id":"00000000-0000-4000-8000-000000000002"})");
  Said said = record(file("voids.jsonl", voids));
  EXPECT_EQ(said.exit, 0) << said.err;
  EXPECT_TRUE(has(said.out, "EventTakenBack")) << said.out;
  EXPECT_TRUE(has(said.out, "1 recorded")) << said.out;
  EXPECT_FALSE(has(review(), R"("progress":"completed")")) << review();
  EXPECT_TRUE(has(review(), R"("progress":"launched")"));
  said = record(file("voids.jsonl", voids));
  EXPECT_TRUE(has(said.out, "0 recorded, 1 recorded before")) << said.out;
  // What the log does not know is said, and kept out.
  said = ingest(file(
      "other.jsonl",
      statement(4, "voided", R"("object":{"objectType":"StatementRef","id":"00000000-0000-4000-8000-000000000009"})")));
  EXPECT_TRUE(has(said.out, "not known to be recorded: xapi:00000000-0000-4000-8000-000000000009")) << said.out;
}

TEST_F(Ingest, WhatWasTakenBackBeforeItCameCountsForNothing) {
  {
    alliance::Host host({.tenant = "t", .store_path = store});
    host.run();
    host.record(R"({"id":"back","case":"c1","time":1772500000000000,"body_type":"EventTakenBack",)"
                R"("body":{"event":"xapi:00000000-0000-4000-8000-000000000001"}})");
    // A message of the practitioner is contact; taken back it is none.
    host.record(
        R"({"id":"m1","case":"c1","time":1772400000000000,"body_type":"MessageExchanged","body":{"sender":"practitioner"}})");
    const auto review = [&] { return host.review(ALLIANCE_SCOPE_CASE, "c1", {ALLIANCE_ROLE_PRACTITIONER, "p1"}); };
    EXPECT_TRUE(has(review(), R"("last_contact":1772400000000000)")) << review();
    host.record(
        R"({"id":"back-2","case":"c1","time":1772600000000000,"body_type":"EventTakenBack","body":{"event":"m1"}})");
    EXPECT_FALSE(has(review(), R"("last_contact":1772400000000000)")) << review();
    EXPECT_THROW(
        host.record(
            R"({"id":"x","case":"c1","time":1772600000000000,"body_type":"EventTakenBack","body":{"event":""}})"),
        alliance::Error);
  }
  EXPECT_TRUE(has(record(file("x.jsonl", statement(1, "completed"))).out, "1 recorded"));
  EXPECT_FALSE(has(review(), R"("progress":"completed")")) << review();
}

TEST_F(Ingest, LooksForTheCaseWhereItIsTold) {
  const std::string with =
      R"("object":{"id":"https://p.example/demo/module-1"},"context":{"revision":"c1","extensions":{"https://h.example/case":"c1"}})";
  std::string line = statement(1, "launched", with);
  const std::string account = R"({"account":{"homePage":"https://h.example","name":"c1"}})";
  line.replace(line.find(account), account.size(), R"({"mbox":"mailto:jane@example.org"})");
  const std::string export_ = file("x.jsonl", line);
  EXPECT_EQ(ingest(export_).exit, 3);
  for (const char* field : {"context.revision", "/context/extensions/https:~1~1h.example~1case"}) {
    const Said said = ingest(export_, {"--case-field", field});
    EXPECT_EQ(said.exit, 0) << said.err;
    EXPECT_TRUE(has(said.out, "c1    ComponentProgress")) << said.out;
    EXPECT_FALSE(has(said.out, "jane"));
  }
  EXPECT_TRUE(has(ingest(export_, {"--case-field", "context..x"}).err, "case_field"));
}

// The statements here are of 2026, wherever the machine's clock stands: hence --future above.
TEST_F(Ingest, WhatLiesFarAheadIsRefusedByName) {
  std::string ahead = statement(2, "completed");
  ahead.replace(ahead.find("2026-03-02"), 10, "2098-03-02");
  std::string past = statement(1, "launched");
  past.replace(past.find("2026-03-02"), 10, "2012-03-02");
  const std::string export_ = file("x.jsonl", past + ahead);
  Said said = ingest(export_, {"--record", "--store", store, "--tenant", "t"});
  EXPECT_EQ(said.exit, 3);
  EXPECT_TRUE(has(said.out, "2 events: 1 recorded, 0 recorded before, 1 refused")) << said.out;
  EXPECT_TRUE(has(said.err, "000002 was refused: its time lies more than a day ahead")) << said.err;
  said = record(export_);
  EXPECT_TRUE(has(said.out, "1 recorded, 1 recorded before, 0 refused")) << said.out;
}

TEST_F(Ingest, SaysWhatIsWrongAndHowToMendIt) {
  const std::string export_ = file("x.jsonl", statement(1, "launched"));
  EXPECT_EQ(run({"ingest", export_}).exit, 2);
  EXPECT_EQ(ingest(export_, {"--record"}).exit, 2);
  EXPECT_EQ(ingest(path("nowhere")).exit, 3);
  EXPECT_EQ(ingest(export_, {"--store", path("nowhere.db"), "--tenant", "t"}).exit, 3);
  // A misspelt name would be a second store, which nobody looks at.
  const std::vector<std::string> to_nowhere = {"--record", "--store", path("nowhere.db"), "--tenant", "t"};
  const Said misspelt = ingest(export_, to_nowhere);
  EXPECT_EQ(misspelt.exit, 3);
  EXPECT_TRUE(has(misspelt.err, "nowhere.db; name the file that the platform records to, or give --new"))
      << misspelt.err;
  EXPECT_FALSE(std::filesystem::exists(path("nowhere.db")));
  std::vector<std::string> begun = to_nowhere;
  begun.push_back("--new");
  EXPECT_TRUE(has(ingest(export_, begun).out, "1 event: 0 recorded, 0 recorded before, 1 refused"));
  EXPECT_TRUE(std::filesystem::exists(path("nowhere.db")));
  const Said nothing = ingest(file("empty.jsonl", " \n"));
  EXPECT_EQ(nothing.exit, 0);
  EXPECT_TRUE(has(nothing.err, "empty.jsonl is empty: ")) << nothing.err;
  const Said unknown = run({"ingest", "--programme", "nothing", export_});
  EXPECT_EQ(unknown.exit, 3);
  EXPECT_TRUE(has(unknown.err, "there are: ") && has(unknown.err, "xapi")) << unknown.err;
  // A case that was never opened is refused by name, and hides nothing beside it.
  std::string stranger = statement(2, "launched");
  stranger.replace(stranger.find("\"c1\""), 4, "\"c2\"");
  const Said said = record(file("y.jsonl", stranger + statement(1, "launched")));
  EXPECT_EQ(said.exit, 3);
  EXPECT_TRUE(has(said.out, "1 recorded, 0 recorded before, 1 refused")) << said.out;
  EXPECT_TRUE(has(said.err, "the case is not open")) << said.err;
}

}  // namespace
