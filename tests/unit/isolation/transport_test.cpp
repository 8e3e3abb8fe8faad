// SPDX-License-Identifier: Apache-2.0
// Transports in a process of their own: they say the same, when they are called and when they are not; and what becomes
// of a way when its process ends.
#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "apart.h"

namespace alliance::test {
namespace {

// A host's side of one open transport; what it hears is kept as lines.
class Side {
 public:
  explicit Side(plugin::Plugin& plugin) : plugin_(plugin) {
    events_ = {
        sizeof events_,
        0,
        this,
        [](void* self, std::uint64_t position) noexcept { of(self).hear("taken " + std::to_string(position)); },
        [](void* self, std::int32_t status, const char* why) noexcept {
          of(self).hear("failed " + std::to_string(status) + " " + why);
        },
        [](void* self, std::uint64_t position, const char* report, std::int32_t status, const char* why) noexcept {
          of(self).hear("refused " + std::to_string(position) + " " + (report == nullptr ? "all" : report) + " " +
                        std::to_string(status) + " " + why);
        },
        [](void* self) noexcept { of(self).hear("under way"); }};
  }
  ~Side() { close(); }
  Side(const Side&) = delete;
  Side& operator=(const Side&) = delete;

  std::int32_t open(const char* id, const char* endpoint = "") {
    const auto& table = *plugin_.transport;
    return until_started(
        error, [&] { return table.open(&table, &plugin_.services, id, endpoint, &events_, &transport_, &error); });
  }
  std::int32_t send(std::uint64_t position, const std::string& batch) {
    error = ALLIANCE_ERROR_INIT;
    return plugin_.transport->send(transport_, position, reinterpret_cast<const std::uint8_t*>(batch.data()),
                                   batch.size(), &error);
  }
  void close() {
    if (transport_ != nullptr) plugin_.transport->close(std::exchange(transport_, nullptr));
  }
  std::vector<std::string> heard() const {
    const std::lock_guard lock(mutex_);
    return heard_;
  }
  // Waits until it has heard a line that begins so; that line.
  std::string wait_for(const std::string& beginning) {
    std::unique_lock lock(mutex_);
    const auto found = [&] {
      return std::find_if(heard_.begin(), heard_.end(), [&](const auto& one) { return one.starts_with(beginning); });
    };
    something_.wait_for(lock, std::chrono::minutes(2), [&] { return found() != heard_.end(); });
    return found() == heard_.end() ? "nothing" : *found();
  }
  // As a host that was built before they came.
  void know_neither_refused_nor_under_way() {
    events_.size = static_cast<std::uint32_t>(offsetof(alliance_transport_events, refused));
  }

  alliance_error error = ALLIANCE_ERROR_INIT;

 private:
  static Side& of(void* self) { return *static_cast<Side*>(self); }
  void hear(std::string what) {
    {
      const std::lock_guard lock(mutex_);
      heard_.push_back(std::move(what));
    }
    something_.notify_all();
  }

  plugin::Plugin& plugin_;
  alliance_transport_events events_{};
  alliance_transport* transport_ = nullptr;
  mutable std::mutex mutex_;
  std::condition_variable something_;
  std::vector<std::string> heard_;
};

// All that one that answers within its calls is asked, and all that it says.
std::vector<std::string> conversation(plugin::Plugin& plugin) {
  std::vector<std::string> made;
  const auto& table = *plugin.transport;
  made.push_back(std::to_string(table.count(&table)));
  alliance_descriptor what = ALLIANCE_DESCRIPTOR_INIT;
  for (std::uint64_t at = 0; at < 2; ++at) {
    made.push_back(std::to_string(table.describe(&table, at, &what, nullptr)));
  }
  made.insert(made.end(), {what.id, what.version, what.title});
  Side side(plugin);
  const auto keep = [&](std::int32_t status) {
    made.push_back(std::to_string(status) + " " + std::to_string(side.error.code) + " " +
                   std::to_string(side.error.vendor_code) + " " + side.error.message + "|" + side.error.detail);
  };
  keep(side.open("no-such"));
  keep(side.open("wire", "nowhere"));
  keep(side.open("wire", "somewhere"));
  std::uint64_t position = 0;
  for (const char* batch : {"bytes", "", "throw error", "throw long", "throw cut", "throw ok", "throw exception",
                            "throw memory", "throw other", "bytes again"}) {
    keep(side.send(++position, batch));
  }
  keep(side.send(13, "x"));
  keep(side.send(14, std::string(3'000'000, 'y')));
  side.close();
  const auto heard = side.heard();
  made.insert(made.end(), heard.begin(), heard.end());
  return made;
}

TEST(TransportApart, SaysTheSameAsInProcess) {
  std::vector<std::string> said[2];
  for (const bool away : {false, true}) {
    Services services;
    plugin::Registry registry(away ? apart(services) : services.host());
    const auto loaded = registry.load(built_manifest("every-kind"));
    ASSERT_TRUE(loaded) << loaded.error().message;
    said[away ? 1 : 0] = conversation(**loaded);
  }
  EXPECT_EQ(said[0], said[1]);
  EXPECT_EQ(said[1].back(), "failed 6 closing");
  EXPECT_NE(
      std::find(said[1].begin(), said[1].end(), "refused 13 r-1 " + std::to_string(ALLIANCE_E_BAD_INPUT) + " unlucky"),
      said[1].end());
}

// The plugin that tries what it is told to, as a transport.
class Trying {
 public:
  explicit Trying(const plugin::RunnerSettings& settings = patient()) : registry_(apart(services, settings)) {
    auto loaded = registry_.load(built_manifest("tries"));
    if (!loaded) throw std::runtime_error(loaded.error().message);
    plugin_ = *loaded;
  }
  plugin::Plugin& operator*() { return *plugin_; }
  plugin::Info info() const { return registry_.infos().back(); }

  Services services;

 private:
  plugin::Registry registry_;
  plugin::Plugin* plugin_ = nullptr;
};

TEST(TransportApart, SpeaksWhenNobodyCalled) {
  Trying trying;
  trying.services.now(1'700'000'000'000'000);
  Side side(*trying);
  ASSERT_EQ(side.open("tries"), ALLIANCE_OK) << side.error.message;
  ASSERT_EQ(side.send(7, "later"), ALLIANCE_OK) << side.error.message;
  EXPECT_EQ(side.wait_for("failed"), "failed " + std::to_string(ALLIANCE_E_IO) + " the far side is gone");
  EXPECT_EQ(side.heard(), (std::vector<std::string>{"under way", "refused 7 r-1 2 unlucky", "taken 7",
                                                    "failed 9 the far side is gone"}));
  ASSERT_FALSE(trying.services.log().empty());
  EXPECT_TRUE(trying.services.log().back().text.starts_with("taken at ")) << trying.services.log().back().text;
}

TEST(TransportApart, AHostOfBeforeHearsARefusalAsAFailure) {
  Trying trying;
  Side side(*trying);
  side.know_neither_refused_nor_under_way();
  ASSERT_EQ(side.open("tries"), ALLIANCE_OK);
  ASSERT_EQ(side.send(7, "later"), ALLIANCE_OK);
  side.wait_for("failed 9");
  EXPECT_EQ(side.heard(), (std::vector<std::string>{"failed 2 unlucky", "taken 7", "failed 9 the far side is gone"}));
}

TEST(TransportApart, ALaneThatIsHeldUpHoldsUpNoOther) {
  Trying trying;
  Side one(*trying), other(*trying);
  ASSERT_EQ(one.open("tries"), ALLIANCE_OK);
  ASSERT_EQ(other.open("tries"), ALLIANCE_OK);
  std::thread slow([&] { EXPECT_EQ(one.send(1, "slow"), ALLIANCE_OK); });
  one.wait_for("under way");
  EXPECT_EQ(other.send(2, "try-nothing"), ALLIANCE_OK);
  EXPECT_EQ(other.heard().back(), "taken 1");
  const auto meanwhile = one.heard();
  EXPECT_EQ(std::find(meanwhile.begin(), meanwhile.end(), "taken 1"), meanwhile.end()) << "it was answered before";
  slow.join();
  EXPECT_EQ(one.heard().back(), "taken 1");
}

TEST(TransportApart, PatienceBeginsAnewWhileItSaysThatItIsUnderWay) {
  auto settings = patient();
  settings.send_ms = 1500;
  Trying trying(settings);
  Side side(*trying);
  ASSERT_EQ(side.open("tries"), ALLIANCE_OK);
  EXPECT_EQ(side.send(1, "slow"), ALLIANCE_OK) << side.error.message;  // 2 s, never 1.5 without a word
  EXPECT_EQ(side.send(2, "try-sleep"), ALLIANCE_E_TIMEOUT);
  EXPECT_TRUE(says(side.error.message, "it did not answer within 1500 ms")) << side.error.message;
}

TEST(TransportApart, ThatCrashesHasSaidWhatItSaidAndComesAgainWhenItIsOpened) {
  Trying trying;
  Side side(*trying), other(*trying);
  ASSERT_EQ(side.open("tries"), ALLIANCE_OK);
  ASSERT_EQ(other.open("tries"), ALLIANCE_OK);
  EXPECT_EQ(side.send(5, "try-abort"), ALLIANCE_E_INTERNAL);
  EXPECT_TRUE(says(side.error.message, "its process crashed: Aborted")) << side.error.message;
  EXPECT_EQ(side.heard(), std::vector<std::string>{"taken 4"});
  // The other lane hears of it by itself, in the same words, and one end counts once.
  EXPECT_TRUE(says(other.wait_for("failed"), "its process crashed: Aborted")) << other.wait_for("failed");
  EXPECT_EQ(side.send(5, "later"), ALLIANCE_E_INTERNAL);
  side.close(), other.close();
  ASSERT_EQ(side.open("tries"), ALLIANCE_OK) << side.error.message;
  Side third(*trying);
  ASSERT_EQ(third.open("tries"), ALLIANCE_OK) << third.error.message;
  ASSERT_EQ(side.send(5, "later"), ALLIANCE_OK) << side.error.message;
  EXPECT_EQ(side.wait_for("taken 5"), "taken 5");
  EXPECT_EQ(third.send(6, "abort-later"), ALLIANCE_OK);
  EXPECT_TRUE(says(third.wait_for("failed"), "its process crashed: Aborted"));
  EXPECT_EQ(trying.info().state, plugin::State::loaded) << "two ends, and not one for each lane";
  side.close(), third.close();
  ASSERT_EQ(side.open("tries"), ALLIANCE_OK) << side.error.message;
  EXPECT_EQ(side.send(7, "try-abort"), ALLIANCE_E_LIBRARY);
  EXPECT_EQ(trying.info().state, plugin::State::quarantined);
  side.close();
  EXPECT_EQ(side.open("tries"), ALLIANCE_E_LIBRARY);
}

TEST(TransportApart, WhatTheProcessDidIsNeverTakenForTheBatchesFault) {
  for (const char* fault : {"try-babble", "try-close", "try-exit"}) {
    Trying trying;
    Side side(*trying);
    ASSERT_EQ(side.open("tries"), ALLIANCE_OK);
    EXPECT_EQ(side.send(1, fault), ALLIANCE_E_INTERNAL) << fault << ": " << side.error.message;
  }
  Trying trying;
  Side side(*trying);
  ASSERT_EQ(side.open("tries"), ALLIANCE_OK);
  EXPECT_EQ(side.send(1, "x"), ALLIANCE_E_BAD_INPUT) << "the plugin's own word stands";
}

TEST(TransportApart, ThatSpeaksWithoutEndIsEnded) {
  Trying trying;
  Side side(*trying);
  ASSERT_EQ(side.open("tries"), ALLIANCE_OK);
  ASSERT_EQ(side.send(1, "chatter"), ALLIANCE_OK);
  EXPECT_EQ(side.wait_for("failed"), "failed " + std::to_string(ALLIANCE_E_INTERNAL) + " it speaks without end");
}

TEST(TransportApart, ThatIsOpenedAgainAndAgainLeavesNothingBehind) {
  Trying trying;
  const auto descriptors = [] {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return std::distance(begin(all), end(all));
  };
  const auto before = descriptors();
  Side side(*trying);
  for (int round = 0; round < 300; ++round) {  // the runner has 128 descriptors
    ASSERT_EQ(side.open("tries"), ALLIANCE_OK) << round << ": " << side.error.message;
    ASSERT_EQ(side.send(2, "try-nothing"), ALLIANCE_OK);
    side.close();
  }
  EXPECT_EQ(descriptors(), before);
}

}  // namespace
}  // namespace alliance::test
