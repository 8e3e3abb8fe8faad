// SPDX-License-Identifier: Apache-2.0
#include "measure/responses.h"

#include <gtest/gtest.h>

using namespace alliance::measure;

namespace responses_tests {

using Scores = std::vector<double>;
const double gap = std::nan("");

std::string text(const std::vector<Run>& runs) {
  std::string all;
  for (const Run& run : runs) all += std::to_string(run.first) + "-" + std::to_string(run.last) + " ";
  return all;
}

TEST(Responses, OccasionsInARowWithoutAnAnswerAreSaidOncePerRun) {
  EXPECT_EQ(text(non_response(Scores{1, gap, 2, gap, gap, gap, gap, 3, gap, gap}, 2)), "3-4 8-9 ");
  EXPECT_EQ(text(non_response(Scores{gap, 1, gap}, 1)), "0-0 2-2 ");
  EXPECT_EQ(text(non_response(Scores{gap, gap}, 0)), "");
  EXPECT_EQ(text(non_response({}, 1)), "");
  EXPECT_EQ(text(non_response(Scores(5, 1), 1)), "");
}

TEST(Responses, TheHighestAnswerInARow) {
  EXPECT_EQ(text(ceiling(Scores{40, 39, 40, gap, 40, 40, 40, 12, 40, 40}, 40, 3)), "2-5 ");
  EXPECT_EQ(text(ceiling(Scores{38, 39, 40}, 38, 3)), "0-2 ");
  EXPECT_EQ(text(ceiling(Scores{38, 39, 40}, 38, 4)), "");
}

TEST(Responses, TheSameAnswerInARow) {
  EXPECT_EQ(text(flat(Scores{1, 1, 2, 2, gap, 2, 2, 3}, 3)), "2-5 ");
  EXPECT_EQ(text(flat(Scores{1, 1, 2, 2}, 2)), "0-1 2-3 ");
  EXPECT_EQ(text(flat(Scores{1, 1}, 1)), "");
}

}  // namespace responses_tests
