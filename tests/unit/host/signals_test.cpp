// SPDX-License-Identifier: Apache-2.0
// What a case's sheets say over time is the same however they came.
#include <algorithm>
#include <random>

#include "kit.h"

namespace {

using namespace kit;

class HostSignals : public ::testing::Test {
 protected:
  void SetUp() override { reset(); }
  Folder folder;
};

std::string sheet(std::size_t number, int value) {
  return answered("a" + std::to_string(number), "c1", start + static_cast<std::int64_t>(number) * day, value,
                  R"("value":0)");
}

// Ids of the signals that follow when the sheets come in that order, and the host starts again before some of them.
std::vector<std::string> signals_of(const std::string& store, const std::vector<int>& values,
                                    const std::vector<std::size_t>& order, std::size_t restart_every) {
  reset();
  {
    Host first(store);
    first.record(opened("c1"));
  }
  for (std::size_t at = 0; at < order.size();) {
    Host host(store);
    for (const std::size_t end = std::min(at + restart_every, order.size()); at < end; ++at) {
      EXPECT_EQ(host.record(sheet(order[at], values[order[at]])), ALLIANCE_OK) << host.error.message;
    }
    host.drain();
  }
  std::vector<std::string> ids;
  for (const auto& seen : arrived("alliance-signal")) ids.push_back(seen.id);
  return ids;
}

std::vector<int> moods(std::size_t many) {
  std::mt19937 random(7);
  std::vector<int> values(many);
  for (auto& value : values) value = static_cast<int>(random() % 11);
  return values;
}

TEST_F(HostSignals, AreTheSameWhereTheHostStartsAgainInBetween) {
  const auto values = moods(60);
  std::vector<std::size_t> order(values.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  const auto at_once = signals_of(folder.file("once.db"), values, order, order.size());
  EXPECT_GT(at_once.size(), 10u);
  EXPECT_EQ(signals_of(folder.file("pieces.db"), values, order, 7), at_once);
  EXPECT_EQ(signals_of(folder.file("each.db"), values, order, 1), at_once);
}

TEST_F(HostSignals, CountASheetThatCameLateInItsPlace) {
  const auto values = moods(40);
  std::vector<std::size_t> order(values.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  for (std::size_t i = 5; i + 3 < order.size(); i += 6) std::swap(order[i], order[i + 3]);
  const auto at_once = signals_of(folder.file("once.db"), values, order, order.size());
  EXPECT_GT(at_once.size(), 5u);
  EXPECT_EQ(signals_of(folder.file("each.db"), values, order, 1), at_once);
}

}  // namespace
