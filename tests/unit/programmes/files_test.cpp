// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <filesystem>

#include "loaded.h"

namespace {

using namespace loaded;

constexpr std::int64_t a_second = 1'000'000;

// One at a time: a library is begun once in a process.
Adapter redcap() { return Adapter("{}", "files", "redcap-demo"); }
Adapter formr() { return Adapter("{}", "files", "formr-demo"); }

TEST(Files, ARedcapExportBecomesAnswersAndProgress) {
  ASSERT_EQ(redcap().status(), ALLIANCE_OK);
  EXPECT_EQ(redcap().catalogue().components.size(), 3u);
  const fb::EventBatchT batch = redcap().taken(recorded("redcap.csv"));
  ASSERT_EQ(batch.events.size(), 4u);
  const auto& sheet = *batch.events[0];
  EXPECT_EQ(sheet.case_, "c01");
  EXPECT_EQ(sheet.source, "files:redcap-demo");
  EXPECT_EQ(sheet.time, 1'774'725'300 * a_second);  // 20:15 in Amsterdam is 19:15 UTC
  const auto* given = sheet.body.AsAnswersGiven();
  ASSERT_NE(given, nullptr);
  EXPECT_EQ(given->instrument, "phq-9");
  EXPECT_EQ(given->rater, fb::Rater::client);
  ASSERT_EQ(given->answers.size(), 9u);
  EXPECT_EQ(given->answers[0]->value, 2);
  EXPECT_EQ(given->answers[6]->state, fb::AnswerState::refused);
  EXPECT_EQ(given->answers[7]->state, fb::AnswerState::skipped);
  EXPECT_EQ(given->answers[8]->state, fb::AnswerState::answered);
  const auto* done = batch.events[1]->body.AsComponentProgress();
  ASSERT_NE(done, nullptr);
  EXPECT_EQ(done->component, "module-1");
  EXPECT_EQ(done->progress, fb::Progress::completed);
  EXPECT_DOUBLE_EQ(done->minutes, 12.5);
  // 02:30 did not exist that night and came twice in the other: forward by the gap, and the earlier.
  EXPECT_EQ(batch.events[1]->time, 1'774'747'800 * a_second);
  EXPECT_EQ(batch.events[2]->time, 1'792'888'200 * a_second);
  ASSERT_NE(batch.events[3]->body.AsComponentIrrelevant(), nullptr);
  EXPECT_EQ(batch.events[3]->body.AsComponentIrrelevant()->component, "module-2");

  ASSERT_EQ(batch.unmapped.size(), 3u);
  EXPECT_NE(batch.unmapped[0]->reason.find("fit no rule of the mapping: 1"), std::string::npos);
  EXPECT_EQ(batch.unmapped[1]->line, 7u);
  EXPECT_NE(batch.unmapped[1]->reason.find("rule phq-9: field phq9_9: it is no number"), std::string::npos);
  EXPECT_EQ(batch.unmapped[2]->line, 8u);
  EXPECT_NE(batch.unmapped[2]->reason.find("field module_no"), std::string::npos);
}

TEST(Files, AnExportWithMoreRowsAddsOnlyTheNew) {
  const std::string whole = recorded("redcap.csv");
  const fb::EventBatchT first = redcap().taken(whole.substr(0, whole.find("c01,baseline_arm_1,module,2")));
  const fb::EventBatchT second = redcap().taken(whole);
  ASSERT_EQ(first.events.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) EXPECT_EQ(first.events[i]->id, second.events[i]->id);
  EXPECT_EQ(second.events[0]->id.substr(0, 12), "files:phq-9:");
  // A column in another place is the same record.
  const std::string id = formr().taken(recorded("formr.json")).events[0]->id;
  const fb::EventBatchT moved =
      formr().taken(R"({"wsas_1":4,"wsas_2":3,"wsas_3":2,"wsas_4":0,"wsas_5":1,"ended":"2026-03-02 19:34:01",)"
                    R"("created":"2026-03-02 19:30:12","session":"hUk3-_pQ01"})");
  EXPECT_EQ(moved.events.at(0)->id, id);
}

TEST(Files, FormrResultsBecomeAnswersAndTheDiary) {
  ASSERT_EQ(formr().status(), ALLIANCE_OK);
  const fb::EventBatchT batch = formr().taken(recorded("formr.json"));
  ASSERT_EQ(batch.events.size(), 7u);
  const auto* given = batch.events[0]->body.AsAnswersGiven();
  ASSERT_NE(given, nullptr);
  EXPECT_EQ(given->begun, INT64_C(1'772'479'812) * a_second);
  EXPECT_EQ(given->finished, given->begun + 229 * a_second);
  EXPECT_EQ(batch.events[0]->time, given->finished);
  EXPECT_EQ(given->answers[1]->value, 3);
  // What was left before its end is no sheet, and was begun all the same.
  EXPECT_EQ(batch.events[3]->body.AsComponentProgress()->progress, fb::Progress::launched);
  EXPECT_TRUE(batch.unmapped.empty());
  std::string lines = recorded("formr.json");
  lines.erase(lines.find("]\n"));
  lines.erase(0, 2);
  for (std::size_t at = 0; (at = lines.find("},\n", at)) != std::string::npos;) lines.erase(at + 1, 1);
  EXPECT_EQ(formr().taken(lines).events.size(), 7u);  // as JSON lines
}

TEST(Files, WhatAPersonWroteIsNeverTaken) {
  const Answer csv = redcap().ingest(recorded("redcap.csv"));
  const Answer json = formr().ingest(recorded("formr.json"));
  for (const Answer& answer : {csv, json}) {
    ASSERT_EQ(answer.status, ALLIANCE_OK);
    const std::string bytes(answer.bytes.begin(), answer.bytes.end());
    for (const char* said : {"liked", "slept", "badly"}) EXPECT_EQ(bytes.find(said), std::string::npos);
  }
}

TEST(Files, AFileOfAnotherFormIsRefusedByName) {
  EXPECT_NE(redcap().ingest("record_id,phq9_1\nc01,2\n").message.find("phq9_complete"), std::string::npos);
  EXPECT_EQ(redcap().ingest("").status, ALLIANCE_E_BAD_INPUT);
  EXPECT_NE(redcap().ingest("a,a\n1,2\n").message.find("one name"), std::string::npos);
  const fb::EventBatchT batch = formr().taken("[1, {\"session\": \"x\", \"created\": \"2 March\"}, not json]");
  EXPECT_EQ(batch.events.size(), 0u);
  EXPECT_EQ(batch.unmapped.size(), 3u);
  // Half a quote hides nothing behind it.
  std::string hurt = recorded("redcap.csv");
  hurt.insert(hurt.find("c01,"), "\"c00,\n");
  EXPECT_EQ(redcap().taken(hurt).events.size(), 4u);
}

TEST(Files, RecordsThatTheKeyDoesNotTellApartAreNamedAndNotLost) {
  const std::string one = R"({"session":"s","created":"2026-03-02 19:30:12","ended":"2026-03-02 19:34:01","wsas_1":4})";
  std::string other = one;
  other.replace(other.find(":4}"), 3, ":5}");
  const fb::EventBatchT batch = formr().taken(one + "\n" + one + "\n" + other);
  EXPECT_EQ(batch.events.size(), 3u);
  ASSERT_EQ(batch.unmapped.size(), 1u);
  EXPECT_EQ(batch.unmapped[0]->line, 3u);
  EXPECT_NE(batch.unmapped[0]->reason.find("key is that of line 1"), std::string::npos);
}

TEST(Files, WhatTheHostWouldRefuseIsNamedByItsLine) {
  const std::string whole = recorded("redcap.csv");
  for (const auto& [seconds, good] :
       {std::pair{"-5", false}, {"900000", false}, {"86401", false}, {"86400", true}, {"0", true}}) {
    std::string text = whole;
    text.replace(text.find(",750,"), 5, std::string(",") + seconds + ",");
    const fb::EventBatchT batch = redcap().taken(text);
    EXPECT_EQ(batch.events.size(), good ? 4u : 3u) << seconds;
    bool named = false;
    for (const auto& one : batch.unmapped) {
      named |= one->line == 3 &&
               one->reason.find("field module_seconds: minutes must be from 0 to 1440") != std::string::npos;
    }
    EXPECT_EQ(named, !good) << seconds;
  }
  std::string early = whole;
  early.replace(early.find("2026-03-29"), 10, "1970-03-29");
  const fb::EventBatchT batch = redcap().taken(early);
  EXPECT_EQ(batch.events.size(), 3u);
  ASSERT_EQ(batch.unmapped.size(), 4u);
  EXPECT_EQ(batch.unmapped[1]->line, 3u);
  EXPECT_NE(batch.unmapped[1]->reason.find("before 2000"), std::string::npos) << batch.unmapped[1]->reason;
}

class Mapping : public testing::Test {
 protected:
  void SetUp() override {
    path = std::filesystem::temp_directory_path() / ("alliance-mapping-" + std::to_string(::getpid()) + ".json");
  }
  void TearDown() override { std::filesystem::remove(path); }
  std::string said(const std::string& from, const std::string& to) {
    std::string text = formr_mapping();
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    std::ofstream(path) << text;
    Adapter adapter(R"({"mapping":")" + path.string() + "\"}", "files", "formr-demo");
    EXPECT_NE(adapter.status(), ALLIANCE_OK) << to;
    return adapter.message();
  }
  static std::string formr_mapping() {
    std::ifstream in(std::string(ALLIANCE_SOURCE_DIR) + "/plugins/programmes/files/data/formr-demo.json");
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::filesystem::path path;
};

TEST_F(Mapping, IsRefusedByFileLineAndField) {
  const std::string zone = said(R"("format": "local", "zone": "Etc/UTC"})", R"("format": "local"})");
  EXPECT_NE(zone.find("time[0].zone"), std::string::npos) << zone;
  EXPECT_NE(zone.find("line 14"), std::string::npos) << zone;
  EXPECT_NE(zone.find(path.filename().string()), std::string::npos) << zone;
  EXPECT_NE(zone.find("may be UTC or local"), std::string::npos) << zone;
  const std::tuple<const char*, const char*, const char*> faults[] = {
      {"\"zone\": \"Etc/UTC\"", "\"zone\": \"Mars\"", "time zone database"},
      {"\"event\": \"AnswersGiven\"", "\"event\": \"TimePassed\"", "rules[0].event"},
      {"\"event\": \"AnswersGiven\"", "\"event\": \"Dance\"", "rules[0].event"},
      {"\"id\": \"diary-done\"", "\"id\": \"wsas\"", "another rule"},
      {"\"member\": \"progress\"", "\"member\": \"progres\"", "rules[1]"},
      {"\"constant\": \"launched\"", "\"constant\": \"begun\"", "rules[1]"},
      {"\"constant\": \"launched\"", "\"field\": \"state\"", "rules[1]"},  // no words: anything could stand there
      {"\"item\": \"2\"", "\"item\": \"1\"", "answered twice"},
      {"\"format\": \"json\"", "\"form\": \"json\"", "form"},
      {"\"key\": [\"created\"]", "\"key\": []", "key"},
      {"\"not_blank\": true", "\"not_blank\": false", "when[0]"},
  };
  for (const auto& [from, to, says] : faults) {
    const std::string why = said(from, to);
    EXPECT_NE(why.find(says), std::string::npos) << why;
    EXPECT_NE(why.find("line "), std::string::npos) << why;
  }
}

TEST_F(Mapping, OfTheManualReadsTheExportOfTheManual) {
  std::ifstream file(std::string(ALLIANCE_SOURCE_DIR) + "/docs/files.md");
  const std::string page(std::istreambuf_iterator<char>(file), {});
  const auto block = [&](const std::string& begin) {
    const std::size_t at = page.find(begin) + begin.size();
    return page.substr(at, page.find("```", at) - at);
  };
  std::ofstream(path) << block("```json\n");
  Adapter adapter(R"({"mapping":")" + path.string() + "\"}", "files", "sleep-course");
  ASSERT_EQ(adapter.status(), ALLIANCE_OK) << adapter.message();
  const fb::EventBatchT batch = adapter.taken(block("```csv\n"));
  ASSERT_EQ(batch.events.size(), 2u);
  EXPECT_EQ(batch.events[0]->case_, "p-17");
  EXPECT_EQ(batch.events[0]->time, 1'772'478'900 * a_second);
  EXPECT_EQ(batch.events[1]->body.AsComponentProgress()->progress, fb::Progress::completed);
  EXPECT_DOUBLE_EQ(batch.events[1]->body.AsComponentProgress()->minutes, 15);
}

TEST(Files, CannotBeToldOfAChange) {
  fb::ProposalT proposal;
  proposal.key = "k";
  proposal.rule = "r";
  proposal.action = std::make_unique<fb::ActionT>();
  EXPECT_EQ(formr().apply("c01", proposal, a_second).status, ALLIANCE_E_UNSUPPORTED);
}

TEST(Files, TheCaseFieldOfTheSettingsCounts) {
  Adapter other(R"({"case_field":"study_id"})", "files", "formr-demo");
  ASSERT_EQ(other.status(), ALLIANCE_OK) << other.message();
  EXPECT_EQ(other.taken(recorded("formr.json")).events.at(0)->case_, "12");
}

}  // namespace
