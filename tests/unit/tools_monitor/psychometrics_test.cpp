// SPDX-License-Identifier: Apache-2.0
// `alliance psychometrics` as a person uses it, wrong inputs included.
#include "command.h"

using command_test::Command;
using command_test::has;
using command_test::Said;

namespace psychometrics_tests {

class Psychometrics : public Command {
 protected:
  Said psychometrics(const std::string& csv, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"psychometrics", "--input", file("in.csv", csv)});
    return run(arguments);
  }
};

// Shrout and Fleiss 1979.
const std::string judges = "t,a,b,c,d\n1,9,2,5,8\n2,6,1,3,2\n3,8,4,6,8\n4,7,1,2,6\n5,10,5,6,9\n6,6,2,4,7\n";

TEST_F(Psychometrics, TheSixFiguresOfShroutAndFleiss) {
  const auto said = psychometrics(judges, {"--columns", "a,b,c,d", "--icc"});
  EXPECT_EQ(said.exit, 0) << said.err;
  for (const char* says : {"rows used               6\n",
                           "alpha                   0.9093155  95 % interval [0.6756747, "
                           "0.9858917] (Feldt)",
                           "ICC(1,1)    0.1657418", "ICC(2,1)    0.2897638", "ICC(3,1)    0.7148407",
                           "ICC(1,k)    0.4427971", "ICC(2,k)    0.6200505", "ICC(3,k)    0.9093155"}) {
    EXPECT_TRUE(has(said.out, says)) << says << "\n" << said.out;
  }
  EXPECT_FALSE(has(psychometrics(judges, {"--columns", "a,b,c,d"}).out, "ICC"));
}

TEST_F(Psychometrics, MissingAnswersAreLeftOutAndCountedAndWrongOnesNamed) {
  const auto said = psychometrics(judges + "7,,2,3,4\n8, ,,,\n9,5,x,3,4\n10,5\n", {"--columns", "a,b,c,d", "--json"});
  EXPECT_EQ(said.exit, 3);
  EXPECT_TRUE(said.out.starts_with("{\"rows\":6,\"incomplete\":2,\"wrong\":2,")) << said.out;
  EXPECT_TRUE(has(said.err, "row 9: column b, value \"x\": it is no number"));
  EXPECT_TRUE(has(said.err, "row 10: line 11 of the file has 2 cells"));
  const auto only_missing = psychometrics(judges + "7,,2,3,4\n", {"--columns", "a,b,c,d"});
  EXPECT_EQ(only_missing.exit, 0);
  EXPECT_TRUE(has(only_missing.out, "rows left out           1 (1 with a missing answer, 0 wrong)"));
}

TEST_F(Psychometrics, WhatTheSampleCannotGiveIsSaid) {
  const auto still = psychometrics("a,b,c\n1,2,3\n2,3,3\n4,3,3\n5,5,3\n", {"--columns", "a,b,c"});
  EXPECT_EQ(still.exit, 0) << still.err;
  EXPECT_TRUE(has(still.out, "everybody gave the same answer to: c")) << still.out;
  EXPECT_TRUE(has(still.out, "an item that never moves has no correlations"));
  const auto unreversed =
      psychometrics("a,b,c,d\n1,2,5,1\n2,3,4,1\n4,3,2,4\n5,5,2,5\n3,3,3,4\n", {"--columns", "a,b,c,d"});
  EXPECT_TRUE(has(unreversed.out, "may have been left unreversed: c")) << unreversed.out;
  const auto nobody = psychometrics("a,b\n", {"--columns", "a,b", "--icc"});
  EXPECT_EQ(nobody.exit, 0) << nobody.err;
  EXPECT_TRUE(has(nobody.out, "fewer than two complete rows")) << nobody.out;
  const auto few = psychometrics("a,b,c\n1,2,3\n2,1,3\n", {"--columns", "a,b", "--json"});
  EXPECT_TRUE(has(few.out, "one factor takes three items at least")) << few.out;
}

TEST_F(Psychometrics, WhatCannotBeUnderstoodIsAUsageError) {
  struct Case {
    std::vector<std::string> arguments;
    const char* says;
  };
  for (const auto& one : std::vector<Case>{{{"--columns", "a,e"}, "no column e"},
                                           {{"--columns", "a,a"}, "twice"},
                                           {{"--columns", "a,\"b"}, "--columns"},
                                           {{"--columns", "a,b", "--level", "95"}, "--level"},
                                           {{"--columns", "a,b", "--missing", "mean"}, "--missing"},
                                           {{"--columns", "a,b", "--delimiter", "ab"}, "--delimiter"}}) {
    const auto said = psychometrics(judges, one.arguments);
    EXPECT_EQ(said.exit, 2) << one.says;
    EXPECT_TRUE(has(said.err, one.says)) << said.err;
  }
  EXPECT_EQ(psychometrics("", {"--columns", "a"}).exit, 3);
}

}  // namespace psychometrics_tests
