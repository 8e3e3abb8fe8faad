// SPDX-License-Identifier: Apache-2.0
#include "store/store.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <thread>

#include "making.h"
#include "store/outbox_view.h"
#include "store/sqlite.h"

namespace alliance::store {
namespace {

std::unique_ptr<Store> opened(const std::string& path) {
  auto store = Store::open(path, "clinic");
  EXPECT_TRUE(store) << (store ? "" : store.error().message);
  return store ? std::move(*store) : nullptr;
}

std::vector<std::string> all_ids(Store& store, Lane lane, std::uint64_t after = 0) {
  std::vector<std::string> ids;
  for (;;) {
    const auto chunks = store.outbox(lane, after, 16);
    EXPECT_TRUE(chunks);
    if (!chunks || chunks->empty()) return ids;
    for (const auto& chunk : *chunks) {
      EXPECT_GT(chunk.position, after);
      after = chunk.position;
      for (auto& id : ids_of(chunk)) ids.push_back(id);
    }
  }
}

TEST(Store, FindsWhatSomebodyCarriesAndKnowsTheLatestInstant) {
  const Folder folder;
  const auto ids = [](Store& store, CarriedBy by, const std::string& id) {
    std::string names;
    const auto heads = store.streams_of(by, id);
    EXPECT_TRUE(heads);
    for (const auto& head : *heads) names += head.id + "/" + head.carrier.practitioner + " ";
    return names;
  };
  {
    auto store = opened(folder / "s");
    EXPECT_TRUE(*store->knows_carriers());
    EXPECT_EQ(*store->latest(), 0);
    auto first = made_entry("case-1", 9), second = made_entry("case-2", 1), later = made_entry("case-1", 3);
    first.carrier = {"north", "p1"};
    second.carrier = {"north", "p2"};
    auto own = made_entry("host/time", 30);  // nothing happened to anybody
    own.normal.clear();
    ASSERT_TRUE(store->commit({first, second, made_entry("case-3", 2), own}, store->new_epoch(1000)));
    ASSERT_TRUE(store->commit({later}, 0));
    EXPECT_EQ(ids(*store, CarriedBy::practitioner, "p1"), "case-1/p1 ");
    EXPECT_EQ(ids(*store, CarriedBy::service, "north"), "case-1/p1 case-2/p2 ");
    EXPECT_EQ(ids(*store, CarriedBy::practitioner, ""), "") << "nobody carries what nobody was named for";
    EXPECT_EQ(*store->latest(), 9000);
    Entry moved;
    moved.stream = "case-2";
    moved.carrier = {"south", "p1"};
    ASSERT_TRUE(store->commit({moved}, 0));
    ASSERT_EQ(*store->acknowledged("there", Lane::normal), 0u);
    ASSERT_TRUE(store->acknowledge("there", Lane::normal, store->last(Lane::normal)));
    ASSERT_TRUE(store->flush());  // the outbox is empty: the totals alone know
    EXPECT_EQ(*store->latest(), 9000);
  }
  auto store = opened(folder / "s");
  EXPECT_EQ(*store->latest(), 9000);
  EXPECT_EQ(ids(*store, CarriedBy::practitioner, "p1"), "case-1/p1 case-2/p1 ");
  EXPECT_EQ(ids(*store, CarriedBy::service, "south"), "case-2/p1 ");
  Act act;
  act.kind = ActKind::erase;
  act.stream = "case-2";
  act.time = 10'000;
  act.epoch = 2000;
  ASSERT_TRUE(store->instruct(act));
  EXPECT_EQ(ids(*store, CarriedBy::practitioner, "p1"), "case-1/p1 ") << "who carried it goes with it";
  EXPECT_EQ(ids(*store, CarriedBy::service, "south"), "");
}

TEST(Store, KeepsEventsValuesAndHeadsOverARestart) {
  const Folder folder;
  {
    auto store = opened(folder / "s");
    auto first = made_entry("case-1", 1);
    first.wake = 55;
    first.values = {{"plugin/a", 1, {9}}, {"plugin/b", 2, {}}};
    auto second = made_entry("case-1", 2);
    second.wake = 77;
    second.values = {{"plugin/a", 3, {8, 8}}};
    ASSERT_TRUE(store->commit({first, second, made_entry("case-2", 1)}, store->new_epoch(1000)));
  }
  auto store = opened(folder / "s");
  const auto heads = store->streams();
  ASSERT_TRUE(heads);
  ASSERT_EQ(heads->size(), 2u);
  EXPECT_EQ((*heads)[0].id, "case-1");
  EXPECT_EQ((*heads)[0].epoch, 1000);
  EXPECT_EQ((*heads)[0].next_sequence, 3u);
  EXPECT_EQ((*heads)[0].wake, 77);
  EXPECT_EQ((*heads)[0].events, 2u);
  const auto log = store->log("case-1");
  ASSERT_TRUE(log);
  ASSERT_EQ(log->size(), 2u);
  EXPECT_EQ((*log)[1].event_id, "e2");
  EXPECT_EQ((*log)[1].time, 2000);
  EXPECT_EQ((*log)[1].event, (Bytes{1, 2, 3}));
  EXPECT_EQ((*log)[1].derived, (Bytes{4, 5}));
  const auto values = store->values("case-1");
  ASSERT_TRUE(values);
  ASSERT_EQ(values->size(), 2u);
  EXPECT_EQ((*values)[0].version, 3u);
  EXPECT_EQ((*values)[0].bytes, (Bytes{8, 8}));
  EXPECT_TRUE((*values)[1].bytes.empty());
  EXPECT_TRUE(store->log("no such case")->empty());
  EXPECT_GT(store->new_epoch(5), 1000);
}

TEST(Store, PutsTheReportsOfOneCommitIntoOneChunkPerLane) {
  const Folder folder;
  auto store = opened(folder / "s");
  auto entry = made_entry("a", 1);
  entry.normal.push_back(made_envelope("a", 2));
  entry.safety = {made_envelope("a", 3, Lane::safety)};
  ASSERT_TRUE(store->commit({entry, made_entry("b", 1)}, 1));
  const auto normal = store->outbox(Lane::normal, 0, 10);
  ASSERT_EQ(normal->size(), 1u);
  EXPECT_EQ(ids_of(normal->front()), (std::vector<std::string>{"a-1", "a-2", "b-1"}));
  const auto safety = store->outbox(Lane::safety, 0, 10);
  ASSERT_EQ(safety->size(), 1u);
  EXPECT_EQ(ids_of(safety->front()), (std::vector<std::string>{"a-3"}));
  EXPECT_NE(normal->front().position, safety->front().position);
  EXPECT_EQ(store->last(Lane::normal), normal->front().position);
  const auto* envelope = flatbuffers::GetRoot<fb::Batch>(normal->front().batch.data())->envelopes()->Get(1);
  EXPECT_EQ(envelope->epoch(), 7);
  EXPECT_EQ(envelope->sequence(), 2u);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(envelope->payload()->data()) % 8, 0u);
}

TEST(Store, CutsAVeryLargeCommitIntoSeveralChunksInOrder) {
  const Folder folder;
  auto store = opened(folder / "s");
  auto entry = made_entry("a", 1);
  std::vector<std::string> expected{"a-1"};
  for (std::uint64_t i = 2; i <= 6; ++i) {
    entry.normal.push_back(made_envelope("a", i, Lane::normal, "clinic", 600'000));
    expected.push_back("a-" + std::to_string(i));
  }
  ASSERT_TRUE(store->commit({entry}, 1));
  EXPECT_EQ(store->outbox(Lane::normal, 0, 100)->size(), 5u);
  EXPECT_EQ(all_ids(*store, Lane::normal), expected);
}

TEST(Store, DeletesWhatEveryEndpointHasAcknowledgedAndNeverGivesAPositionTwice) {
  const Folder folder;
  std::uint64_t last = 0;
  {
    auto store = opened(folder / "s");
    EXPECT_EQ(*store->acknowledged("tcp://one", Lane::normal), 0u);
    EXPECT_EQ(*store->acknowledged("tcp://two", Lane::normal), 0u);
    for (std::uint64_t i = 1; i <= 3; ++i) ASSERT_TRUE(store->commit({made_entry("a", i)}, 1));
    last = store->last(Lane::normal);
    ASSERT_TRUE(store->acknowledge("tcp://one", Lane::normal, last));
    EXPECT_EQ(store->counts()->waiting, 3u);
    EXPECT_EQ(all_ids(*store, Lane::normal).size(), 3u);
    ASSERT_TRUE(store->acknowledge("tcp://two", Lane::normal, last - 1));
    EXPECT_EQ(store->counts()->waiting, 1u);
    EXPECT_EQ(store->counts()->acknowledged, 2u);
    ASSERT_TRUE(store->acknowledge("tcp://two", Lane::normal, last));
  }
  auto store = opened(folder / "s");
  EXPECT_TRUE(all_ids(*store, Lane::normal).empty());
  EXPECT_EQ(*store->acknowledged("tcp://one", Lane::normal), last);
  EXPECT_EQ(*store->acknowledged("tcp://three", Lane::normal), last);
  ASSERT_TRUE(store->commit({made_entry("a", 4)}, 1));
  EXPECT_GT(store->last(Lane::normal), last);
  const auto counts = *store->counts();
  EXPECT_EQ(counts.events, 4u);
  EXPECT_EQ(counts.reports, 4u);
  EXPECT_EQ(counts.acknowledged, 3u);
  EXPECT_EQ(counts.waiting, 1u);
}

// What there was in all lies with the last reports, or apart where these are gone: it is the same after each restart.
TEST(Store, CountsTheSameAfterARestartWhateverIsLeftInTheOutbox) {
  const Folder folder;
  std::uint64_t last = 0;
  for (std::uint64_t i = 1; i <= 6; ++i) {
    auto store = opened(folder / "s");
    ASSERT_EQ(*store->acknowledged("here:app", Lane::normal), last);
    auto entry = made_entry("a", i);
    if (i == 3) entry.normal.clear();
    ASSERT_TRUE(store->commit({std::move(entry)}, 7));
    if (i % 2 == 0) {
      last = store->last(Lane::normal);
      ASSERT_TRUE(store->acknowledge("here:app", Lane::normal, last));
    }
    const auto now = *store->counts();
    ASSERT_TRUE(store->flush());
    store.reset();
    const auto read = *opened(folder / "s")->counts();
    EXPECT_EQ(read.events, i);
    EXPECT_EQ(std::tie(now.events, now.reports, now.acknowledged, now.waiting),
              std::tie(read.events, read.reports, read.acknowledged, read.waiting))
        << i;
    const auto told = OutboxView::open(folder / "s")->status();
    EXPECT_EQ(std::tie(told->events, told->reports, told->acknowledged),
              std::tie(read.events, read.reports, read.acknowledged));
  }
}

TEST(Store, RemembersAnEndpointThatNeverAcknowledgedAnything) {
  const Folder folder;
  {
    auto store = opened(folder / "s");
    ASSERT_TRUE(store->acknowledged("tcp://silent", Lane::normal));
    ASSERT_TRUE(store->acknowledged("tcp://quick", Lane::normal));
  }
  auto store = opened(folder / "s");
  ASSERT_TRUE(store->commit({made_entry("a", 1)}, 1));
  ASSERT_TRUE(store->acknowledge("tcp://quick", Lane::normal, store->last(Lane::normal)));
  ASSERT_TRUE(store->commit({made_entry("a", 2)}, 1));
  EXPECT_EQ(all_ids(*store, Lane::normal), (std::vector<std::string>{"a-1", "a-2"}));
  ASSERT_TRUE(store->forget("tcp://silent"));
  ASSERT_TRUE(store->commit({made_entry("a", 3)}, 1));
  EXPECT_EQ(all_ids(*store, Lane::normal), (std::vector<std::string>{"a-2", "a-3"}));
}

TEST(Store, RefusesAnAcknowledgementOfWhatIsNotThere) {
  const Folder folder;
  auto store = opened(folder / "s");
  EXPECT_EQ(store->acknowledge("tcp://stranger", Lane::normal, 1).error().status, ALLIANCE_E_NOT_FOUND);
  ASSERT_TRUE(store->acknowledged("tcp://one", Lane::normal));
  ASSERT_TRUE(store->commit({made_entry("a", 1)}, 1));
  EXPECT_EQ(store->acknowledge("tcp://one", Lane::normal, 2).error().status, ALLIANCE_E_INVALID);
  EXPECT_EQ(store->counts()->waiting, 1u);
}

TEST(Store, RefusesEnvelopesThatAReceiverWouldRefuse) {
  const Folder folder;
  auto store = opened(folder / "s");
  auto wrong_tenant = made_entry("a", 1);
  wrong_tenant.normal = {made_envelope("a", 1, Lane::normal, "other")};
  EXPECT_FALSE(store->commit({wrong_tenant}, 1));
  auto wrong_lane = made_entry("a", 1);
  wrong_lane.normal = {made_envelope("a", 1, Lane::safety)};
  EXPECT_FALSE(store->commit({wrong_lane}, 1));
  auto torn = made_entry("a", 1);
  torn.normal.front().resize(torn.normal.front().size() / 2);
  EXPECT_FALSE(store->commit({made_entry("b", 1), torn}, 1));
  auto huge = made_entry("a", 1);
  huge.normal = {made_envelope("a", 1, Lane::normal, "clinic", 9u << 20)};
  EXPECT_EQ(store->commit({huge}, 1).error().status, ALLIANCE_E_LIMIT);
  EXPECT_TRUE(store->streams()->empty());
  EXPECT_EQ(store->counts()->events, 0u);
  EXPECT_TRUE(store->commit({made_entry("a", 1)}, 1));
}

TEST(Store, CommitsOfManyThreadsAllArriveAndKeepTheirOrder) {
  const Folder folder;
  constexpr std::uint64_t threads = 16, each = 60;
  {
    auto store = opened(folder / "s");
    std::vector<std::thread> callers;
    for (std::uint64_t t = 0; t < threads; ++t) {
      callers.emplace_back([&, t] {
        const auto stream = "case-" + std::to_string(t);
        for (std::uint64_t i = 1; i <= each; ++i) {
          EXPECT_TRUE(store->commit({made_entry(stream, i)}, static_cast<std::int64_t>(t + 1)));
        }
      });
    }
    for (auto& caller : callers) caller.join();
    EXPECT_EQ(store->counts()->events, threads * each);
  }
  auto store = opened(folder / "s");
  EXPECT_LT(store->outbox(Lane::normal, 0, 10000)->size(), threads * each) << "nobody shared a commit";
  std::map<std::string, std::uint64_t> next;
  for (const auto& id : all_ids(*store, Lane::normal)) {
    const auto dash = id.rfind('-');
    EXPECT_EQ(std::stoull(id.substr(dash + 1)), ++next[id.substr(0, dash)]);
  }
  EXPECT_EQ(next.size(), threads);
  for (const auto& [stream, count] : next) EXPECT_EQ(count, each) << stream;
  for (std::uint64_t t = 0; t < threads; ++t) EXPECT_EQ(store->log("case-" + std::to_string(t))->size(), each);
}

TEST(Store, DeliveryAndCommitsAtTheSameTimeLoseNothing) {
  const Folder folder;
  auto store = opened(folder / "s");
  ASSERT_TRUE(store->acknowledged("tcp://one", Lane::normal));
  std::atomic<bool> done = false;
  std::uint64_t seen = 0;
  std::thread receiver([&] {
    std::uint64_t place = 0;
    for (;;) {
      const bool last_look = done;
      const auto chunks = store->outbox(Lane::normal, place, 8);
      ASSERT_TRUE(chunks);
      for (const auto& chunk : *chunks) {
        place = chunk.position;
        seen += ids_of(chunk).size();
        ASSERT_TRUE(store->acknowledge("tcp://one", Lane::normal, place));
      }
      if (last_look && chunks->empty()) return;
    }
  });
  std::vector<std::thread> callers;
  for (int t = 0; t < 4; ++t) {
    callers.emplace_back([&, t] {
      for (std::uint64_t i = 1; i <= 100; ++i) EXPECT_TRUE(store->commit({made_entry("c" + std::to_string(t), i)}, 1));
    });
  }
  for (auto& caller : callers) caller.join();
  done = true;
  receiver.join();
  EXPECT_EQ(seen, 400u);
  EXPECT_EQ(store->counts()->waiting, 0u);
}

TEST(Store, RemembersTheZoneDataAndWhoRead) {
  const Folder folder;
  {
    auto store = opened(folder / "s");
    EXPECT_EQ(*store->zone_data(), "");
    ASSERT_TRUE(store->set_zone_data("2024a"));
    ASSERT_TRUE(store->note_read({5, 2, "p-1", "case", "case-1"}));
  }
  EXPECT_EQ(*opened(folder / "s")->zone_data(), "2024a");
  auto db = *sqlite::Database::open(folder / "s", SQLITE_OPEN_READONLY);
  auto reads = *sqlite::Statement::prepare(db, "SELECT time, role, viewer, scope, subject FROM access_log");
  ASSERT_TRUE(*reads.step());
  EXPECT_EQ(reads.integer(1), 2);
  EXPECT_EQ(reads.text(4), "case-1");
}

// Against itself: a machine may be slow, or watched by a sanitizer.
TEST(Store, ListingTenTimesTheStreamsTakesNotMuchMoreThanTenTimesAsLong) {
  const auto time_of = [](std::size_t streams) {
    const Folder folder;
    auto store = opened(folder / "s");
    std::vector<Entry> entries(streams);
    for (std::size_t i = 0; i < streams; ++i) {
      entries[i].stream = "case-" + std::to_string(i);
      entries[i].event_id = "e";
    }
    EXPECT_TRUE(store->commit(std::move(entries), 1));
    auto least = std::chrono::steady_clock::duration::max();
    for (int round = 0; round < 3; ++round) {
      const auto begin = std::chrono::steady_clock::now();
      EXPECT_EQ(store->streams()->size(), streams);
      least = std::min(least, std::chrono::steady_clock::now() - begin);
    }
    return least;
  };
  const auto few = time_of(2'000);
  EXPECT_LT(time_of(20'000), few * 40);
}

}  // namespace
}  // namespace alliance::store
