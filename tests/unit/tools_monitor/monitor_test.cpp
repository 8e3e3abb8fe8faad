// SPDX-License-Identifier: Apache-2.0
// `alliance monitor` as a person uses it, wrong inputs included.
#include <algorithm>
#include <map>

#include "command.h"
#include "monitor_series.h"

using command_test::cells;
using command_test::Command;
using command_test::has;
using command_test::lines;
using command_test::Said;

namespace monitor_tests {

class Monitor : public Command {
 protected:
  Said monitor(const std::string& csv, std::vector<std::string> arguments, const std::string& input = "") {
    arguments.insert(arguments.begin(), {"monitor", "--input", csv.empty() ? "-" : file("in.csv", csv)});
    return run(arguments, input);
  }
};

const std::string toy = "id,time,value\na,1,52\na,2,53\na,3,54\na,4,46\na,5,47\na,6,53\na,7,55\na,8,54\n";
const std::string header = "id,time,detector,value,before,change,threshold,numbers,why\n";

TEST_F(Monitor, TheToySeriesFallsByOneAndTwoSdAndIsBeyondTwoSigmaButNotThree) {
  const auto said = monitor(toy, {"--detector", "drop_sd:spread=all", "--detector", "drop_sd:k=2,spread=all",
                                  "--detector", "drop_sd:k=3,spread=all", "--detector",
                                  "control_chart:k=2,baseline=all", "--detector", "control_chart:baseline=all"});
  EXPECT_EQ(said.exit, 0) << said.err;
  EXPECT_EQ(said.err, "");
  ASSERT_EQ(lines(said.out), 4u) << said.out;
  EXPECT_TRUE(said.out.starts_with(header));
  EXPECT_TRUE(has(said.out, "\na,4,drop_sd:spread=all,46,54,-8,3.37003603")) << said.out;
  EXPECT_TRUE(has(said.out, "\na,4,\"drop_sd:k=2,spread=all\",46,54,-8,6.74007206")) << said.out;
  EXPECT_TRUE(has(said.out, "\na,4,\"control_chart:k=2,baseline=all\",46,51.75,-5.75,46.684143")) << said.out;
  EXPECT_TRUE(has(said.out, "reason to ask"));
}

TEST_F(Monitor, JsonSaysTheSameALineEach) {
  const auto said = monitor(toy, {"--json", "--detector", "repair"});
  EXPECT_EQ(said.exit, 0) << said.err;
  EXPECT_EQ(said.out,
            "{\"id\":\"a\",\"time\":\"7\",\"detector\":\"repair\",\"value\":55,\"before\":46,\"change\":9,"
            "\"numbers\":{\"repaired\":1,\"before_drop\":54,\"occasion_of_drop\":4},"
            "\"why\":\"The score is back near where it was before it became worse. A reason to ask what helped.\"}\n");
}

TEST_F(Monitor, TheOrderOfTheRowsDoesNotMatter) {
  const std::string turned = "value,time,id\n47,5,a\n54,3,a\n52,1,a\n54,8,a\n46,4,a\n53,2,a\n53,6,a\n55,7,a\n";
  for (const std::string detector : {"drop_sd", "repair", "control_chart:k=1,first=3,side=both", "flat:in_a_row=2",
                                     "trend_residual:k=1", "reliable_change:threshold=5"}) {
    const auto one = monitor(toy, {"--detector", detector}), other = monitor(turned, {"--detector", detector});
    EXPECT_EQ(one.out, other.out) << detector;
    EXPECT_EQ(other.exit, 0);
  }
}

TEST_F(Monitor, TurningTheScaleTurnsTheNumbersAndNothingElse) {
  std::string turned = "id,time,value\n";
  for (const double score : {52, 53, 54, 46, 47, 53, 55, 54}) {
    turned += "a," + std::to_string(lines(turned)) + "," + std::to_string(100 - static_cast<int>(score)) + "\n";
  }
  for (const std::string detector : {"drop_sd", "drop_rc:threshold=5", "reliable_change:threshold=6,reference=best",
                                     "control_chart:first=3,side=both", "trend_residual:baseline=3", "repair",
                                     "step_loss:least=5,share=none,alpha=none"}) {
    const auto one = cells(monitor(toy, {"--detector", detector}).out);
    const auto other = cells(monitor(turned, {"--detector", detector, "--higher-is", "worse"}).out);
    ASSERT_EQ(one.size(), other.size()) << detector;
    ASSERT_GT(one.size(), 1u) << detector;
    const std::size_t value =
        has(detector, ",") ? 4u + static_cast<std::size_t>(std::count(detector.begin(), detector.end(), ',')) - 1 : 3u;
    for (std::size_t i = 1; i < one.size(); ++i) {
      EXPECT_EQ(one[i][1], other[i][1]) << detector;
      EXPECT_NEAR(std::stod(one[i][value]), 100 - std::stod(other[i][value]), 1e-9) << detector;
      EXPECT_NEAR(std::stod(one[i][value + 2]), -std::stod(other[i][value + 2]), 1e-9) << detector;
    }
  }
}

TEST_F(Monitor, EveryDetectorFindsWhatItIsFor) {
  const std::map<std::string, std::string> wanted = {
      {"cutoff:at=46", "a,4,cutoff:at=46,46,,,46,,"},
      {"drop_rc:threshold=7,reference=best", "a,4,\"drop_rc:threshold=7,reference=best\",46,54,-8,7,,"},
      {"drop_rc:threshold=8,reference=best,comparator=at_least", "46,54,-8,8,,"},
      {"drop_rc:sd=5,reliability=0.9,reference=previous", "46,54,-8,4.382693"},
      {"reliable_change:threshold=5", "a,4,reliable_change:threshold=5,46,52,-6,5,,"},
      {"non_response", "b,3,non_response,,,,,first_occasion=2;last_occasion=3,"},
      {"ceiling:at=60", "b,6,ceiling:at=60,60,,,60,first_occasion=4;last_occasion=6,"},
      {"flat", "b,6,flat,60,,,,first_occasion=4;last_occasion=6,"},
      {"trend_residual:baseline=3", "a,4,trend_residual:baseline=3,46,55,-9,"},
      {"not_on_track:intercept=50,slope=2,residual_sd=1,points=100,mean_x=1,sum_xx=50", "46,52.772588"},
      {"step_loss:least=5,share=none,alpha=none", "46,54,-8,5,reversal_value=50;occasion_of_reversal=6,"},
      {"step_gain:least=5,share=none,alpha=none", "53,47,6,5,reversal_value=50,"},
  };
  const std::string both = toy + "b,1,50\nb,2,\nb,3,\nb,4,60\nb,5,60\nb,6,60\n";
  for (const auto& [detector, says] : wanted) {
    const auto said = monitor(both, {"--detector", detector});
    EXPECT_EQ(said.exit, 0) << detector << said.err;
    EXPECT_TRUE(has(said.out, says)) << detector << "\n" << said.out;
  }
  EXPECT_EQ(monitor(both, {"--detector", "drop_rc:threshold=8,reference=best"}).out, header);
}

TEST_F(Monitor, WrongRowsAreNamedAndTheOthersUsed) {
  const auto said = monitor(
      "who,when,score\n"
      "a,1,50\n,2,51\na,x,52\na,3,fifty\na,4\n\na,2024-03-01,50\na,1,49\na,2,1e999\na,5,40\n",
      {"--id", "who", "--time", "when", "--value", "score", "--detector", "drop_sd:baseline=1,between_sd=5"});
  EXPECT_EQ(said.exit, 3);
  EXPECT_TRUE(has(said.out, "\na,5,")) << said.out;
  for (const char* says :
       {"row 2: column who, value \"\": it is empty", "row 3: column when, value \"x\"",
        "row 4: column score, value \"fifty\": it is no number", "row 5: line 6 of the file has 2 cells",
        "row 6: the line is blank", "row 7: column when, value \"2024-03-01\": it is a date where",
        "row 8: column when, value \"1\": this id has that time in row 1 already",
        "row 9: column score, value \"1e999\"", "8 rows were left out"}) {
    EXPECT_TRUE(has(said.err, says)) << says << "\n" << said.err;
  }
}

TEST_F(Monitor, WhatCannotBeUnderstoodIsAUsageErrorThatSaysWhatThereIs) {
  struct Case {
    std::vector<std::string> arguments;
    const char* says;
  };
  const std::vector<Case> cases = {
      {{}, "--list"},
      {{"--detector", "drops"}, "there is no detector drops; there are drop_sd, repair"},
      {{"--detector", "drop_sd:sigma=2"}, "there is no parameter sigma; there are k, source"},
      {{"--detector", "drop_sd:k=two"}, "the parameter k is \"two\" and must be a number"},
      {{"--detector", "drop_sd:k=1,k=2"}, "given twice"},
      {{"--detector", "drop_sd:k"}, "name=value"},
      {{"--detector", "drop_sd:k=-1"}, "above 0"},
      {{"--detector", "drop_sd:source=inter"}, "between_sd"},
      {{"--detector", "drop_sd:spread=later"}, "before|all"},
      {{"--detector", "drop_sd:baseline=1e99"}, "whole number"},
      {{"--detector", "cutoff"}, "the parameter at must be given"},
      {{"--detector", "cutoff:at=none"}, "must be a number"},
      {{"--detector", "drop_rc:sd=5"}, "go together"},
      {{"--detector", "drop_rc:sd=5,reliability=1"}, "below 1"},
      {{"--detector", "step_gain:least=7,alpha=0"}, "alpha"},
      {{"--detector", "flat", "--value", "total"}, "no column total; its columns are id, time, value"},
      {{"--detector", "flat", "--value", "time"}, "three different columns"},
      {{"--detector", "flat", "--higher-is", "nicer"}, "--higher-is"},
      {{"--detector", "flat", "--delimiter", "::"}, "--delimiter"},
  };
  for (const auto& one : cases) {
    const auto said = monitor(toy, one.arguments);
    EXPECT_EQ(said.exit, 2) << one.says;
    EXPECT_EQ(said.out, "") << one.says;
    EXPECT_TRUE(has(said.err, one.says)) << said.err;
  }
  EXPECT_EQ(run({"monitor", "--detector", "flat"}).exit, 2);
  const auto absent = run({"monitor", "--input", path("nowhere.csv"), "--detector", "flat"});
  EXPECT_EQ(absent.exit, 3);
  EXPECT_TRUE(has(absent.err, "nowhere.csv cannot be read"));
  EXPECT_EQ(monitor("\n", {"--detector", "flat"}).exit, 3);
  EXPECT_EQ(monitor("id,time,value\n", {"--detector", "flat"}).out, header);
}

TEST_F(Monitor, NothingOfAHostileCellReachesTheTerminalAndCellsAreQuoted) {
  const auto said =
      monitor("id,time,value\n\"x,\"\"y\",1,5\n\"x,\"\"y\",2,5\na,\"\x1b[2J\",1\n", {"--detector", "flat:in_a_row=2"});
  EXPECT_EQ(said.exit, 3);
  EXPECT_EQ(said.err.find('\x1b'), std::string::npos);
  EXPECT_TRUE(has(said.out, "\n\"x,\"\"y\",2,flat:in_a_row=2,5,")) << said.out;
}

TEST_F(Monitor, NumbersThatOverflowAreNotWritten) {
  const auto said = monitor("id,time,value\na,1,5\na,2,1e99\n",
                            {"--json", "--detector", "drop_rc:sd=1e-300,reliability=0.999", "--higher-is", "worse"});
  EXPECT_EQ(said.exit, 0) << said.err;
  EXPECT_EQ(lines(said.out), 1u);
  EXPECT_FALSE(has(said.out, "inf")) << said.out;
}

TEST_F(Monitor, DatesAreInOrderAndTheirDistanceCounts) {
  const std::string dated =
      "id;time;value\na;2024-03-29;44\na;2024-02-29;50\na;2024-03-07;48.1\na;2024-03-14T10:00;45.9\na;2024-03-21;44\n";
  const auto said = monitor(dated, {"--delimiter", ";", "--detector", "trend_residual:k=2"});
  EXPECT_EQ(said.exit, 0) << said.err;
  const auto flat = monitor(dated, {"--delimiter", ";", "--detector", "flat:in_a_row=2"});
  EXPECT_TRUE(has(flat.out, "a,2024-03-29,flat:in_a_row=2,44,")) << flat.out;
}

TEST_F(Monitor, TheListShowsEveryDetectorWithItsSource) {
  const auto said = run({"monitor", "--list"}), json = run({"monitor", "--list", "--json"});
  EXPECT_EQ(said.exit, 0);
  EXPECT_EQ(lines(json.out), 13u);
  for (const char* name : {"drop_sd", "repair", "drop_rc", "reliable_change", "cutoff", "control_chart", "step_loss",
                           "step_gain", "trend_residual", "not_on_track", "non_response", "ceiling", "flat"}) {
    EXPECT_TRUE(has(said.out, "\n" + std::string(name) + "\n") || said.out.starts_with(name)) << name;
    EXPECT_TRUE(has(json.out, "\"detector\":\"" + std::string(name) + "\"")) << name;
  }
  EXPECT_EQ(lines(json.out), static_cast<std::size_t>(std::count(json.out.begin(), json.out.end(), '\n')));
  EXPECT_FALSE(has(json.out, "\"validated\":true"));
}

TEST_F(Monitor, ALongSeriesTakesNoLongTime) {
  std::string csv = "id,time,value\n";
  for (int i = 0; i < 200'000; ++i) csv += "a," + std::to_string(i) + "," + std::to_string(i % 41) + "\n";
  const auto said = monitor(csv, {"--detector", "drop_sd", "--detector", "control_chart:baseline=leave_one_out",
                                  "--detector", "trend_residual", "--detector", "step_loss:least=7"});
  EXPECT_EQ(said.exit, 0) << said.err;
  EXPECT_GT(lines(said.out), 4000u);
}

using alliance::tools::monitor::when_of;

TEST(When, NumbersAndIsoDates) {
  EXPECT_EQ(when_of(" 7 ")->value, 7);
  EXPECT_FALSE(when_of("7")->date);
  EXPECT_EQ(when_of("1970-01-02")->value, 1);
  EXPECT_TRUE(when_of("1970-01-02")->date);
  EXPECT_EQ(when_of("2024-02-29")->value, 19782);
  EXPECT_EQ(when_of("1970-01-01T12:00")->value, 0.5);
  EXPECT_EQ(when_of("1970-01-01 12:00:00Z")->value, 0.5);
  EXPECT_EQ(when_of("1970-01-01T12:00+12:00")->value, 0);
  EXPECT_NEAR(when_of("1970-01-01T00:00:01.5-01:00")->value, 3601.5 / 86400, 1e-15);
  EXPECT_EQ(when_of("1969-12-31")->value, -1);
  for (const char* wrong :
       {"", "x", "2023-02-29", "2024-13-01", "2024-3-1", "2024-03-01T", "2024-03-01T25:00", "2024-03-01T10:60",
        "2024-03-01T10:00X", "2024-03-01T10:00+1", "01/03/2024", "nan", "1e200"}) {
    EXPECT_FALSE(when_of(wrong)) << wrong;
  }
}

}  // namespace monitor_tests
