// SPDX-License-Identifier: Apache-2.0
// What a score carries beside its value: rules, warnings, versions; answers as labels and codes.
#include <algorithm>
#include <cmath>

#include "command.h"

using command_test::cells;
using command_test::Command;
using command_test::has;
using command_test::lines;

namespace {

namespace fs = std::filesystem;

class Honest : public Command {
 protected:
  static inline const std::string sus_header = "1,2,3,4,5,6,7,8,9,10\n";
  static inline const std::string sus_labels =
      "Strongly disagree=1,Somewhat disagree=2,Neither agree nor disagree=3,Somewhat agree=4,Strongly agree=5";

  // A definition of our own in the plugin's folder, from GAD-7's with some of its text replaced.
  void define(const std::string& name, const std::vector<std::pair<std::string, std::string>>& changes) {
    const std::string folder = plugins() + "/instruments/";
    std::ifstream in(folder + "gad-7.json");
    std::stringstream text;
    text << in.rdbuf();
    std::string mine = text.str();
    for (const auto& [from, to] : changes) {
      const auto at = mine.find(from);
      ASSERT_NE(at, std::string::npos) << from;
      mine.replace(at, from.size(), to);
    }
    std::ofstream(folder + name) << mine;
  }
  std::vector<double> totals(const std::string& csv) {
    std::vector<double> found;
    for (const auto& row : cells(csv)) {
      if (row[0] != "row") found.push_back(std::stod(row[1]));
    }
    return found;
  }
};

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}
double deviation(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += (value - mean(values)) * (value - mean(values));
  return std::sqrt(sum / static_cast<double>(values.size() - 1));
}

TEST_F(Honest, TheSameAnswerToOppositeItemsIsAReasonToLookAndNothingElse) {
  const std::string sheets = file("a.csv", sus_header + "3,3,3,3,3,3,3,3,3,3\n5,1,5,1,5,1,5,1,5,1\n3,3,3,3,3,,,,,\n");
  const auto said = score({"sus", "--json", "--input", sheets});
  EXPECT_EQ(said.exit, 0) << said.err;
  std::istringstream text(said.out);
  std::string first, second, third;
  std::getline(text, first), std::getline(text, second), std::getline(text, third);
  EXPECT_TRUE(has(first, R"("value":50,)") && has(first, R"("code":"straight-line")")) << first;
  EXPECT_TRUE(has(first, R"("value":10,"threshold":10,"source":)")) << first;
  EXPECT_TRUE(has(second, R"("warnings":[]})")) << second;
  EXPECT_TRUE(has(third, R"("warnings":[]})")) << "five answers are too few to say so: " << third;
  const auto plain = score({"sus", "--input", sheets});
  EXPECT_EQ(plain.exit, 0);
  EXPECT_EQ(cells(plain.out)[1][1], "50");
  EXPECT_TRUE(has(plain.err, "straight-line: 1") && has(plain.err, "--details")) << plain.err;
}

TEST_F(Honest, TheSameAnswerToItemsOfOneDirectionIsNoSurprise) {
  const auto said = score({"gad-7", "--details", "--input", file("a.csv", "1,2,3,4,5,6,7\n0,0,0,0,0,0,0\n")});
  EXPECT_EQ(said.exit, 0) << said.err;
  EXPECT_EQ(cells(said.out)[1][8], "");
  EXPECT_EQ(said.err, "");
}

TEST_F(Honest, DetailsAreMoreColumnsBehindTheSameOnes) {
  const std::string sheets = file("a.csv", "1,2,3,4,5,6,7\n1,1,1,2,2,0,0\n1,1,1,2,2,0,\n");
  const auto plain = cells(score({"gad-7", "--missing", "prorate:1", "--input", sheets}).out);
  const auto more = cells(score({"gad-7", "--missing", "prorate:1", "--details", "--input", sheets}).out);
  ASSERT_EQ(plain.size(), more.size());
  for (std::size_t row = 0; row < plain.size(); ++row) {
    EXPECT_TRUE(std::equal(plain[row].begin(), plain[row].end(), more[row].begin()));
  }
  const std::vector<std::string> names(more[0].begin() + 5, more[0].end());
  EXPECT_EQ(names, (std::vector<std::string>{"total.items", "total.rule", "total.unverified", "warnings", "instrument",
                                             "version", "hash"}));
  EXPECT_EQ(more[1][6], "");
  EXPECT_EQ(more[2][6], "prorate:1");
  EXPECT_EQ(more[2][10], "1.0.0");
  EXPECT_EQ(more[2][11].size(), 64u);
}

TEST_F(Honest, ImpossibleSpeedIsSaidWhereTimesAreGiven) {
  const std::string sheets =
      file("a.csv", "1,2,3,4,5,6,7,took\n1,0,1,2,2,0,0,6.3\n1,0,1,2,2,0,0,30\n1,0,1,2,2,0,0,\n1,0,1,2,2,0,0,soon\n");
  const auto said = score({"gad-7", "--details", "--seconds", "took", "--input", sheets});
  EXPECT_EQ(said.exit, 3);
  const auto rows = cells(said.out);
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_EQ(rows[1][8], "fast");  // 0.9 s per item
  EXPECT_EQ(rows[2][8], "");
  EXPECT_EQ(rows[3][8], "");
  EXPECT_TRUE(has(said.err, "row 4: column took, value \"soon\"")) << said.err;
  EXPECT_EQ(score({"gad-7", "--seconds", "gone", "--input", sheets}).exit, 2);
}

TEST_F(Honest, AnswersMayBeCodesAndUnknownCodesAreNamed) {
  const auto said =
      score({"gad-7", "--input", file("a.csv", "1,2,3,4,5,6,7\nLA6571-9,0,LA6569-3,0,0,0,0\nLA6571-8,0,0,0,0,0,0\n")});
  EXPECT_EQ(said.exit, 3);
  EXPECT_EQ(cells(said.out)[1][1], "4");
  EXPECT_TRUE(has(said.err, "row 2: column 1, value \"LA6571-8\": it is no number and no code of an option"))
      << said.err;
}

TEST_F(Honest, LabelsAreExactAndUnknownOnesAreNamed) {
  const std::string sheets = file("a.csv", "1,2,3,4,5,6,7\nnever,often,never,3,never,never,never\nNever,0,0,0,0,0,0\n");
  for (const std::string& labels :
       {std::string("never=0,often=2"), file("labels.csv", "label,value\nnever,0\noften,2\n")}) {
    const auto said = score({"gad-7", "--labels", labels, "--input", sheets});
    EXPECT_EQ(said.exit, 3);
    EXPECT_EQ(cells(said.out)[1][1], "5");
    EXPECT_TRUE(has(said.err, "row 2: column 1, value \"Never\"")) << said.err;
  }
  EXPECT_EQ(score({"gad-7", "--labels", "never", "--input", sheets}).exit, 3);
  EXPECT_EQ(score({"gad-7", "--labels", "never=x", "--input", sheets}).exit, 2);
  EXPECT_EQ(score({"gad-7", "--labels", "a=1,a=2", "--input", sheets}).exit, 2);
  const auto broken = score({"gad-7", "--labels", file("bad.csv", "label,value\nnever\n"), "--input", sheets});
  EXPECT_EQ(broken.exit, 3);
  EXPECT_TRUE(has(broken.err, "bad.csv, line 2")) << broken.err;
}

TEST_F(Honest, AnOlderVersionScoresWhenItIsAskedFor) {
  define("gad-7-new.json", {{"\"1.0.0\"", "\"2.0.0\""}, {"\"to\": 4}", "\"to\": 5}"}, {"\"from\": 5", "\"from\": 6"}});
  const std::string sheets = file("a.csv", "1,2,3,4,5,6,7\n1,1,1,1,1,0,0\n");
  EXPECT_EQ(cells(score({"gad-7", "--input", sheets}).out)[1][4], "minimal");
  EXPECT_EQ(cells(score({"gad-7", "--version", "1.0.0", "--input", sheets}).out)[1][4], "mild");
  const auto said = score({"gad-7", "--version", "3", "--input", sheets});
  EXPECT_EQ(said.exit, 3);
  EXPECT_TRUE(has(said.err, "1.0.0") && has(said.err, "2.0.0")) << said.err;
}

TEST_F(Honest, RescoringShowsWhatAnotherKeyChanges) {
  define("gad-7-new.json", {{"\"1.0.0\"", "\"2.0.0\""}, {"\"to\": 4}", "\"to\": 5}"}, {"\"from\": 5", "\"from\": 6"}});
  const std::string sheets =
      file("a.csv", "1,2,3,4,5,6,7\n1,1,1,1,1,0,0\n3,3,3,3,3,3,3\n9,0,0,0,0,0,0\n0,0,0,0,0,0,\n");
  const std::vector<std::string> call = {"rescore", "gad-7",   "--from", "1.0.0",     "--to",
                                         "2.0.0",   "--input", sheets,   "--plugins", plugins()};
  const auto said = run(call);
  EXPECT_EQ(said.exit, 3) << said.err;
  EXPECT_EQ(said.out,
            "row,scale,from,from.state,from.band,to,to.state,to.band,difference\n"
            "1,total,5,scored,mild,5,scored,minimal,0\n2,total,21,scored,severe,21,scored,severe,0\n"
            "4,total,,not-scorable,,,not-scorable,,\n");
  EXPECT_TRUE(has(said.err, "total: 0 of 3 sheets changed; 1 changed their band")) << said.err;
  EXPECT_EQ(said.err.find("row 3:"), said.err.rfind("row 3:")) << "said twice: " << said.err;
  auto changed = call;
  changed.insert(changed.end(), {"--changed", "--json"});
  const auto json = run(changed);
  EXPECT_EQ(lines(json.out), 2u) << json.out;
  EXPECT_TRUE(has(json.out, R"({"row":1,"scale":"total","from":{"value":5,"state":"scored","band":"mild"})"));
  EXPECT_TRUE(has(json.out, R"({"summary":[{"scale":"total","sheets":3,"changed":0,"bands_changed":1,"largest":0}])"));
  EXPECT_EQ(run({"rescore", "gad-7", "--from", "1.0.0", "--to", "2.0.0", "--plugins", plugins()}).exit, 2);
}

TEST_F(Honest, TheOrderOfColumnsChangesNothing) {
  unsigned seed = 7;
  const auto next = [&](unsigned below) { return (seed = seed * 1103515245u + 12345u) / 65536u % below; };
  std::vector<int> order = {1, 2, 3, 4, 5, 6, 7};
  std::vector<std::vector<unsigned>> sheets(50, std::vector<unsigned>(7));
  for (auto& sheet : sheets) std::generate(sheet.begin(), sheet.end(), [&] { return next(4); });
  std::string first;
  for (int round = 0; round < 5; ++round) {
    std::string text;
    for (const int item : order) text += (text.empty() ? "item-" : ",item-") + std::to_string(item);
    for (const auto& sheet : sheets) {
      text += "\n";
      for (const int item : order) {
        text += (text.back() == '\n' ? "" : ",") + std::to_string(sheet[static_cast<std::size_t>(item - 1)]);
      }
    }
    const auto said = score(
        {"gad-7", "--columns", "item-1,item-2,item-3,item-4,item-5,item-6,item-7", "--input", file("a.csv", text)});
    EXPECT_EQ(said.exit, 0) << said.err;
    if (round == 0) first = said.out;
    EXPECT_EQ(said.out, first);
    for (std::size_t i = order.size() - 1; i > 0; --i) std::swap(order[i], order[next(static_cast<unsigned>(i + 1))]);
  }
}

TEST_F(Honest, ARuleForMissingAnswersChangesNoFullSheet) {
  std::string text = "1,2,3,4,5,6,7,8,9,10,11,12\n";
  for (int row = 0; row < 40; ++row) {
    for (int item = 0; item < 12; ++item) text += (item == 0 ? "" : ",") + std::to_string(1 + (row * 7 + item * 3) % 5);
    text += "\n";
  }
  const std::string sheets = file("a.csv", text);
  const auto none = score({"wai-sr-c", "--input", sheets});
  EXPECT_EQ(none.exit, 0) << none.err;
  for (const char* rule : {"prorate:2", "prorate:12", "centre:3", "definition"}) {
    EXPECT_EQ(score({"wai-sr-c", "--missing", rule, "--input", sheets}).out, none.out) << rule;
  }
}

TEST_F(Honest, NothingAnsweredIsNeverZero) {
  for (const char* rule : {"none", "prorate:7", "centre:7", "definition"}) {
    const auto said = score({"gad-7", "--missing", rule, "--input", file("a.csv", "1,2,3,4,5,6,7\n,,,,,,\n")});
    EXPECT_EQ(cells(said.out)[1][1], "") << rule;
    EXPECT_EQ(cells(said.out)[1][2], "not-scorable") << rule;
  }
}

TEST_F(Honest, SusOfRealPeopleGivesThePublishedFigures) {
  const auto data = fs::path(ALLIANCE_SOURCE_DIR) / ".." / "shared" / "data";
  if (!fs::exists(data)) GTEST_SKIP() << "shared data are not here: " << data;
  const auto said = score({"sus", "--labels", sus_labels, "--input", (data / "sus_text_labels.csv").string()});
  EXPECT_EQ(said.exit, 0) << said.err;
  const auto labelled = totals(said.out);
  ASSERT_EQ(labelled.size(), 30u);
  EXPECT_NEAR(mean(labelled), 71.666667, 5e-7);
  EXPECT_NEAR(deviation(labelled), 15.190363, 5e-7);
  EXPECT_EQ(*std::min_element(labelled.begin(), labelled.end()), 37.5);
  EXPECT_EQ(*std::max_element(labelled.begin(), labelled.end()), 97.5);
  EXPECT_EQ(std::vector<double>(labelled.begin(), labelled.begin() + 6),
            (std::vector<double>{95, 97.5, 80, 87.5, 87.5, 67.5}));

  std::string columns;
  for (int i = 1; i <= 10; ++i) columns += (i == 1 ? "Question " : ",Question ") + std::to_string(i);
  const auto two =
      score({"sus", "--delimiter", ";", "--columns", columns, "--input", (data / "sus_two_systems.csv").string()});
  EXPECT_EQ(two.exit, 0) << two.err;
  EXPECT_EQ(totals(two.out), (std::vector<double>{70,   75, 92.5, 80,   85,   95,   87.5, 92.5, 92.5, 80,
                                                  92.5, 85, 80,   77.5, 57.5, 67.5, 60,   67.5, 80,   80}));
}

}  // namespace
