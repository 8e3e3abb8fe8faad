// SPDX-License-Identifier: Apache-2.0
// Answers as they are recorded, and what a study takes of them.
#include <set>

#include "recorded.h"

using command_test::has;
using export_test::Row;
using export_test::second;
using export_test::start;
using export_test::table;

namespace {

class Given : public export_test::Recorded {};
class Export : public export_test::Recorded {
 protected:
  void SetUp() override {
    Recorded::SetUp();
    open();
    opened("anna-1", "blended", "research");
    opened("ben-2", "face-to-face", "measures", true);
    opened("cleo-3", "blended", "research");
    opened("dan-4", "blended", "");
    record("anna-1", "AnswersGiven", sheet("phq-9", {1, 1, 1, 0, 0, 2, 0, 0, 1}, R"("session":2,)"));
    record("anna-1", "AnswersGiven",
           R"({"instrument":"gad-7","answers":[{"item":"1","code":"LA6571-9"},{"item":"2","value":1},)"
           R"({"item":"3","state":"refused"},{"item":"4","value":0},{"item":"5","value":0},{"item":"6","value":0}]})");
    record("anna-1", "AnswersGiven", sheet("practitioner-check-in", {3, 3, 3, 3}, R"("rater":"practitioner",)"));
    record("ben-2", "AnswersGiven", sheet("sus", {3, 3, 3, 3, 3, 3, 3, 3, 3, 3}));
    record("cleo-3", "AnswersGiven", sheet("gad-7", {3, 3, 3, 3, 3, 3, 3}));
    record("cleo-3", "ConsentWithdrawn", R"({"scope":"research"})");
    record("dan-4", "AnswersGiven", sheet("gad-7", {3, 3, 3, 3, 3, 3, 3}));
    close();
  }
  const Row* find(const std::vector<Row>& rows, const std::map<std::string, std::string>& like) {
    for (const auto& row : rows) {
      if (std::all_of(like.begin(), like.end(), [&](const auto& one) { return row.at(one.first) == one.second; })) {
        return &row;
      }
    }
    return nullptr;
  }
};

TEST_F(Given, UnknownItemsCodesAndSecondAnswersAreNamed) {
  open();
  opened("c1", "blended", "measures");
  EXPECT_TRUE(has(record("c1", "AnswersGiven", R"({"instrument":"gad-7","answers":[{"item":"8","value":1}]})"),
                  "gad-7 has no item 8"));
  EXPECT_TRUE(has(record("c1", "AnswersGiven",
                         R"({"instrument":"gad-7","answers":[{"item":"1","value":1},{"item":"1","value":1}]})"),
                  "item 1 twice"));
  const auto code =
      record("c1", "AnswersGiven", R"({"instrument":"gad-7","answers":[{"item":"2","code":"nonsense"}]})");
  EXPECT_TRUE(has(code, "item 2 has no option with this code")) << code;
  EXPECT_TRUE(has(
      record("c1", "AnswersGiven", R"({"instrument":"gad-7","answers":[{"item":"1","code":"LA6571-9","value":2}]})"),
      "different answers"));
  EXPECT_TRUE(
      has(record("c1", "AnswersGiven",
                 sheet("gad-7", {1, 1, 1, 1, 1, 1, 1}, R"("begun":1772000000000020,"finished":1772000000000010,)")),
          "body.finished"));
  EXPECT_EQ(host().count().events, 3u);
}

TEST_F(Given, ASafetyItemAnsweredByItsCodeIsToldAtOnceAndOneThatIsMissingIsUnknown) {
  open();
  opened("c1", "blended", "measures");
  ASSERT_EQ(record("c1", "AnswersGiven", R"({"instrument":"phq-9","answers":[{"item":"9","code":"LA6569-3"}]})"), "");
  EXPECT_TRUE(has(last.safety, R"("state":"positive")")) << last.safety;
  ASSERT_EQ(record("c1", "AnswersGiven", R"({"instrument":"phq-9","answers":[{"item":"1","value":0}]})"), "");
  EXPECT_TRUE(has(last.safety, R"("state":"skipped")")) << last.safety;
  ASSERT_EQ(record("c1", "AnswersGiven", sheet("phq-9", {3, 3, 3, 3, 3, 3, 3, 3, 0})), "");
  EXPECT_EQ(last.safety_flags, 0u);
}

TEST_F(Given, AVersionThatIsNotLoadedRaisesItsSafetyFlagAllTheSame) {
  open();
  opened("c1", "blended", "measures");
  ASSERT_EQ(record("c1", "AnswersGiven", sheet("phq-9", {0, 0, 0, 0, 0, 0, 0, 0, 1}, R"("version":"0.9.0",)")), "");
  EXPECT_EQ(last.safety_flags, 1u);
}

TEST_F(Given, ASheetIsScoredByTheVersionItWasGivenUnderAsSoonAsThatIsLoaded) {
  define("2.0.0");
  open();
  opened("c1", "blended", "measures");
  const std::vector<int> five = {1, 1, 1, 1, 1, 0, 0};
  ASSERT_EQ(record("c1", "AnswersGiven", sheet("gad-7", five, R"("version":"1.0.0",)")), "");
  ASSERT_EQ(record("c1", "AnswersGiven", sheet("gad-7", five)), "");
  ASSERT_EQ(record("c1", "AnswersGiven", sheet("gad-7", five, R"("version":"3.0.0",)")), "");
  close();
  ASSERT_EQ(exported("before").exit, 0);
  auto scores = table(text("before/scores.csv"));
  ASSERT_EQ(scores.size(), 3u);
  EXPECT_EQ(scores[0].at("version") + scores[0].at("band"), "1.0.0mild");
  EXPECT_EQ(scores[1].at("version") + scores[1].at("band"), "2.0.0minimal");
  EXPECT_EQ(scores[2].at("version") + scores[2].at("state"), "3.0.0unscored");
  EXPECT_TRUE(has(text("before/manifest.json"), R"("gad-7 3.0.0")"));
  define("3.0.0");
  open();
  ASSERT_EQ(record("c1", "SessionHeld", R"({"session":1,"minutes":30,"mode":"in_person"})"), "");
  close();
  ASSERT_EQ(exported("after").exit, 0);
  scores = table(text("after/scores.csv"));
  EXPECT_EQ(scores.at(2).at("version") + scores.at(2).at("band"), "3.0.0minimal");
  EXPECT_EQ(scores.at(0).at("band"), "mild");
}

TEST_F(Export, TotalsAreThoseOfTheSheetsUnderAKeyedHash) {
  const auto said = exported("taken");
  ASSERT_EQ(said.exit, 0) << said.err;
  EXPECT_TRUE(has(said.out, "2 cases, 3 sheets; left out: 1 cases without consent, 1 that took it back")) << said.out;
  const auto scores = table(text("taken/scores.csv"));
  const auto* phq = find(scores, {{"instrument", "phq-9"}, {"scale", "total"}});
  ASSERT_NE(phq, nullptr);
  EXPECT_EQ(phq->at("value"), "6");
  EXPECT_EQ(phq->at("state"), "scored");
  EXPECT_EQ(phq->at("session"), "2");
  EXPECT_EQ(phq->at("arm"), "blended");
  EXPECT_EQ(phq->at("case").size(), 32u);
  EXPECT_EQ(phq->at("hash").size(), 64u);
  EXPECT_EQ(phq->at("rater"), "client");
  const auto* gad = find(scores, {{"instrument", "gad-7"}});
  ASSERT_NE(gad, nullptr);
  EXPECT_EQ(gad->at("value"), "");
  EXPECT_EQ(gad->at("state"), "not-scorable");
  EXPECT_EQ(gad->at("answered"), "5");
  const auto* observed = find(scores, {{"instrument", "sus"}});
  ASSERT_NE(observed, nullptr);
  EXPECT_EQ(observed->at("value"), "50");
  EXPECT_EQ(observed->at("warnings"), "straight-line");
  EXPECT_EQ(observed->at("observed_only"), "1");
  for (const auto* file : {"scores.csv", "answers.csv", "codebook.csv", "manifest.json"}) {
    const auto all = text(std::string("taken/") + file);
    for (const auto* name : {"anna", "ben-2", "cleo", "dan-4", "p1\"", "practitioner-check-in"}) {
      EXPECT_FALSE(has(all, name)) << file << " holds " << name;
    }
  }
}

TEST_F(Export, AnswersGoByCodeAndSayWhyTheyAreMissing) {
  ASSERT_EQ(exported("taken").exit, 0);
  const auto answers = table(text("taken/answers.csv"));
  const auto* first = find(answers, {{"instrument", "gad-7"}, {"item", "1"}});
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(first->at("value"), "3");
  EXPECT_EQ(first->at("code"), "LA6571-9");
  EXPECT_EQ(find(answers, {{"instrument", "gad-7"}, {"item", "2"}})->at("code"), "LA6569-3");
  EXPECT_EQ(find(answers, {{"instrument", "gad-7"}, {"item", "3"}})->at("state"), "refused");
  EXPECT_EQ(find(answers, {{"instrument", "gad-7"}, {"item", "7"}})->at("state"), "skipped");
  const auto codebook = table(text("taken/codebook.csv"));
  for (const auto* file : {"scores.csv", "answers.csv"}) {
    const auto rows = table(text(std::string("taken/") + file));
    for (const auto& [name, value] : rows.at(0)) {
      EXPECT_NE(find(codebook, {{"file", file}, {"variable", name}}), nullptr) << file << " " << name;
    }
  }
  EXPECT_NE(find(codebook, {{"variable", "band"}, {"certainty", "verified"}}), nullptr);
}

TEST_F(Export, TheSameKeyGivesTheSamePseudonymsAndAnotherOthers) {
  ASSERT_EQ(exported("one").exit, 0);
  ASSERT_EQ(exported("two").exit, 0);
  EXPECT_EQ(text("one/scores.csv"), text("two/scores.csv"));
  ASSERT_EQ(exported("three", {"--key", path("another.key")}).exit, 2) << "a key is named once";
  std::filesystem::remove(path("the.key"));
  ASSERT_EQ(exported("four").exit, 0);
  EXPECT_NE(table(text("one/scores.csv"))[0].at("case"), table(text("four/scores.csv"))[0].at("case"));
  EXPECT_EQ(std::filesystem::status(path("the.key")).permissions() & std::filesystem::perms::others_all,
            std::filesystem::perms::none);
  EXPECT_EQ(exported("five", {"--consent", "research"}).exit, 0);
  EXPECT_EQ(find(table(text("five/scores.csv")), {{"instrument", "sus"}}), nullptr);
}

TEST_F(Export, DatesMoveTogetherAndBlindedLeavesTheArmOut) {
  ASSERT_EQ(exported("plain").exit, 0);
  ASSERT_EQ(exported("moved", {"--shift-days", "300", "--blinded"}).exit, 0);
  const auto plain = table(text("plain/scores.csv")), moved = table(text("moved/scores.csv"));
  ASSERT_EQ(plain.size(), moved.size());
  EXPECT_FALSE(moved[0].contains("arm"));
  std::set<std::string> same;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    EXPECT_EQ(plain[i].at("days"), moved[i].at("days"));
    EXPECT_EQ(plain[i].at("time").substr(10), moved[i].at("time").substr(10));
    if (plain[i].at("time") == moved[i].at("time")) same.insert(plain[i].at("case"));
  }
  EXPECT_LT(same.size(), 2u);
  EXPECT_FALSE(has(text("moved/answers.csv"), "face-to-face"));
}

TEST_F(Export, NothingIsReplacedUnlessItIsSaid) {
  ASSERT_EQ(exported("taken").exit, 0);
  const auto again = exported("taken");
  EXPECT_EQ(again.exit, 2);
  EXPECT_TRUE(has(again.err, "--force")) << again.err;
  EXPECT_EQ(exported("taken", {"--force"}).exit, 0);
  std::filesystem::create_directories(path("mine"));
  file("mine/notes.txt", "mine");
  EXPECT_EQ(exported("mine", {"--force"}).exit, 2);
  EXPECT_EQ(text("mine/notes.txt"), "mine");
  const auto missing = run({"export", "study", "--store", path("none.db"), "--tenant", "trial", "--out", path("x")});
  EXPECT_EQ(missing.exit, 3);
  EXPECT_TRUE(has(missing.err, "none.db")) << missing.err;
}

TEST_F(Export, TheManifestNamesWhatWasInForce) {
  ASSERT_EQ(exported("taken").exit, 0);
  const auto manifest = text("taken/manifest.json");
  for (const auto* part : {R"("freeze": ")", R"("instrument":"phq-9","version":"1.0.0","hash":")", R"("cases": 2)",
                           R"("cases_withdrawn":1)", R"("confidence_sheets":1)", R"("manifest_sha256":")"}) {
    EXPECT_TRUE(has(manifest, part)) << part << " in " << manifest;
  }
}

TEST_F(Export, RedcapTakesTheDictionary) {
  ASSERT_EQ(exported("taken", {"--format", "redcap"}).exit, 0);
  const auto text_ = text("taken/redcap_dictionary.csv");
  EXPECT_TRUE(
      text_.starts_with("Variable / Field Name,Form Name,Section Header,Field Type,Field Label,"
                        "\"Choices, Calculations, OR Slider Labels\",Field Note,"
                        "Text Validation Type OR Show Slider Number,Text Validation Min,Text Validation Max,"
                        "Identifier?,Branching Logic (Show field only if...),Required Field?,Custom Alignment,"
                        "Question Number (surveys only),Matrix Group Name,Matrix Ranking?,Field Annotation\r\n"));
  const auto fields = table(text_);
  EXPECT_EQ(fields[0].at("Variable / Field Name"), "record_id");
  const auto* item = find(fields, {{"Variable / Field Name", "gad_7_1"}});
  ASSERT_NE(item, nullptr);
  EXPECT_EQ(item->at("Field Type"), "radio");
  EXPECT_EQ(item->at("Choices, Calculations, OR Slider Labels"), "0, 0 | 1, 1 | 2, 2 | 3, 3");
  std::set<std::string> names;
  for (const auto& field : fields) {
    EXPECT_TRUE(names.insert(field.at("Variable / Field Name")).second) << field.at("Variable / Field Name");
  }
  const auto data = table(text("taken/redcap_data.csv"));
  const auto* sheet_row = find(data, {{"redcap_repeat_instrument", "phq_9"}});
  ASSERT_NE(sheet_row, nullptr);
  EXPECT_EQ(sheet_row->at("phq_9_score_total"), "6");
  EXPECT_EQ(sheet_row->at("phq_9_9"), "1");
  for (const auto& [name, value] : *sheet_row) {
    EXPECT_TRUE(name.starts_with("redcap_repeat_") || names.contains(name)) << name;
  }
}

TEST_F(Export, SdtmSaysWhoAnsweredAndWhyNot) {
  ASSERT_EQ(exported("taken", {"--format", "sdtm"}).exit, 0);
  const auto rows = table(text("taken/qs.csv"));
  std::map<std::string, std::string> tests;
  std::set<std::string> sequences;
  for (const auto& row : rows) {
    const auto& code = row.at("QSTESTCD");
    EXPECT_TRUE(code.size() <= 8 && code[0] >= 'A' && code[0] <= 'Z') << code;
    EXPECT_LE(row.at("QSTEST").size(), 40u);
    const auto [known, fresh] = tests.emplace(code, row.at("QSTEST"));
    EXPECT_EQ(known->second, row.at("QSTEST"));
    EXPECT_TRUE(sequences.insert(row.at("USUBJID") + row.at("QSSEQ")).second);
    EXPECT_EQ(row.at("QSEVAL"), "STUDY SUBJECT");
    EXPECT_EQ(row.at("QSSTAT"), row.at("QSORRES").empty() ? "NOT DONE" : "");
    EXPECT_EQ(row.at("STUDYID"), "TRIAL1");
  }
  const auto* total = find(rows, {{"QSTEST", "phq-9 score total"}});
  ASSERT_NE(total, nullptr);
  EXPECT_EQ(total->at("QSSTRESN"), "6");
  EXPECT_EQ(total->at("QSDRVFL"), "Y");
  EXPECT_EQ(total->at("VISITNUM"), "2");
  EXPECT_EQ(total->at("QSDTC"), "2026-02-25T06:13:32Z");
  EXPECT_EQ(find(rows, {{"QSTEST", "gad-7 item 3"}})->at("QSREASND"), "REFUSED");
  EXPECT_EQ(find(rows, {{"QSTEST", "gad-7 score total"}})->at("QSREASND"), "NOT SCORABLE: 5 OF 7 ITEMS ANSWERED");
}

TEST_F(Export, WhatIsRecordedIsRescoredWithoutBeingChanged) {
  const std::vector<std::string> call = {"rescore", "phq-9", "--store", store(), "--tenant",  "trial",
                                         "--from",  "1.0.0", "--to",    "1.0.0", "--plugins", plugins()};
  const auto said = run(call);
  EXPECT_EQ(said.exit, 0) << said.err;
  EXPECT_TRUE(has(said.out, ",total,6,scored,mild,6,scored,mild,0")) << said.out;
  EXPECT_TRUE(has(said.err, "total: 0 of 1 sheets changed")) << said.err;
  EXPECT_FALSE(has(said.out, "anna"));
}

}  // namespace
