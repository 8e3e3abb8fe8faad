// SPDX-License-Identifier: Apache-2.0
#include "plugins/tailoring/stepped.h"

#include <alliance/base.h>

#include <alliance/error.hpp>
#include <functional>

#include "story.h"
#include "tailoring/check.h"

namespace {

using namespace story;

fb::SteppedReviewT stepped() {
  fb::SteppedReviewT made;
  made.id = "sr";
  const auto point = [&](const std::string& id, std::uint16_t session, std::uint16_t week) {
    made.points.push_back(std::make_unique<fb::ReviewPointT>());
    made.points.back()->id = id;
    made.points.back()->session = session;
    made.points.back()->week = week;
  };
  const auto question = [&](const std::string& id, fb::Unless unless) {
    made.questions.push_back(std::make_unique<fb::ReviewQuestionT>());
    made.questions.back()->id = id;
    made.questions.back()->text = "You may want to ask about " + id + ".";
    made.questions.back()->unless = unless;
  };
  point("s2", 2, 0);
  point("w8", 0, 8);
  question("tasks", fb::Unless::unset);
  question("goals", fb::Unless::goal_set);
  question("fit", fb::Unless::adapted);
  return made;
}

std::vector<std::string> asked(const fb::SteppedReviewT& review, const fb::CaseT& state, double day) {
  const auto bytes = alliance::shared::packed<fb::Case>(state, fb::CaseIdentifier());
  const auto made = alliance::tailoring::propose(review, *fb::GetCase(bytes.data()), nullptr, on(day));
  for (const auto& one : made.proposals) {
    const auto sound = alliance::tailoring::check(*one, state, nullptr);
    EXPECT_TRUE(sound) << sound.error().message;
  }
  return keys(made);
}

using Keys = std::vector<std::string>;

TEST(SteppedReview, AsksTheSameAtTheSamePointsWhateverTheScoresSay) {
  const auto review = stepped();
  Case state;
  state.held(1, 7).signal(fb::SignalKind::drop, "alliance.total", 7);
  EXPECT_TRUE(asked(review, state, 8).empty());
  state.held(2, 14);
  EXPECT_EQ(asked(review, state, 15), (Keys{"sr/s2/tasks", "sr/s2/goals", "sr/s2/fit"}));
  EXPECT_EQ(asked(review, state, 28), asked(review, state, 15));
  EXPECT_TRUE(asked(review, state, 29).empty());  // it lies too far back
  EXPECT_EQ(asked(review, state, 56), (Keys{"sr/w8/tasks", "sr/w8/goals", "sr/w8/fit"}));
}

TEST(SteppedReview, AQuestionFallsAwayWhereWhatItIsForWasDoneSinceThePointBefore) {
  const auto review = stepped();
  Case state;
  state.held(1, 7).held(2, 14);
  state.goals.push_back(std::make_unique<fb::GoalT>());
  state.goals[0]->time = on(10);
  state.goals[0]->goal = "sleep";
  EXPECT_EQ(asked(review, state, 15), (Keys{"sr/s2/tasks", "sr/s2/fit"}));
  state.adapted(20);
  EXPECT_EQ(asked(review, state, 57), (Keys{"sr/w8/tasks", "sr/w8/goals"}));  // that goal is of before
}

TEST(SteppedReview, SaysNothingOfAPractitionerOrOfACaseThatIsOver) {
  const auto review = stepped();
  Case state;
  state.held(2, 14);
  state.closed = on(15);
  EXPECT_TRUE(asked(review, state, 16).empty());
  EXPECT_TRUE(asked(review, practitioner(), 100).empty());
}

TEST(SteppedReview, AFileAtFaultIsRefusedByField) {
  const std::pair<const char*, std::function<void(fb::SteppedReviewT&)>> faults[] = {
      {"points[0]: must have a session or a week", [](fb::SteppedReviewT& r) { r.points[0]->week = 3; }},
      {"points[1].id", [](fb::SteppedReviewT& r) { r.points[1]->id = "s2"; }},
      {"points[0].questions[0]", [](fb::SteppedReviewT& r) { r.points[0]->questions = {"none"}; }},
      {"questions[1].id", [](fb::SteppedReviewT& r) { r.questions[1]->id = "tasks"; }},
      {"questions[0].text", [](fb::SteppedReviewT& r) { r.questions[0]->text.clear(); }},
      {"questions[0].minutes", [](fb::SteppedReviewT& r) { r.questions[0]->minutes = -1; }},
      {"within_days", [](fb::SteppedReviewT& r) { r.within_days = 0; }},
  };
  for (const auto& [says, break_it] : faults) {
    auto review = stepped();
    ASSERT_NO_THROW(alliance::tailoring::check(review, "f"));
    break_it(review);
    try {
      alliance::tailoring::check(review, "f");
      ADD_FAILURE() << says;
    } catch (const alliance::Error& error) {
      EXPECT_NE(error.message().find(std::string("f: ") + says), std::string::npos) << error.message();
    }
  }
}

}  // namespace
