// SPDX-License-Identifier: Apache-2.0
// The rules of NHS Talking Therapies on pairs of PHQ-9 (caseness 10, reliable 6) and GAD-7 (8, 4).
#include "measure/nhs.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

using namespace alliance::measure;

namespace nhs_tests {

struct Case {
  double phq_first, phq_last, gad_first, gad_last;
  bool caseness, recovery, improvement, deterioration;
};

TEST(Nhs, TheVectorsOfTheRules) {
  for (const Case& one : {
           Case{15, 9, 12, 7, true, true, true, false},
           Case{10, 9, 8, 7, true, true, false, false},
           Case{20, 14, 15, 13, true, false, true, false},
           Case{9, 4, 7, 3, false, false, true, false},  // GAD-7 falls by 4; no caseness, so no recovery
           Case{12, 18, 10, 10, true, false, false, true},
           Case{15, 9, 9, 13, true, false, false, false},  // one better, one worse: neither
           Case{9, 9, 8, 8, true, false, false, false},
           Case{10, 5, 7, 4, true, true, false, false},
           Case{10, 4, 7, 7, true, true, true, false},
       }) {
    const std::array<NhsMeasure, 2> measures = {NhsMeasure{one.phq_first, one.phq_last, 10, 6},
                                                NhsMeasure{one.gad_first, one.gad_last, 8, 4}};
    const auto found = nhs_outcome(measures);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->caseness, one.caseness) << one.phq_first << " " << one.gad_first;
    EXPECT_EQ(found->recovery, one.recovery) << one.phq_first << " " << one.phq_last;
    EXPECT_EQ(found->reliable_improvement, one.improvement) << one.phq_first << " " << one.phq_last;
    EXPECT_EQ(found->reliable_deterioration, one.deterioration) << one.phq_first << " " << one.phq_last;
    EXPECT_EQ(found->reliable_recovery, one.recovery && one.improvement);
  }
}

TEST(Nhs, HalfACourseHasNoOutcome) {
  EXPECT_FALSE(nhs_outcome({}));
  const NhsMeasure unanswered{15, std::nan(""), 10, 6};
  EXPECT_FALSE(nhs_outcome({&unanswered, 1}));
}

}  // namespace nhs_tests
