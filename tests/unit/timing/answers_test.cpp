// SPDX-License-Identifier: Apache-2.0
#include "plugins/timing/answers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace {

using alliance::timing::Answered;
using alliance::timing::Window;
using Found = std::vector<bool>;

Found shared_out(const std::vector<Window>& windows, std::vector<Answered> sheets) {
  Found found;
  for (const Answered* sheet : alliance::timing::answered(windows, sheets)) found.push_back(sheet != nullptr);
  return found;
}

TEST(Answers, CountWithinTheWindowBothEndsIncluded) {
  const std::vector<Window> one = {{10, 20, 0}};
  EXPECT_EQ(shared_out(one, {{9, 0, {}}}), Found{false});
  EXPECT_EQ(shared_out(one, {{10, 0, {}}}), Found{true});
  EXPECT_EQ(shared_out(one, {{20, 0, {}}}), Found{true});
  EXPECT_EQ(shared_out(one, {{21, 0, {}}}), Found{false});
}

TEST(Answers, SayWhichSheetItWas) {
  std::vector<Answered> sheets = {{25, 0, "later"}, {15, 0, "earlier"}, {15, 0, "and another"}};
  const auto found = alliance::timing::answered({{10, 20, 0}, {10, 30, 0}, {40, 50, 0}}, sheets);
  ASSERT_NE(found[0], nullptr);
  ASSERT_NE(found[1], nullptr);
  // which of two at one instant goes where is the same whatever their order
  EXPECT_EQ(found[0]->event, "earlier");
  EXPECT_EQ(found[1]->event, "and another");
  EXPECT_EQ(found[2], nullptr);
}

TEST(Answers, EachSheetAnswersOneOccasion) {
  const std::vector<Window> two = {{0, 20, 0}, {10, 30, 0}};
  EXPECT_EQ(shared_out(two, {{15, 0, {}}}), (Found{true, false}));
  EXPECT_EQ(shared_out(two, {{15, 0, {}}, {16, 0, {}}}), (Found{true, true}));
  EXPECT_EQ(shared_out(two, {{5, 0, {}}, {6, 0, {}}}), (Found{true, false}));
}

TEST(Answers, AnswerAsManyAsPossible) {
  // the first window takes either sheet, the second only the earlier one
  EXPECT_EQ(shared_out({{0, 30, 0}, {0, 12, 0}}, {{10, 0, {}}, {25, 0, {}}}), (Found{true, true}));
}

TEST(Answers, GoToTheSessionTheyName) {
  const std::vector<Window> sessions = {{0, 20, 3}, {10, 30, 4}};
  EXPECT_EQ(shared_out(sessions, {{15, 4, {}}}), (Found{false, true}));
  EXPECT_EQ(shared_out(sessions, {{15, 0, {}}}), (Found{true, false}));
  EXPECT_EQ(shared_out(sessions, {{15, 9, {}}}), (Found{true, false}));  // a number that fits nothing still counts
}

// The most that any sharing out can answer, by trying them all.
std::size_t most(const std::vector<Window>& windows, const std::vector<Answered>& sheets, std::size_t from,
                 std::uint32_t used) {
  if (from == windows.size()) return 0;
  std::size_t best = most(windows, sheets, from + 1, used);
  for (std::size_t s = 0; s < sheets.size(); ++s) {
    if ((used >> s & 1u) != 0 || sheets[s].time < windows[from].opens || sheets[s].time > windows[from].expires)
      continue;
    best = std::max(best, 1 + most(windows, sheets, from + 1, used | 1u << s));
  }
  return best;
}

TEST(Answers, AreManyAsCanBeInAnyOrderAndOneMoreTakesNoneAway) {
  std::mt19937 chance(7);
  const auto number = [&](int below) { return static_cast<int>(chance() % static_cast<unsigned>(below)); };
  for (int round = 0; round < 300; ++round) {
    std::vector<Window> windows;
    for (int i = 0, n = 1 + number(5); i < n; ++i) {
      const int opens = number(20);
      windows.push_back({opens, opens + number(12), 0});
    }
    std::sort(windows.begin(), windows.end(), [](const auto& a, const auto& b) { return a.expires < b.expires; });
    std::vector<Answered> sheets;
    for (int i = 0, n = number(6); i < n; ++i) sheets.push_back({number(32), 0, {}});
    const Found found = shared_out(windows, sheets);
    EXPECT_EQ(static_cast<std::size_t>(std::count(found.begin(), found.end(), true)), most(windows, sheets, 0, 0));
    std::shuffle(sheets.begin(), sheets.end(), chance);
    EXPECT_EQ(shared_out(windows, sheets), found);
    sheets.push_back({number(32), 0, {}});
    const Found more = shared_out(windows, sheets);
    for (std::size_t i = 0; i < found.size(); ++i) EXPECT_TRUE(more[i] || !found[i]);
  }
}

}  // namespace
