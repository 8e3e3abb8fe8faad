// SPDX-License-Identifier: Apache-2.0
#include <random>

#include "loaded.h"

namespace {

using namespace loaded;

TEST(XapiHostile, RandomBytesAreListedAndNothingElseHappens) {
  Adapter adapter;
  std::mt19937 chance(11);
  const std::string good = Said{}.json();
  static constexpr char syntax[] = "{}[]\",:\\\n \x00\xFF";
  for (int round = 0; round < 400; ++round) {
    std::string payload;
    for (unsigned i = 0, n = chance() % 300; i < n; ++i) {
      payload += chance() % 2 ? static_cast<char>(chance() % 256) : syntax[chance() % (sizeof syntax - 1)];
    }
    if (round % 2) {  // a good one, hurt in a few places
      payload = good + "\n" + good;
      for (int i = 0; i < 3; ++i) payload[chance() % payload.size()] = syntax[chance() % (sizeof syntax - 1)];
    }
    const fb::EventBatchT batch = adapter.taken(payload);
    EXPECT_LE(batch.events.size(), 2u);
    EXPECT_EQ(adapter.ingest(payload).bytes, adapter.ingest(payload).bytes);
  }
}

TEST(XapiHostile, DepthLengthAndNumberHaveLimits) {
  Adapter adapter;
  const std::string good = Said{}.json();
  const std::string deep = R"({"id":)" + std::string(100'000, '[');
  fb::EventBatchT batch =
      adapter.taken(good + "\n" + deep + "\n" + std::string(1u << 20, 'x') + "\n" + R"({"id":")" +
                    std::string((1u << 20) + 1, 'a') + "\"}\n" + std::string(5000, '[') + std::string(5000, ']'));
  EXPECT_EQ(batch.events.size(), 1u);
  EXPECT_EQ(batch.unmapped.size(), 4u);
  batch = adapter.taken(R"({"x":)" + std::string(200, '[') + std::string(200, ']') + "}\n" + good);
  EXPECT_EQ(batch.events.size(), 1u);
  EXPECT_NE(batch.unmapped.at(0)->reason.find("deeper"), std::string::npos);

  std::string junk;
  for (int i = 0; i < 10'500; ++i) junk += "x\n";
  batch = adapter.taken(junk + good);
  EXPECT_EQ(batch.events.size(), 1u);
  ASSERT_EQ(batch.unmapped.size(), 10'001u);
  EXPECT_NE(batch.unmapped.back()->reason.find("500 more"), std::string::npos);

  const Answer large = adapter.ingest(std::string((16u << 20) + 1, '\n'));
  EXPECT_EQ(large.status, ALLIANCE_E_LIMIT);
  EXPECT_TRUE(large.bytes.empty());
  std::string many;
  for (int i = 0; i <= 25'000; ++i) many += Said{.id = numbered(i), .version = ""}.json() + "\n";
  EXPECT_EQ(adapter.ingest(many).status, ALLIANCE_E_LIMIT);
}

TEST(XapiHostile, TextThatIsNoUtf8IsNoEvent) {
  Adapter adapter;
  const fb::EventBatchT batch =
      adapter.taken(Said{.actor = "{\"account\":{\"homePage\":\"https://h\",\"name\":\"c\xFF\"}}"}.json());
  EXPECT_TRUE(batch.events.empty());
  EXPECT_EQ(batch.unmapped.size(), 1u);
}

}  // namespace
