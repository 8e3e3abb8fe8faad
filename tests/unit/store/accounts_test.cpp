// SPDX-License-Identifier: Apache-2.0
// Time accounts over streams: the sums are those of the parts, whatever was put in their place.
#include <gtest/gtest.h>

#include <random>

#include "making.h"
#include "store/sqlite.h"

namespace alliance::store {
namespace {

std::unique_ptr<Store> store_at(const std::string& path) {
  auto store = Store::open(path, "clinic");
  EXPECT_TRUE(store) << (store ? "" : store.error().message);
  return store ? std::move(*store) : nullptr;
}

Entry entry_of(const std::string& stream, std::uint64_t n, Account account) {
  Entry entry = made_entry(stream, n);
  entry.account = std::move(account);
  return entry;
}

std::vector<std::int64_t> sum_of(Store& store, CarriedBy of, const std::string& id) {
  const auto sums = store.account_sums(of, id);
  EXPECT_TRUE(sums);
  std::vector<std::int64_t> total;
  for (const auto& sum : *sums) {
    total.resize(std::max(total.size(), sum.figures.size()));
    for (std::size_t i = 0; i < sum.figures.size(); ++i) total[i] += sum.figures[i];
  }
  return total;
}

TEST(StoreAccounts, SumWhatStreamsLastSaidAndKeepItOverARestart) {
  const Folder folder;
  std::mt19937 random(7);
  std::map<std::string, Account> last;
  {
    auto store = store_at(folder / "s");
    for (std::uint64_t n = 1; n <= 300; ++n) {
      const std::string stream = "case-" + std::to_string(random() % 20);
      Account account{"s" + std::to_string(random() % 2),
                      "p" + std::to_string(random() % 3),
                      static_cast<std::uint8_t>(1 + random() % 2),
                      random() % 4 != 0,
                      {},
                      Bytes{1, 2}};
      if (random() % 5 != 0) account.figures = {static_cast<std::int64_t>(random() % 1000), 1, -3};
      last[stream] = account;
      ASSERT_TRUE(store->commit({entry_of(stream, n, account)}, 1));
    }
  }
  auto store = store_at(folder / "s");
  for (const char* id : {"p0", "p1", "p2", "s0", "s1"}) {
    const CarriedBy of = id[0] == 'p' ? CarriedBy::practitioner : CarriedBy::service;
    std::vector<std::int64_t> expected(3, 0);
    int open = 0;
    for (const auto& [stream, account] : last) {
      if ((id[0] == 'p' ? account.practitioner : account.service) != id) continue;
      open += account.open;
      for (std::size_t i = 0; i < account.figures.size(); ++i) expected[i] += account.figures[i];
    }
    EXPECT_EQ(sum_of(*store, of, id), expected) << id;
    int seen = 0;
    EXPECT_TRUE(store->accounts(of, id, true, [&](std::span<const std::uint8_t> bytes) -> Result<void> {
      EXPECT_EQ(bytes.size(), 2u);
      ++seen;
      return {};
    }));
    EXPECT_EQ(seen, open) << id;
  }
}

TEST(StoreAccounts, FindsWhatOverlapsAndReplacesAStreamsSpans) {
  const Folder folder;
  auto store = store_at(folder / "s");
  Entry one = made_entry("case-1", 1), two = made_entry("case-2", 1);
  one.spans = SpansOf{"p", {{"case-1", "a", 100, 200, false, false}, {"case-1", "b", 300, 400, true, true}}};
  two.spans = SpansOf{"p", {{"case-2", "c", 150, 350, false, true}}};
  ASSERT_TRUE(store->commit({one, two}, 1));
  const auto ids = [&](std::int64_t from, std::int64_t until, const char* of = "p") {
    std::string all;
    const auto found = store->spans(of, from, until);
    for (const auto& span : *found) all += span.stream + "/" + span.id + " ";
    return all;
  };
  EXPECT_EQ(ids(0, 1000), "case-1/a case-2/c case-1/b ");
  EXPECT_EQ(ids(200, 300), "case-2/c ");  // what only touches does not overlap
  EXPECT_EQ(ids(0, 1000, "q"), "");
  const auto found = store->spans("p", 300, 301);
  ASSERT_EQ(found->size(), 2u);
  EXPECT_TRUE((*found)[0].sure && !(*found)[0].session && (*found)[1].session);
  one = made_entry("case-1", 2);
  one.spans = SpansOf{"p", {{"case-1", "b", 310, 320, true, true}}};
  ASSERT_TRUE(store->commit({one}, 1));
  EXPECT_EQ(ids(0, 1000), "case-2/c case-1/b ");
}

TEST(StoreAccounts, OfAStoreOfAnEarlierFormatHaveToBeMade) {
  const Folder folder;
  {
    auto store = store_at(folder / "s");
    EXPECT_EQ(*store->accounts_version(), "");
    ASSERT_TRUE(store->set_accounts_version("1"));
    ASSERT_TRUE(store->commit({entry_of("case-1", 1, {"s", "p", 1, true, {5}, Bytes{1}})}, 1));
    EXPECT_EQ(sum_of(*store, CarriedBy::service, "s"), std::vector<std::int64_t>{5});
  }
  auto store = store_at(folder / "s");
  EXPECT_EQ(*store->accounts_version(), "1");
  ASSERT_TRUE(store->set_accounts_version(""));
  EXPECT_TRUE(sum_of(*store, CarriedBy::service, "s").empty());
}

}  // namespace
}  // namespace alliance::store
