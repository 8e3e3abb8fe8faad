// SPDX-License-Identifier: Apache-2.0
// Which cases stay in memory.
#include "host/streams.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

namespace alliance::host {
namespace {

class AtHand : public ::testing::Test {
 protected:
  AtHand() {
    std::string name = (std::filesystem::temp_directory_path() / "alliance-XXXXXX").string();
    folder = ::mkdtemp(name.data());
    auto made = store::Store::open((folder / "s").string(), "clinic");
    EXPECT_TRUE(made) << made.error().message;
    store = std::move(*made);
    streams.emplace(*store, 2);  // each of these counts as one, without an event
  }
  ~AtHand() override {
    streams.reset();
    store.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }
  Stream& loaded(const std::string& id) {
    Stream& stream = **streams->get(id);
    const std::lock_guard lock(stream.mutex);
    EXPECT_TRUE(streams->load(stream));
    return stream;
  }
  std::filesystem::path folder;
  std::unique_ptr<store::Store> store;
  std::optional<Streams> streams;
};

TEST_F(AtHand, WhatWasNotAskedForTheLongestTimeIsLetGoOf) {
  const Stream &a = loaded("a"), &b = loaded("b");
  streams->let_go();
  EXPECT_TRUE(a.loaded && b.loaded);
  loaded("a");
  const Stream& c = loaded("c");
  EXPECT_TRUE(b.loaded) << "nothing goes before it is said that it may";
  streams->let_go();
  EXPECT_TRUE(a.loaded && c.loaded);
  EXPECT_FALSE(b.loaded);
  EXPECT_TRUE(b.folded.state.id.empty());
  EXPECT_EQ(loaded("b").folded.state.id, "b");
  streams->let_go();
  EXPECT_FALSE(a.loaded);
}

TEST_F(AtHand, WhatIsWorkedOnStays) {
  Stream& a = loaded("a");
  const Stream &b = loaded("b"), &c = loaded("c"), &d = loaded("d");
  std::unique_lock busy(a.mutex);
  std::thread([&] { streams->let_go(); }).join();
  EXPECT_TRUE(a.loaded && d.loaded);
  EXPECT_FALSE(b.loaded || c.loaded);
  streams->unload(a);
  busy.unlock();
  loaded("b");
  streams->let_go();
  EXPECT_TRUE(b.loaded && d.loaded) << "what was unloaded no longer counts";
}

TEST_F(AtHand, TheHostsOwnStreamIsAlwaysThere) {
  Stream& clock = loaded(time_stream);
  loaded("a");
  loaded("b");
  loaded("c");
  const std::lock_guard lock(clock.mutex);  // as advance() has it
  streams->let_go();
  EXPECT_TRUE(clock.loaded);
}

}  // namespace
}  // namespace alliance::host
