// SPDX-License-Identifier: Apache-2.0
// `alliance score` as a person uses it, wrong inputs included.
#include <algorithm>
#include <cmath>
#include <map>

#include "command.h"

using command_test::cells;
using command_test::Command;
using command_test::has;
using command_test::lines;

namespace {

class Score : public Command {};

const std::string gad_header = "1,2,3,4,5,6,7\n";

TEST_F(Score, WritesRowValueStateAnsweredAndBand) {
  const auto said = score({"gad-7", "--input", file("a.csv", gad_header + "1,1,1,2,2,0,0\n3,3,3,3,3,3,3\n")});
  EXPECT_EQ(said.exit, 0) << said.err;
  EXPECT_EQ(said.out, "row,total,total.state,total.answered,total.band\n1,7,scored,7,mild\n2,21,scored,7,severe\n");
  EXPECT_EQ(said.err, "");
}

TEST_F(Score, AnInstrumentWithoutBandsHasNoSuchColumn) {
  const auto said =
      score({"wai-sr-c", "--input", file("a.csv", "1,2,3,4,5,6,7,8,9,10,11,12\n1,2,3,4,5,1,2,3,4,5,1,2\n")});
  EXPECT_EQ(said.exit, 0) << said.err;
  EXPECT_EQ(said.out,
            "row,total,total.state,total.answered,task,task.state,task.answered,bond,bond.state,bond.answered,"
            "goal,goal.state,goal.answered\n1,33,scored,12,10,scored,4,14,scored,4,9,scored,4\n");
}

TEST_F(Score, AnEmptyCellIsAMissingAnswerAndNoError) {
  const std::string sheet = file("a.csv", gad_header + "2,2,2,2,2,,1\n\"\", ,,,,,\n1,1,1,1,1,1,1\n,,,1,1,1,1\n");
  const auto none = score({"gad-7", "--input", sheet});
  EXPECT_EQ(none.exit, 0) << none.err;
  EXPECT_EQ(none.out,
            "row,total,total.state,total.answered,total.band\n1,,not-scorable,6,\n2,,not-scorable,0,\n"
            "3,7,scored,7,mild\n4,,not-scorable,4,\n");
  const auto prorated = score({"gad-7", "--input", sheet, "--missing", "prorate:2"});
  EXPECT_EQ(prorated.exit, 0) << prorated.err;
  // 7 * 11 / 6, in the shortest form that reads back the same.
  const auto rows = cells(prorated.out);
  EXPECT_EQ(std::stod(rows[1][1]), 77.0 / 6);
  EXPECT_LE(rows[1][1].size(), 18u);
  EXPECT_EQ(rows[1][2], "prorated");
  EXPECT_EQ(rows[2], (std::vector<std::string>{"2", "", "not-scorable", "0", ""}));
  EXPECT_EQ(rows[3][2], "scored");
  EXPECT_EQ(rows[4][2], "not-scorable");
}

TEST_F(Score, AValueOutsideTheOptionsIsNamedAndItsRowLeftOut) {
  const auto said =
      score({"gad-7", "--input",
             file("a.csv", "A,B,C,D,E,F,G\n1,1,1,1,1,1,1\n1,1,1,7,1,1,-1\n2,2,2,2,2,2,2\n1,x,1,1,1,1,1\n")});
  EXPECT_EQ(said.exit, 3);
  EXPECT_EQ(said.out, "row,total,total.state,total.answered,total.band\n1,7,scored,7,mild\n3,14,scored,7,moderate\n");
  EXPECT_TRUE(has(said.err, "row 2: column D, value \"7\"")) << said.err;
  EXPECT_TRUE(has(said.err, "row 2: column G, value \"-1\"")) << said.err;
  EXPECT_TRUE(has(said.err, "row 4: column B, value \"x\"")) << said.err;
  EXPECT_TRUE(has(said.err, "2 rows were left out")) << said.err;
  const auto piped = run({"score", "gad-7", "--input", "-"}, "A,B,C,D,E,F,G\n1,x,1,1,1,1,1\n");
  EXPECT_TRUE(has(piped.err, "standard input: 1 row was left out")) << piped.err;
}

TEST_F(Score, NumbersThatAreNoneAreNamed) {
  for (const std::string value : {"nan", "inf", "-inf", "1e999", "0x1", "1,5", "+1", "1 2", "NA", "1.5"}) {
    const auto said = score({"gad-7", "--input", file("a.csv", gad_header + "1,1,1,\"" + value + "\",1,1,1\n")});
    EXPECT_EQ(said.exit, 3) << value;
    EXPECT_TRUE(has(said.err, "row 1: column 4, value \"" + value + "\"")) << said.err;
  }
  EXPECT_EQ(score({"gad-7", "--input", file("a.csv", gad_header + "1.0, 1 ,1e0,1,1,-0,01\n")}).exit, 0);
}

TEST_F(Score, NothingOfAHostileCellReachesTheTerminal) {
  const auto said = score(
      {"gad-7", "--input", file("a.csv", gad_header + "1,1,1,\"\x1b[2J\x07" + std::string(5000, 'z') + "\",1,1,1\n")});
  EXPECT_EQ(said.exit, 3);
  EXPECT_EQ(said.err.find('\x1b'), std::string::npos);
  EXPECT_LT(said.err.size(), 600u);
}

TEST_F(Score, ColumnsAreChosenByNameInTheOrderOfTheItems) {
  const std::string sheet = file("a.csv", "who,T,\"item, one\",a2,a3,a4,a5,a6\n9,1,0,0,0,0,0,3\n");
  const auto said = score({"gad-7", "--input", sheet, "--columns", "\"item, one\",a2,a3,a4,a5,a6,T"});
  EXPECT_EQ(said.exit, 0) << said.err;
  EXPECT_EQ(cells(said.out)[1][1], "4");
}

TEST_F(Score, ItemIdsAreFoundInAnyOrderAmongOtherColumns) {
  const auto said =
      score({"wai-sr-c", "--input", file("a.csv", "who,12,11,10,9,8,7,6,5,4,3,2,1\nx,2,1,5,4,3,2,1,5,4,3,2,1\n")});
  EXPECT_EQ(said.exit, 0) << said.err;
  EXPECT_EQ(cells(said.out)[1][4], "10");
}

TEST_F(Score, WhatCannotBeChosenIsAUsageErrorThatSaysWhatToDo) {
  const std::string sheet = file("a.csv", "a,b,c\n1,1,1\n");
  struct Case {
    std::vector<std::string> more;
    const char* says;
  };
  const std::vector<Case> cases = {
      {{}, "--columns"},
      {{"--columns", "a,b"}, "--columns names 2 columns and the instrument has 7 items"},
      {{"--columns", "a,b,c,d,e,f,g"}, "no column d"},
      {{"--columns", "a,b,c,a,b,c,a"}, "twice"},
      {{"--columns", "a,\"b"}, "--columns"},
      {{"--delimiter", "ab"}, "--delimiter"},
      {{"--delimiter", "\""}, "--delimiter"},
      {{"--missing", "some"}, "--missing"},
      {{"--missing", "prorate:"}, "--missing"},
      {{"--missing", "prorate:-1"}, "--missing"},
      {{"--missing", "prorate:2x"}, "--missing"},
      {{"--missing", "prorate:99999999999"}, "--missing"},
  };
  for (const auto& one : cases) {
    std::vector<std::string> arguments = {"gad-7", "--input", sheet};
    arguments.insert(arguments.end(), one.more.begin(), one.more.end());
    const auto said = score(arguments);
    EXPECT_EQ(said.exit, 2) << said.err;
    EXPECT_EQ(said.out, "");
    EXPECT_TRUE(has(said.err, one.says)) << said.err;
    EXPECT_EQ(lines(said.err), 1u) << said.err;
  }
  EXPECT_EQ(score({"gad-7"}).exit, 2);
  EXPECT_EQ(score({"--input", sheet}).exit, 2);
  EXPECT_EQ(score({"gad-7", "--input", sheet, "--nonsense"}).exit, 2);
}

TEST_F(Score, TheDelimiterIsWhatTheFileUses) {
  EXPECT_EQ(score({"gad-7", "--delimiter", ";", "--input", file("a.csv", "1;2;3;4;5;6;7\n1;1;1;1;1;1;1\n")}).exit, 0);
  EXPECT_EQ(
      score({"gad-7", "--delimiter", "tab", "--input", file("a.csv", "1\t2\t3\t4\t5\t6\t7\n1\t1\t1\t1\t1\t1\t1\n")})
          .exit,
      0);
  const auto wrong = score({"gad-7", "--input", file("a.csv", "1;2;3;4;5;6;7\n1;1;1;1;1;1;1\n")});
  EXPECT_EQ(wrong.exit, 2);
  EXPECT_TRUE(has(wrong.err, "--delimiter")) << wrong.err;
}

TEST_F(Score, AFileWithoutAHeaderLosesNobody) {
  const auto said = score({"gad-7", "--input", file("a.csv", "1,1,1,1,1,1,1\n2,2,2,2,2,2,2\n")});
  EXPECT_EQ(said.exit, 3);
  EXPECT_TRUE(has(said.err, "header")) << said.err;
}

TEST_F(Score, TwoColumnsOfOneNameAreRefused) {
  const auto said =
      score({"gad-7", "--columns", "a,b,c,d,e,f,g", "--input", file("a.csv", "a,b,c,d,e,f,g,a\n1,1,1,1,1,1,1,1\n")});
  EXPECT_EQ(said.exit, 3);
  EXPECT_TRUE(has(said.err, "two columns called a")) << said.err;
}

TEST_F(Score, LineEndsMarksQuotesAndAMissingLastEndAreRead) {
  const std::string rows = "\"1\",1,1,1,1,1,1\r\n2,2,2,2,2,2,\"2\"";
  const auto said = score({"gad-7", "--input", file("a.csv", "\xEF\xBB\xBF\"1\",2,3,4,5,6,7\r\n" + rows)});
  EXPECT_EQ(said.exit, 0) << said.err;
  EXPECT_EQ(lines(said.out), 3u);
}

TEST_F(Score, RaggedAndBrokenRowsAreNamedAndTheOthersWritten) {
  const auto said = score(
      {"gad-7", "--input",
       file("a.csv", gad_header + "1,1,1\n1,1,1,1,1,1,1\n1,1,1,1,1,1,1,1\n\n1,\"1\"1,1,1,1,1,1\n2,2,2,2,2,2,2\n\n\n")});
  EXPECT_EQ(said.exit, 3);
  const auto rows = cells(said.out);
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[1][0], "2");
  EXPECT_EQ(rows[2][0], "6");
  for (const auto* row : {"row 1: line 2", "row 3: line 4", "row 4: the line is blank", "row 5: line 6"}) {
    EXPECT_TRUE(has(said.err, row)) << said.err;
  }
  EXPECT_FALSE(has(said.err, "row 7")) << said.err;
  EXPECT_TRUE(has(said.err, "4 rows were left out")) << said.err;
}

TEST_F(Score, WhatIsNotThereIsSaidInOneSentence) {
  const std::string good = file("a.csv", gad_header + "1,1,1,1,1,1,1\n");
  const auto unknown = score({"gad-8", "--input", good});
  EXPECT_EQ(unknown.exit, 3);
  EXPECT_TRUE(has(unknown.err, "gad-7") && has(unknown.err, "wai-sr-c")) << unknown.err;
  const auto missing = score({"gad-7", "--input", path("nowhere.csv")});
  EXPECT_EQ(missing.exit, 3);
  EXPECT_TRUE(has(missing.err, "nowhere.csv")) << missing.err;
  const auto folder = score({"gad-7", "--input", path("")});
  EXPECT_EQ(folder.exit, 3);
  const auto empty = score({"gad-7", "--input", file("empty.csv", "")});
  EXPECT_EQ(empty.exit, 3);
  EXPECT_TRUE(has(empty.err, "empty.csv is empty")) << empty.err;
  const auto wide = score({"gad-7", "--input",
                           file("wide.csv", std::string("\xFF\xFE"
                                                        "1\0,\0",
                                                        6))});
  EXPECT_EQ(wide.exit, 3);
  EXPECT_TRUE(has(wide.err, "UTF-8")) << wide.err;
  for (const auto& said : {unknown, missing, folder, empty, wide}) {
    EXPECT_EQ(said.out, "");
    EXPECT_EQ(lines(said.err), 1u) << said.err;
  }
  const auto nowhere = run({"score", "gad-7", "--input", good, "--plugins", path("no-such-folder")});
  EXPECT_EQ(nowhere.exit, 3);
  EXPECT_TRUE(has(nowhere.err, "no-such-folder")) << nowhere.err;
}

TEST_F(Score, AHeaderAloneIsNoError) {
  const auto said = score({"gad-7", "--input", file("a.csv", gad_header)});
  EXPECT_EQ(said.exit, 0) << said.err;
  EXPECT_EQ(said.out, "row,total,total.state,total.answered,total.band\n");
}

TEST_F(Score, StandardInputIsADash) {
  const auto said = score({"gad-7", "--input", "-"}, gad_header + "1,1,1,1,1,1,1\n");
  EXPECT_EQ(said.exit, 0) << said.err;
  EXPECT_EQ(cells(said.out)[1][1], "7");
}

TEST_F(Score, JsonHasOneObjectPerRowWithAllThatAScoreCarries) {
  const auto said = score({"gad-7", "--json", "--missing", "prorate:1", "--input",
                           file("a.csv", gad_header + "1,1,1,1,1,1,\n,,1,1,1,1,1\n")});
  EXPECT_EQ(said.exit, 0) << said.err;
  ASSERT_EQ(lines(said.out), 2u);
  EXPECT_TRUE(said.out.starts_with(R"({"row":1,"instrument":"gad-7","version":"1.0.0","hash":")")) << said.out;
  EXPECT_TRUE(has(said.out, R"("scores":[{"scale":"total","value":7,"state":"prorated","answered":6,"items":7,)"
                            R"("band":"mild","rule":"prorate:1"}],"warnings":[]})"))
      << said.out;
  EXPECT_TRUE(has(said.out, R"("scores":[{"scale":"total","state":"not-scorable","answered":5,"items":7}])"))
      << said.out;
}

TEST_F(Score, OutputThatCannotBeWrittenIsAFailure) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  const std::string sheet = file("a.csv", gad_header + "1,1,1,1,1,1,1\n");
  const std::string line = std::string(ALLIANCE_BINARY_DIR) + "/bin/alliance score gad-7 --plugins " + plugins() +
                           " --input " + sheet + " >/dev/full 2>" + path("err");
  EXPECT_EQ(WEXITSTATUS(std::system(line.c_str())), 1);
  for (const std::string words : {"check --list", "check --list --json", "--help", "--version", "monitor --list"}) {
    const std::string other =
        std::string(ALLIANCE_BINARY_DIR) + "/bin/alliance " + words + " >/dev/full 2>" + path("err");
    EXPECT_EQ(WEXITSTATUS(std::system(other.c_str())), 1) << words;
    EXPECT_TRUE(has(read("err"), "standard output cannot be written")) << words;
  }
}

TEST_F(Score, ManyRowsComeOutInOrderEachOnce) {
  std::string text = gad_header;
  constexpr int rows = 100'000;  // several batches
  for (int i = 1; i <= rows; ++i)
    text += i % 10'007 == 0 ? "9,0,0,0,0,0,0\n" : std::to_string(i % 4) + ",0,0,0,0,0,0\n";
  const auto said = score({"gad-7", "--input", file("a.csv", text)});
  EXPECT_EQ(said.exit, 3);
  const auto out = cells(said.out);
  EXPECT_EQ(out.size(), 1u + rows - rows / 10'007);
  int row = 0;
  for (std::size_t at = 1; at < out.size(); ++at) {
    ++row;
    if (row % 10'007 == 0) ++row;
    ASSERT_EQ(out[at][0], std::to_string(row));
    ASSERT_EQ(out[at][1], std::to_string(row % 4));
  }
  EXPECT_TRUE(has(said.err, "row 90063: column 1, value \"9\"")) << said.err;
}

TEST_F(Score, RealAnswersGiveThePublishedFigures) {
  const auto data = std::filesystem::path(ALLIANCE_SOURCE_DIR) / ".." / "shared" / "data";
  if (!std::filesystem::exists(data)) GTEST_SKIP() << "shared data are not here: " << data;
  const auto figures = [&](const char* id, const char* name, const std::string& columns) {
    const auto said = score({id, "--input", (data / name).string(), "--columns", columns});
    EXPECT_EQ(said.exit, 0) << said.err;
    std::vector<double> totals;
    std::map<std::string, int> bands;
    for (const auto& row : cells(said.out)) {
      if (row[0] == "row") continue;
      totals.push_back(std::stod(row[1]));
      ++bands[row[4]];
    }
    return std::pair{totals, bands};
  };
  const auto mean = [](const std::vector<double>& values) {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum / static_cast<double>(values.size());
  };
  const auto [phq, phq_bands] = figures("phq-9", "phq9_gad7_students_2024.csv", "D1,D2,D3,D4,D5,D6,D7,D8,D9");
  EXPECT_EQ(phq.size(), 223u);
  EXPECT_NEAR(mean(phq), 8.825112, 5e-7);
  EXPECT_EQ(phq_bands,
            (std::map<std::string, int>{
                {"minimal", 61}, {"mild", 82}, {"moderate", 43}, {"moderately-severe", 18}, {"severe", 19}}));
  const auto [gad, gad_bands] = figures("gad-7", "phq9_gad7_students_2024.csv", "A1,A2,A3,A4,A5,A6,A7");
  EXPECT_NEAR(mean(gad), 5.748879, 5e-7);
  EXPECT_EQ(gad_bands, (std::map<std::string, int>{{"minimal", 115}, {"mild", 64}, {"moderate", 26}, {"severe", 18}}));
  const auto [online, online_bands] =
      figures("gad-7", "gad7_online_2021.csv", "gad7_q01,gad7_q02,gad7_q03,gad7_q04,gad7_q05,gad7_q06,gad7_q07");
  EXPECT_EQ(online.size(), 406u);
  EXPECT_NEAR(mean(online), 6.325123, 5e-7);
  EXPECT_EQ(std::count_if(online.begin(), online.end(), [](double total) { return total >= 8; }), 143);
}

class Instruments : public Command {};

TEST_F(Instruments, AreListedWithWhatOneMustKnow) {
  const auto said = run({"instruments", "--plugins", plugins()});
  EXPECT_EQ(said.exit, 0) << said.err;
  EXPECT_GE(lines(said.out), 9u);
  std::istringstream text(said.out);
  std::map<std::string, std::string> by_id;
  for (std::string line; std::getline(text, line);) by_id[line.substr(0, line.find(' '))] = line;
  EXPECT_TRUE(has(by_id["wai-sr-c"], "12") && has(by_id["wai-sr-c"], "client") && has(by_id["wai-sr-c"], "absent"));
  EXPECT_TRUE(has(by_id["alliance-pulse-practitioner"], "not validated"));
  EXPECT_TRUE(has(by_id["alliance-pulse-practitioner"], "en, zh-Hans"));
  EXPECT_TRUE(has(by_id["phq-9"], "1.0.0"));
}

TEST_F(Instruments, AsJsonAreOneLine) {
  const auto said = run({"instruments", "--json"}, "", "ALLIANCE_PLUGINS='" + plugins() + "'");
  EXPECT_EQ(said.exit, 0) << said.err;
  EXPECT_EQ(lines(said.out), 1u);
  EXPECT_TRUE(has(said.out, "\"id\":\"srs-v3\"")) << said.out.substr(0, 200);
}

TEST_F(Instruments, ThePluginsBesideTheCommandAreFoundWithoutBeingNamed) {
  const auto said = run({"instruments"}, "", "env -u ALLIANCE_PLUGINS");
  EXPECT_EQ(said.exit, 0) << said.err;
  EXPECT_TRUE(has(said.out, "phq-9")) << said.out;
}

// A researcher's file: dropped into the folder it scores, with a fault it is named and the others stay.
TEST_F(Instruments, ADefinitionIsDroppedInAndABrokenOneIsNamed) {
  const std::string folder = plugins() + "/instruments/";
  std::ifstream in(folder + "gad-7.json");
  std::stringstream text;
  text << in.rdbuf();
  std::string mine = text.str();
  mine.replace(mine.find("\"gad-7\""), 7, "\"mine\"");
  std::ofstream(folder + "mine.json") << mine;
  std::ofstream(folder + "broken.json") << mine.substr(0, mine.size() / 2);
  const auto said = score({"mine", "--input", file("a.csv", gad_header + "1,1,1,1,1,1,1\n")});
  EXPECT_EQ(said.exit, 0) << said.err;
  EXPECT_EQ(cells(said.out)[1][1], "7");
  EXPECT_TRUE(has(said.err, "broken.json is left out")) << said.err;
}

}  // namespace
