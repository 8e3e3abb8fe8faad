// SPDX-License-Identifier: Apache-2.0
// A case's sheets are watched one by one, each looked at once.
#include <gtest/gtest.h>
#include <time.h>

#include <random>

#include "host/series.h"

namespace {

using alliance::host::AllianceWatch;
using alliance::host::Instruments;
namespace fb = alliance::fb;
namespace measure = alliance::measure;

void add_sheet(fb::CaseT& state, double value) {
  auto sheet = std::make_unique<fb::SheetT>();
  sheet->event = "a" + std::to_string(state.sheets.size());
  sheet->time = static_cast<std::int64_t>(state.sheets.size());
  sheet->instrument = "mood";
  sheet->rater = fb::Rater::client;
  auto score = std::make_unique<fb::ScoreT>();
  score->scale = "total";
  score->roles = {"alliance.pulse"};
  score->value = value;
  sheet->scores.push_back(std::move(score));
  state.sheets.push_back(std::move(sheet));
}

TEST(AllianceWatch, FindsSheetBySheetWhatTheWholeSeriesSays) {
  std::mt19937 random(11);
  fb::CaseT state;
  AllianceWatch watch;
  const Instruments none;
  std::vector<double> points;
  std::vector<std::size_t> drops, repaired, unrepaired;
  for (int i = 0; i < 300; ++i) {
    points.push_back(static_cast<double>(random() % 21));
    add_sheet(state, points.back());
    EXPECT_FALSE(watch.up_to_date(state));
    for (const auto& signal : watch.signals(state, none)) {
      auto& of = signal.kind == fb::SignalKind::drop       ? drops
                 : signal.kind == fb::SignalKind::repaired ? repaired
                                                           : unrepaired;
      of.push_back(points.size() - 1);
    }
    EXPECT_TRUE(watch.up_to_date(state));
  }
  std::vector<std::size_t> all_drops, all_repaired, all_unrepaired;
  for (const auto& drop : measure::drops(points, {})) {
    all_drops.push_back(drop.at);
    const auto outcome = measure::repair(points, drop, {});
    if (outcome.state == measure::Repair::repaired) all_repaired.push_back(outcome.at);
    if (outcome.state == measure::Repair::unrepaired) all_unrepaired.push_back(outcome.at);
  }
  std::sort(all_repaired.begin(), all_repaired.end());
  std::sort(all_unrepaired.begin(), all_unrepaired.end());
  EXPECT_GT(drops.size(), 20u);
  EXPECT_EQ(drops, all_drops);
  EXPECT_EQ(repaired, all_repaired);
  EXPECT_EQ(unrepaired, all_unrepaired);
}

double processor_seconds() {
  timespec at{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
  return static_cast<double>(at.tv_sec) + static_cast<double>(at.tv_nsec) / 1e9;
}

// Looking at all sheets for each new one made the last of them cost a hundred times the first.
TEST(AllianceWatch, ASheetAfterManyThousandsCostsWhatOneAfterFewDoes) {
  constexpr int parts = 10, each = 2'000;
  fb::CaseT state;
  AllianceWatch watch;
  const Instruments none;
  std::vector<double> took;
  for (int part = 0; part < parts; ++part) {
    const double before = processor_seconds();
    for (int i = 0; i < each; ++i) {
      add_sheet(state, i % 4 == 3 ? 0 : 10 + i % 2);
      for (auto& signal : watch.signals(state, none)) {
        state.signals.push_back(std::make_unique<fb::SignalRecordT>());
        state.signals.back()->signal = std::make_unique<fb::AllianceSignalT>(std::move(signal));
      }
    }
    took.push_back(processor_seconds() - before);
  }
  EXPECT_GT(state.signals.size(), 1'000u);
  AllianceWatch anew;  // as after a restart
  EXPECT_TRUE(anew.signals(state, none).empty());
  EXPECT_LT(took.back(), 5 * took[1]) << took.back() << " s, and " << took[1] << " s";
}

}  // namespace
