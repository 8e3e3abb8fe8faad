// SPDX-License-Identifier: Apache-2.0
// Step changes against what the R package suddengains publishes of its 43 people.
#include "measure/step_change.h"

#include <gtest/gtest.h>

#include <set>

#include "sessions.h"

using namespace alliance::measure;

namespace step_change_tests {

struct Found {
  int person;
  Step step;
};

std::vector<Found> found_in(const std::map<int, std::vector<double>>& people, const StepRule& rule) {
  std::vector<Found> all;
  for (const auto& [person, scores] : people) {
    for (const Step& step : step_changes(scores, rule)) all.push_back({person, step});
  }
  return all;
}
std::size_t people_of(const std::vector<Found>& found) {
  std::set<int> people;
  for (const Found& one : found) people.insert(one.person);
  return people.size();
}
std::string places(const std::vector<Found>& found) {
  std::string text;
  for (const Found& one : found) {
    text += (text.empty() ? "" : " ") + std::to_string(one.person) + ":" + std::to_string(one.step.from + 1);
  }
  return text;
}

#define NEEDS_SESSIONS()                               \
  if (!std::filesystem::exists(sessions_test::file())) \
  GTEST_SKIP() << "shared data are not here: " << sessions_test::file()

TEST(StepChange, GainsOfTheRecordedSessionsAreThosePublished) {
  NEEDS_SESSIONS();
  const auto people = sessions_test::people();
  ASSERT_EQ(people.size(), 43u);
  const auto by_one = found_in(people, {.least = 7, .share = {}, .alpha = {}});
  EXPECT_EQ(by_one.size(), 34u);
  EXPECT_EQ(people_of(by_one), 19u);
  const auto by_two = found_in(people, {.least = 7, .alpha = {}});
  EXPECT_EQ(by_two.size(), 30u);
  EXPECT_EQ(people_of(by_two), 18u);
  const auto by_all = found_in(people, {.least = 7});
  EXPECT_EQ(people_of(by_all), 15u);
  EXPECT_EQ(places(by_all),
            "1:3 1:7 3:8 4:3 5:3 5:8 9:3 10:2 10:4 12:3 13:3 13:8 14:2 18:3 39:3 40:2 40:5 40:8 41:6 41:9 42:5 42:8 "
            "43:5 43:7");
  std::size_t reversed = 0, of_several = 0;
  for (const Found& one : by_all) {
    reversed += one.step.reversed_at.has_value();
    of_several +=
        std::count_if(by_all.begin(), by_all.end(), [&](const Found& o) { return o.person == one.person; }) > 1;
  }
  EXPECT_EQ(reversed, 4u);     // 16.67 %
  EXPECT_EQ(of_several, 17u);  // 70.83 %
}

TEST(StepChange, LossesOfTheRecordedSessionsAndTheirReversalsAreThosePublished) {
  NEEDS_SESSIONS();
  const auto people = sessions_test::people();
  const auto by_one = found_in(people, {.direction = Direction::rise, .least = 7, .share = {}, .alpha = {}});
  EXPECT_EQ(by_one.size(), 4u);
  EXPECT_EQ(people_of(by_one), 4u);
  const auto by_all = found_in(people, {.direction = Direction::rise, .least = 7});
  ASSERT_EQ(places(by_all), "4:9 34:7 35:7");
  const double wanted[][3] = {{24, 33, 28.5}, {8, 20, 14}, {4, 22, 13}};
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(by_all[i].step.before, wanted[i][0]);
    EXPECT_EQ(by_all[i].step.now, wanted[i][1]);
    EXPECT_EQ(by_all[i].step.reversal_value, wanted[i][2]);
  }
  EXPECT_TRUE(by_all[0].step.reversed_at);
  EXPECT_FALSE(by_all[1].step.reversed_at);
  EXPECT_TRUE(by_all[2].step.reversed_at);
}

TEST(StepChange, TurningTheSignTurnsGainsIntoLosses) {
  NEEDS_SESSIONS();
  auto people = sessions_test::people();
  const StepRule fall{.least = 7, .share = {}}, rise{.direction = Direction::rise, .least = 7, .share = {}};
  const std::string gains = places(found_in(people, fall)), losses = places(found_in(people, rise));
  for (auto& [person, scores] : people) {
    for (double& score : scores) score = 63 - score;
  }
  EXPECT_EQ(places(found_in(people, rise)), gains);
  EXPECT_EQ(places(found_in(people, fall)), losses);
}

TEST(StepChange, TheThirdCriterionTakesTwoOfThreeOccasionsAndFewerDegreesOfFreedom) {
  const double gap = std::nan("");
  // 3.182 at 3 degrees of freedom, 4.303 at 2.
  const auto found = step_changes(std::vector<double>{gap, 31, 33, 5, 6, 7}, {.least = 7});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_NEAR(found[0].threshold, 3.182446 * std::sqrt((2.0 + 2.0) / 3), 1e-5);
  EXPECT_EQ(found[0].mean_before, 32);
  EXPECT_EQ(found[0].mean_after, 6);
  EXPECT_NEAR(step_changes(std::vector<double>{gap, 31, 33, 5, gap, 7}, {.least = 7}).at(0).threshold,
              4.302653 * std::sqrt((2.0 + 2.0) / 2), 1e-5);
  EXPECT_TRUE(step_changes(std::vector<double>{gap, gap, 33, 5, 6, 7}, {.least = 7}).empty());
  EXPECT_TRUE(step_changes(std::vector<double>{32, 31, 33, gap, 6, 7}, {.least = 7}).empty());
  EXPECT_EQ(step_changes(std::vector<double>{gap, gap, 33, 5, 6, 7}, {.least = 7, .alpha = {}}).size(), 1u);
}

TEST(StepChange, FewOccasionsAndNoCriterionFindNothing) {
  EXPECT_TRUE(step_changes({}, {.least = 7}).empty());
  EXPECT_TRUE(step_changes(std::vector<double>{30, 30, 5}, {.least = 7}).empty());
  EXPECT_TRUE(step_changes(std::vector<double>{30, 30, 5, 5}, {.least = {}, .share = {}, .alpha = {}}).empty());
  EXPECT_EQ(step_changes(std::vector<double>{30, 30, 5, 5}, {.least = 7}).size(), 1u);
  EXPECT_TRUE(step_changes(std::vector<double>{5, 5, 5, 5, 5}, {.least = 0}).empty());
}

TEST(StepChange, ALongSeriesThatIsNeverReversedTakesNoLongTime) {
  std::vector<double> scores;
  for (int i = 0; i < 1'000'000; ++i) scores.push_back(-10.0 * i);
  EXPECT_EQ(step_changes(scores, {.least = 7, .share = {}, .alpha = {}}).size(), scores.size() - 3);
}

}  // namespace step_change_tests
