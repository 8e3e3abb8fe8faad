// SPDX-License-Identifier: Apache-2.0
// Scoring: missing answers, bad sheets, reversed items, batches.
#include <cmath>
#include <limits>

#include "instrument.h"

using instruments_test::A;
using instruments_test::Folder;
using instruments_test::N;
using instruments_test::P;
using instruments_test::Plugin;
using instruments_test::prorate;
using instruments_test::R;
using instruments_test::S;

namespace {

// Ten items of 0 to 4 of which the second and third are reversed, as the CORE-10 counts.
std::string ten_items(const std::string& missing = R"({"rule": "none"})") {
  std::string items, ids;
  for (int i = 1; i <= 10; ++i) {
    const std::string comma = i == 1 ? "" : ", ", id = "\"i" + std::to_string(i) + "\"";
    items += comma + R"({"id": )" + id + R"(, "response": "r"})";
    ids += comma + id;
  }
  return R"({"id": "ten", "version": "1.0.0", "title": "Ten", "perspective": "client",
 "responses": [{"id": "r", "options": [{"value": 0}, {"value": 1}, {"value": 2}, {"value": 3}, {"value": 4}]}],
 "items": [)" +
         items + R"(], "scales": [
  {"id": "total", "method": "sum", "items": [)" +
         ids + R"(], "reversed": ["i2", "i3"], "min": 0, "max": 40,
   "direction": "lower_is_better",
   "bands": [{"id": "low", "from": 0, "to": 20}, {"id": "high", "from": 21, "to": 40}],
   "bands_provenance": {"certainty": "own", "source": "made up"}},
  {"id": "mean", "method": "mean", "items": ["i2", "i4"], "reversed": ["i2"], "min": 0, "max": 4,
   "direction": "lower_is_better"}],
 "missing": )" +
         missing + R"(,
 "licence": {"holder": "nobody", "terms": "free", "text_may_ship": true, "provenance": {"certainty": "own", "source": "x"}},
 "keys_provenance": {"certainty": "own", "source": "made up"},
 "vectors": [{"answers": [0, 4, 4, 0, 0, 0, 0, 0, 0, 0], "expected": [{"scale": "total", "value": 0, "band": "low"},
  {"scale": "mean", "value": 0}]}]})";
}

TEST(Scoring, ReversedItemsCountFromTheOtherEnd) {
  Folder folder;
  folder.write("ten.json", ten_items());
  Plugin plugin(folder.settings());
  auto* ten = plugin.create("ten");
  const auto scored = plugin.score(ten, {1, 1, 0, 2, 0, 0, 0, 0, 0, 0});
  ASSERT_EQ(scored.status, ALLIANCE_OK) << scored.message;
  EXPECT_EQ(scored.values, (std::vector<double>{1 + 3 + 4 + 2, 2.5}));
}

TEST(Scoring, ASheetWithAGapIsNotScorableUnlessARuleIsNamed) {
  Plugin plugin;
  auto* phq = plugin.create("phq-9");
  const std::vector<double> answers = {2, 2, 2, 2, 1, 1, 2, 1, 0};
  const std::vector<std::uint8_t> states = {A, A, A, A, A, A, A, A, S};
  const auto none = plugin.score(phq, answers, states);
  ASSERT_EQ(none.status, ALLIANCE_OK) << none.message;
  EXPECT_EQ(none.states[0], ALLIANCE_NOT_SCORABLE);
  EXPECT_EQ(none.values[0], 0);
  EXPECT_EQ(none.answered[0], 8u);
  EXPECT_EQ(none.bands[0], ALLIANCE_NO_BAND);

  // clinical.md 2.1: 8 answered, sum 13, gives 14.625, which has not reached the band from 15 on.
  const auto rule = prorate(2);
  const auto prorated = plugin.score(phq, answers, states, &rule);
  EXPECT_EQ(prorated.states[0], ALLIANCE_PRORATED);
  EXPECT_EQ(prorated.values[0], 14.625);
  EXPECT_EQ(prorated.answered[0], 8u);
  EXPECT_EQ(prorated.bands[0], 2);
}

TEST(Scoring, TenItemsWithEightAnsweredProrate) {
  Folder folder;
  folder.write("ten.json",
               ten_items(R"({"rule": "prorate", "most": 2, "provenance": {"certainty": "own", "source": "x"}})"));
  Plugin plugin(folder.settings());
  auto* ten = plugin.create("ten");
  // clinical.md 2.1: 8 of 10 answered, sum 17, gives 21.25. Items 2 and 3 give 4 - 1 and 4 - 2.
  const auto scored = plugin.score(ten, {4, 1, 2, 4, 4, 0, 0, 0, 9, 9}, {A, A, A, A, A, A, A, A, R, P});
  ASSERT_EQ(scored.status, ALLIANCE_OK) << scored.message;
  EXPECT_EQ(scored.values[0], 21.25);
  EXPECT_EQ(scored.states[0], ALLIANCE_PRORATED);
  EXPECT_EQ(scored.bands[0], 1);
  EXPECT_EQ(scored.states[1], ALLIANCE_SCORED);
  const alliance_missing none{sizeof none, ALLIANCE_MISSING_NONE, 0, 0};
  EXPECT_EQ(plugin.score(ten, {4, 1, 2, 4, 4, 0, 0, 0, 9, 9}, {A, A, A, A, A, A, A, A, R, P}, &none).states[0],
            ALLIANCE_NOT_SCORABLE);
  const auto three = plugin.score(ten, {4, 1, 2, 4, 4, 0, 0, 9, 9, 9}, {A, A, A, A, A, A, A, N, R, P});
  EXPECT_EQ(three.states[0], ALLIANCE_NOT_SCORABLE);
}

TEST(Scoring, NothingAnsweredIsNeverScored) {
  Plugin plugin;
  auto* phq = plugin.create("phq-9");
  const auto rule = prorate(9);
  const auto scored = plugin.score(phq, std::vector<double>(9, 0), std::vector<std::uint8_t>(9, S), &rule);
  ASSERT_EQ(scored.status, ALLIANCE_OK) << scored.message;
  EXPECT_EQ(scored.states[0], ALLIANCE_NOT_SCORABLE);
  EXPECT_EQ(scored.answered[0], 0u);
}

TEST(Scoring, AMeanIsTheMeanOfWhatWasAnswered) {
  Plugin plugin;
  auto* pulse = plugin.create("alliance-pulse-client");
  EXPECT_EQ(plugin.score(pulse, {10, 10, 9}).values, (std::vector<double>{29.0 / 3, 10, 10, 9}));
  const auto rule = prorate(1);
  const auto scored = plugin.score(pulse, {8, 0, 7}, {A, S, A}, &rule);
  EXPECT_EQ(scored.values, (std::vector<double>{7.5, 8, 0, 7}));
  EXPECT_EQ(scored.states,
            (std::vector<std::uint8_t>{ALLIANCE_PRORATED, ALLIANCE_SCORED, ALLIANCE_NOT_SCORABLE, ALLIANCE_SCORED}));
}

TEST(Scoring, WhatIsNoOptionIsABadSheetThatNamesTheItem) {
  Plugin plugin;
  auto* phq = plugin.create("phq-9");
  for (const double value : {4.0, -1.0, 1.5, 1e300, -1e300, 0.9999999999999999}) {
    std::vector<double> answers(9, 0);
    answers[3] = value;
    const auto scored = plugin.score(phq, answers);
    EXPECT_EQ(scored.status, ALLIANCE_E_BAD_INPUT) << value;
    EXPECT_NE(scored.message.find("item 4"), std::string::npos) << scored.message;
    EXPECT_NE(scored.message.find("0, 1, 2 or 3"), std::string::npos) << scored.message;
    EXPECT_EQ(scored.values[0], -99) << "an output was touched";
    double quoted = 0;
    EXPECT_EQ(std::sscanf(scored.detail.c_str(), "%lf", &quoted), 1);
    EXPECT_EQ(quoted, value);
  }
}

TEST(Scoring, UnsetStatesAndNumbersThatAreNoneAreBadSheets) {
  Plugin plugin;
  auto* phq = plugin.create("phq-9");
  for (const double value : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
    std::vector<double> answers(9, 0);
    answers[8] = value;
    const auto scored = plugin.score(phq, answers);
    EXPECT_EQ(scored.status, ALLIANCE_E_BAD_INPUT);
    EXPECT_NE(scored.message.find("9"), std::string::npos) << scored.message;
    EXPECT_EQ(plugin.batch(phq, 1, answers).states[0], ALLIANCE_BAD_SHEET);
  }
  for (const int state : {0, 6, 255}) {
    std::vector<std::uint8_t> states(9, A);
    states[1] = static_cast<std::uint8_t>(state);
    EXPECT_EQ(plugin.score(phq, std::vector<double>(9, 0), states).status, ALLIANCE_E_BAD_INPUT) << state;
    EXPECT_EQ(plugin.batch(phq, 1, std::vector<double>(9, 0), states).states[0], ALLIANCE_BAD_SHEET) << state;
  }
  // A value is read only where it was answered.
  const std::vector<double> noise(9, std::nan(""));
  EXPECT_EQ(plugin.score(phq, noise, std::vector<std::uint8_t>(9, S)).status, ALLIANCE_OK);
}

TEST(Scoring, ABatchSaysWhatSingleSheetsSayAndSkipsOnlyBadRows) {
  Plugin plugin;
  auto* wai = plugin.create("wai-sr-c");
  constexpr std::uint64_t rows = 500;
  std::vector<double> values;
  std::vector<std::uint8_t> states;
  unsigned seed = 7;
  for (std::uint64_t i = 0; i < rows * 12; ++i) {
    seed = seed * 1664525u + 1013904223u;
    values.push_back((seed >> 16) % 60 == 0 ? 6 : 1 + (seed >> 20) % 5);
    states.push_back((seed >> 8) % 30 == 0 ? S : A);
  }
  const auto rule = prorate(2);
  const auto all = plugin.batch(wai, rows, values, states, &rule);
  ASSERT_EQ(all.status, ALLIANCE_OK);
  int bad = 0, prorated = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::vector<double> sheet(values.begin() + static_cast<std::ptrdiff_t>(row * 12),
                                    values.begin() + static_cast<std::ptrdiff_t>(row * 12 + 12));
    const std::vector<std::uint8_t> state(states.begin() + static_cast<std::ptrdiff_t>(row * 12),
                                          states.begin() + static_cast<std::ptrdiff_t>(row * 12 + 12));
    const auto one = plugin.score(wai, sheet, state, &rule);
    for (std::size_t scale = 0; scale < 4; ++scale) {
      const std::size_t at = row * 4 + scale;
      if (one.status != ALLIANCE_OK) {
        EXPECT_EQ(all.states[at], ALLIANCE_BAD_SHEET);
        bad += scale == 0;
        continue;
      }
      EXPECT_EQ(all.values[at], one.values[scale]);
      EXPECT_EQ(all.states[at], one.states[scale]);
      EXPECT_EQ(all.answered[at], one.answered[scale]);
      prorated += scale == 0 && one.states[0] == ALLIANCE_PRORATED;
    }
  }
  EXPECT_GT(bad, 10);
  EXPECT_GT(prorated, 10);
}

TEST(Scoring, WrongShapesAreRefused) {
  Plugin plugin;
  auto* phq = plugin.create("phq-9");
  EXPECT_EQ(plugin.score(phq, std::vector<double>(8, 0)).status, ALLIANCE_E_INVALID);
  EXPECT_EQ(plugin.table().score(phq, nullptr, nullptr, nullptr, nullptr), ALLIANCE_E_INVALID);
}

}  // namespace
