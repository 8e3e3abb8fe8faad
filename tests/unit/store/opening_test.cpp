// SPDX-License-Identifier: Apache-2.0
// A store reads a case when it is first asked for, and misses none.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "bytes_read.h"
#include "making.h"
#include "store/check.h"
#include "store/copy.h"
#include "store/sqlite.h"
#include "store/store.h"

namespace alliance::store {
namespace {

std::unique_ptr<Store> opened_store(const std::string& path) {
  auto store = Store::open(path, "clinic", {});
  EXPECT_TRUE(store) << (store ? "" : store.error().message);
  return store ? std::move(*store) : nullptr;
}

void commit_cases(Store& store, int cases) {
  std::vector<Entry> entries;
  for (int i = 0; i < cases; ++i) {
    entries.push_back(made_entry("c" + std::to_string(i), 1));
    entries.back().normal.clear();
  }
  ASSERT_TRUE(store.commit(std::move(entries), 7));
}

Act instruction(ActKind kind, const std::string& stream) {
  Act act;
  act.kind = kind;
  act.stream = stream;
  act.time = 5'000'000;
  act.by = "dpo";
  act.reason = "the client asked for it";
  act.reference = "R-1";
  return act;
}

TEST(Opening, ReadsNoMoreOfManyCasesThanOfAFew) {
  if (bytes_read() < 0) GTEST_SKIP() << "this system does not say what a process reads";
  const Folder folder;
  const auto cost = [&](const std::string& name, int cases) {
    commit_cases(*opened_store(folder / name), cases);
    const auto before = bytes_read();
    opened_store(folder / name);
    return bytes_read() - before;
  };
  const auto few = cost("few", 20), many = cost("many", 3000);
  std::printf("opening read %lld bytes of 20 cases, %lld of 3,000\n", static_cast<long long>(few),
              static_cast<long long>(many));
  EXPECT_LT(many, few * 13 / 10 + 3 * 4096) << "the trees of the larger one are a page deeper";
}

// What is gone must not look as if nothing had ever been there.
TEST(Opening, AStoreThatIsEmptyBesideTheKeysOfCasesIsNotBegunAnew) {
  const Folder folder;
  const std::string path = folder / "s";
  opened_store(path);  // a key file without keys of cases, as a machine leaves it that stops at the first start
  std::filesystem::resize_file(path, 0);
  commit_cases(*opened_store(path), 1);
  ASSERT_TRUE(backup(path, folder / "copy", 9, {}));
  const auto refused = [&] {
    const auto store = Store::open(path, "clinic", {});
    return store ? "" : store.error().message;
  };
  std::filesystem::resize_file(path, 0);
  EXPECT_NE(refused().find(path + " holds nothing"), std::string::npos) << refused();
  EXPECT_NE(refused().find(path + ".keys"), std::string::npos) << refused();
  EXPECT_EQ(std::filesystem::file_size(path), 0u) << "nothing was written into it";
  {
    auto none = sqlite::Database::open(path, SQLITE_OPEN_READWRITE);
    ASSERT_TRUE(none && none->run("CREATE TABLE t (a); DROP TABLE t"));
  }
  EXPECT_NE(refused().find("its content is gone"), std::string::npos) << "a heading and no tables";
  std::filesystem::remove(path);
  EXPECT_NE(refused().find("restore a backup"), std::string::npos) << refused();
  EXPECT_FALSE(std::filesystem::exists(path));
  Restore what;
  what.from = folder / "copy";
  what.to = path;
  what.now = 10;
  const auto restored = restore(what, {});
  ASSERT_TRUE(restored) << restored.error().message;
  EXPECT_EQ(restored->cases, 1u);
  std::filesystem::remove(path);
  std::filesystem::remove(path + ".keys");
  EXPECT_EQ(refused(), "") << "moved away, a new one is begun";
}

TEST(Opening, ACaseThatNobodyAskedForIsThereWithItsKeyAndItsWakeTime) {
  const Folder folder;
  {
    auto store = opened_store(folder / "s");
    commit_cases(*store, 40);
    auto waiting = made_entry("c7", 2);
    waiting.wake = 900;
    auto later = made_entry("c8", 2);
    later.wake = 901;
    ASSERT_TRUE(store->commit({waiting, later}, 7));
  }
  auto store = opened_store(folder / "s");
  EXPECT_EQ(*store->due(899), std::vector<std::string>{});
  EXPECT_EQ(*store->due(900), std::vector<std::string>{"c7"});
  EXPECT_FALSE(store->head("nobody")->has_value());
  ASSERT_TRUE(store->head("c7")->has_value());
  EXPECT_EQ((*store->head("c7"))->wake, 900);
  EXPECT_EQ((*store->head("c7"))->events, 2u);
  EXPECT_EQ(store->log("c7")->size(), 2u);
  // An event, a report and a reading of cases that were not looked up before: all under the keys that they have.
  ASSERT_TRUE(store->commit({made_entry("c9", 2)}, 8));
  EXPECT_EQ(store->log("c9")->size(), 2u);
  EXPECT_EQ((*store->head("c9"))->epoch, 7);
  auto longer = made_entry("c7", 3);  // waits longer: who looks is told, and says so
  longer.wake = 7000;
  ASSERT_TRUE(store->commit({longer}, 8));
  EXPECT_EQ(*store->due(900), std::vector<std::string>{"c7"});
  Entry passed;
  passed.stream = "c7";
  passed.wake = 7000;
  ASSERT_TRUE(store->commit({passed}, 8));
  EXPECT_EQ(*store->due(900), std::vector<std::string>{});
  auto sooner = made_entry("c7", 4);
  sooner.wake = 800;
  ASSERT_TRUE(store->commit({sooner}, 8));
  EXPECT_EQ(*store->due(800), std::vector<std::string>{"c7"});
  Entry silent;  // time passed over it
  silent.stream = "c8";
  ASSERT_TRUE(store->commit({silent}, 8));
  EXPECT_EQ(*store->due(5000), std::vector<std::string>{"c7"});
  store.reset();
  store = opened_store(folder / "s");
  EXPECT_EQ(*store->due(5000), std::vector<std::string>{"c7"});
  const auto chunks = *store->outbox(Lane::normal, 0, 9);
  ASSERT_EQ(chunks.size(), 4u);
  EXPECT_EQ(ids_of(chunks[0]), (std::vector<std::string>{"c7-2", "c8-2"})) << "keys are asked for one by one";
  EXPECT_EQ(ids_of(chunks[1]), std::vector<std::string>{"c9-2"});
}

TEST(Opening, ACaseThatNobodyAskedForCanBeErasedRestrictedAndHeld) {
  const Folder folder;
  commit_cases(*opened_store(folder / "s"), 9);
  std::filesystem::copy(folder / "s", folder / "copy");
  {
    auto store = opened_store(folder / "s");
    ASSERT_TRUE(store->instruct(instruction(ActKind::erase, "c1")));
    EXPECT_TRUE(store->log("c1")->empty());
    EXPECT_EQ((*store->head("c1"))->erased, 5'000'000);
    ASSERT_TRUE(store->instruct(instruction(ActKind::restrict, "c2")));
    EXPECT_EQ(store->instruct(instruction(ActKind::hold, "c99")).error().status, ALLIANCE_E_NOT_FOUND);
    ASSERT_TRUE(store->instruct(instruction(ActKind::hold, "c3")));
  }
  const auto as_instructed = [](Store& store) {
    EXPECT_NE((*store.head("c1"))->erased, 0);
    EXPECT_EQ((*store.head("c2"))->standing, standing_restricted);
    EXPECT_EQ((*store.head("c3"))->standing, standing_held);
    EXPECT_EQ(store.log("c4")->size(), 1u);
  };
  as_instructed(*opened_store(folder / "s"));
  // A copy from before, put back by hand, follows the keys, and what came after follows them too.
  for (const auto* from : {"copy", "copy", "s"}) {
    std::filesystem::copy(folder / from, folder / "back", std::filesystem::copy_options::overwrite_existing);
    std::filesystem::copy(folder / "s.keys", folder / "back.keys", std::filesystem::copy_options::overwrite_existing);
    std::filesystem::copy(folder / "s.master", folder / "back.master",
                          std::filesystem::copy_options::overwrite_existing);
    as_instructed(*opened_store(folder / "back"));
    as_instructed(*opened_store(folder / "back"));
  }
}

TEST(Opening, WhatItsKeySaysOfACaseHoldsAgainstTheFile) {
  const Folder folder;
  {
    auto store = opened_store(folder / "s");
    commit_cases(*store, 3);
    ASSERT_TRUE(store->instruct(instruction(ActKind::restrict, "c1")));
  }
  ASSERT_TRUE(sqlite::Database::open(folder / "s", SQLITE_OPEN_READWRITE)->run("UPDATE streams SET standing = 0"));
  const auto checked = check(folder / "s", {}, {});
  ASSERT_TRUE(checked);
  std::vector<std::string> told;  // the events of these tests are none that could be read
  for (const auto& damage : checked->damages) {
    if (damage->part == "case") told.push_back(damage->subject);
  }
  EXPECT_EQ(told, std::vector<std::string>{"c1"});
  auto store = opened_store(folder / "s");
  EXPECT_EQ((*store->head("c1"))->standing, standing_restricted);
  EXPECT_EQ((*store->streams())[1].standing, standing_restricted);
  EXPECT_EQ((*store->head("c2"))->standing, 0);
}

TEST(Opening, AKeyFileWhoseMarkWasBeingWrittenIsFollowedAgain) {
  const Folder folder;
  {
    auto store = opened_store(folder / "s");
    commit_cases(*store, 3);
    ASSERT_TRUE(store->instruct(instruction(ActKind::hold, "c1")));
  }
  {
    std::fstream keys(folder / "s.keys", std::ios::in | std::ios::out | std::ios::binary);
    keys.seekp(24);
    keys.write("torn", 4);
  }
  for (int i = 0; i < 2; ++i) {
    auto store = opened_store(folder / "s");
    EXPECT_EQ((*store->head("c1"))->standing, standing_held);
    EXPECT_EQ(store->log("c2")->size(), 1u);
  }
  std::fstream keys(folder / "s.keys", std::ios::in | std::ios::out | std::ios::binary);
  keys.seekp(40);
  keys.write("else", 4);
  keys.close();
  const auto spoiled = Store::open(folder / "s", "clinic", {});
  ASSERT_FALSE(spoiled);
  EXPECT_EQ(spoiled.error().status, ALLIANCE_E_BAD_INPUT);
}

}  // namespace
}  // namespace alliance::store
