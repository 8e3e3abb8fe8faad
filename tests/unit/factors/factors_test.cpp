// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <iterator>

#include "chains.h"

namespace {

using namespace chain;

TEST(Factors, ThePageIsWhatTheTestsSaw) {
  const std::string made = page();  // each chain holds its own steps against what they should be
  if (const char* file = ::getenv("ALLIANCE_WRITE_FACTORS")) std::ofstream(file, std::ios::binary) << made;
  std::ifstream in(ALLIANCE_SOURCE_DIR "/docs/factors.md", std::ios::binary);
  const std::string kept{std::istreambuf_iterator<char>(in), {}};
  EXPECT_EQ(kept, made) << "write it anew: ALLIANCE_WRITE_FACTORS=docs/factors.md";
}

TEST(Factors, AnotherPolicyIsOneWordOfTheConfiguration) {  // [F3]
  Chain chain(R"({"safety":{"contact":"duty-desk"},"zone":"Etc/UTC","tailoring_policy":"stepped-review"})");
  chain.opened();
  chain.happens(7, "SessionHeld", R"({"session":1,"minutes":30,"mode":"in_person"})");
  chain.happens(8, "GoalSet", R"({"goal":"sleep"})");
  EXPECT_EQ(chain.reports("proposal", ""), 0u);
  chain.happens(14, "SessionHeld", R"({"session":2,"minutes":30,"mode":"in_person"})");
  EXPECT_EQ(chain.reports("proposal", "after-session-2"), 4u);  // a goal was set: that is not asked
  chain.proposed("stepped-review/tasks", fb::Audience::practitioner, fb::ActionKind::brief);
  EXPECT_NE(chain.told().proposed.find("a goal was set since the point before"), std::string::npos);
  chain.passes(60);
  EXPECT_EQ(chain.reports("proposal", "week-8"), 3u);
  EXPECT_EQ(chain.reports("proposal", ""), 7u);  // and of the rules nothing
}

TEST(Factors, TrainingThatRunsOutIsAWarningAndNeverALock) {  // [F4]
  Chain chain;
  chain.happens(0, "TrainingCompleted", R"({"training":"blended-cbt-basics","valid_days":40})", true);
  chain.passes(15);
  chain.proposed("f4-training-due", fb::Audience::practitioner, fb::ActionKind::training);
  chain.passes(45);
  chain.proposed("f4-training", fb::Audience::practitioner, fb::ActionKind::training);
  chain.says_after(fb::Factor::f4_training_support, "days-until-training-expires", 0, true);
  EXPECT_NE(chain.told().after.find("nothing is locked"), std::string::npos) << chain.told().after;
  chain.opened(45.1);  // the work goes on all the same
  chain.happens(46, "SessionHeld", R"({"session":1,"minutes":30,"mode":"in_person"})");
}

TEST(Factors, APracticeClientIsInNoFigureAndItsFlagsSayWhatTheyAre) {  // [F4]
  Chain chain;
  chain.host().record(R"({"id":"o","case":"try","time":)" + std::to_string(monday) +
                      R"(,"body_type":"CaseOpened","body":{"service":"north","practitioner":"p1","delivery":"blended",)"
                      R"("programme":"xapi","practice":true}})");
  const auto recorded = chain.host().record(
      R"({"id":"a","case":"try","time":)" + std::to_string(monday + minute) +
      R"(,"body_type":"AnswersGiven","body":{"instrument":"phq-9","rater":"client","answers":[{"item":"9","value":2}]}})");
  EXPECT_GE(recorded.safety_flags, 1u);
  EXPECT_NE(recorded.safety.find(R"("practice":true)"), std::string::npos) << recorded.safety;
  chain.opened();
  EXPECT_EQ(chain.review(true, ALLIANCE_ROLE_PRACTITIONER, "p1").people.value_or(0), 1u);
}

TEST(Factors, ASupportRequestHasAnOwnerAnAgeAndAResolution) {  // [B2, F4]
  Chain chain;
  chain.opened();
  chain.happens(1, "SupportRequested", R"({"request":"s1","topic":"login"})");
  chain.happens(3, "MessageExchanged", R"({"sender":"practitioner"})");
  chain.says_before(fb::Factor::f4_training_support, "open-support-requests", 1);
  EXPECT_NE(chain.told().before.find("the oldest for 2 days, 1 without an owner"), std::string::npos)
      << chain.told().before;
  chain.happens(3, "SupportAssigned", R"({"request":"s1","owner":"help-desk"})");
  chain.happens(4, "SupportResolved", R"({"request":"s1","resolution":"solved"})");
  const auto page = chain.review(false, ALLIANCE_ROLE_PRACTITIONER, "p1");
  ASSERT_EQ(page.course->support.size(), 1u);
  EXPECT_EQ(page.course->support[0]->owner, "help-desk");
  EXPECT_EQ(page.course->support[0]->resolution, "solved");
}

}  // namespace
