// SPDX-License-Identifier: Apache-2.0
// The transport nats against a server, with an application that the test plays.
#include <map>
#include <mutex>
#include <set>

#include "plugin/process.h"
#include "servers.h"
#include "transport.h"
#include "unit/messaging/making.h"

namespace alliance::test {
namespace {

using messaging::made_batch;

// Hears every message of the stream and answers as it is told.
class Application {
 public:
  enum class Manner { keeps, refuses, forgets_to_answer };
  Application(const std::string& server, Manner manner) : manner_(manner) {
    natsOptions_Create(&options_);
    natsOptions_SetURL(options_, server.c_str());
    EXPECT_EQ(natsConnection_Connect(&connection_, options_), NATS_OK);
    EXPECT_EQ(natsConnection_Subscribe(&subscription_, connection_, "alliance.report.>", &heard, this), NATS_OK);
    EXPECT_EQ(natsConnection_FlushTimeout(connection_, 5000), NATS_OK);
  }
  ~Application() {
    natsSubscription_Destroy(subscription_);
    natsConnection_Close(connection_);
    natsConnection_Destroy(connection_);
    natsOptions_Destroy(options_);
  }
  void now(Manner manner) {
    const std::lock_guard lock(mutex_);
    manner_ = manner;
  }
  std::vector<std::string> subjects() const {
    const std::lock_guard lock(mutex_);
    return subjects_;
  }

 private:
  static void heard(natsConnection* connection, natsSubscription*, natsMsg* message, void* self) {
    static_cast<Application*>(self)->answer(connection, message);
    natsMsg_Destroy(message);
  }
  void answer(natsConnection* connection, natsMsg* message) {
    const std::lock_guard lock(mutex_);
    subjects_.emplace_back(natsMsg_GetSubject(message));
    if (manner_ == Manner::forgets_to_answer) return;
    const char *where = nullptr, *id = nullptr;
    natsMsg* out = nullptr;
    ASSERT_EQ(natsMsgHeader_Get(message, "Alliance-Acknowledge", &where), NATS_OK);
    ASSERT_EQ(natsMsgHeader_Get(message, "Alliance-Message", &id), NATS_OK);
    ASSERT_EQ(natsMsg_Create(&out, where, nullptr, id, static_cast<int>(strlen(id))), NATS_OK);
    if (manner_ == Manner::refuses) {
      natsMsgHeader_Set(out, "Alliance-Refused", "a-1");
      natsMsgHeader_Set(out, "Alliance-Status", "4");
      natsMsgHeader_Set(out, "Alliance-Reason", "no use for it");
    }
    natsConnection_PublishMsg(connection, out);
    natsMsg_Destroy(out);
  }

  mutable std::mutex mutex_;
  Manner manner_;
  std::vector<std::string> subjects_;
  natsOptions* options_ = nullptr;
  natsConnection* connection_ = nullptr;
  natsSubscription* subscription_ = nullptr;
};

class Nats : public ::testing::TestWithParam<bool> {  // in a process of its own
 protected:
  static void SetUpTestSuite() {
    const auto program = nats_server("debian");
    if (program.empty()) return;
    servers = std::make_unique<Servers>(program, 1);
    ASSERT_TRUE(servers->make_stream(1));
  }
  static void TearDownTestSuite() { servers.reset(); }
  void SetUp() override {
    if (!servers) GTEST_SKIP() << nats_absent("debian");
    auto side = services.host();
    if (GetParam()) side.runner = [](const std::string&) { return std::optional(granted()); };
    registry = std::make_unique<plugin::Registry>(std::move(side));
    auto loaded = registry->load(manifest("nats"));
    ASSERT_TRUE(loaded) << loaded.error().message;
    plugin = *loaded;
  }
  static plugin::RunnerSettings granted() {
    plugin::RunnerSettings made;
    made.call_ms = made.start_ms = made.send_ms = 60'000;
    made.network = true;
    return made;
  }
  std::string refusal(const std::string& more) const {
    const OpenTransport to(*plugin, "nats", servers->address() + more);
    EXPECT_NE(to.status, ALLIANCE_OK);
    return to.error.message;
  }

  static std::unique_ptr<Servers> servers;
  Services services;
  std::unique_ptr<plugin::Registry> registry;
  plugin::Plugin* plugin = nullptr;
};
std::unique_ptr<Servers> Nats::servers;

TEST_P(Nats, TheApplicationsAnswerEmptiesTheOutboxAndTheStreamsDoesNot) {
  Application application(servers->address(), Application::Manner::forgets_to_answer);
  OpenTransport to(*plugin, "nats", servers->address());
  ASSERT_EQ(to.status, ALLIANCE_OK) << to.error.message;
  ASSERT_EQ(to.send(7, made_batch({{"a", 1}, {"practitioner/p", 1}})), ALLIANCE_OK) << to.error.message;
  ASSERT_TRUE(eventually([&] { return to.heard().under_way > 5; })) << "patience is asked for";
  EXPECT_EQ(to.heard().acknowledged, 0u);
  EXPECT_EQ(application.subjects().at(1), "alliance.report.clinic.practitioner=2fp.custom");
  application.now(Application::Manner::keeps);  // an answer that was lost is asked for again, by a repeat
  EXPECT_TRUE(to.acknowledges(7)) << to.heard().sentence;
}

TEST_P(Nats, WhatTheApplicationRefusesIsNamed) {
  const Application application(servers->address(), Application::Manner::refuses);
  OpenTransport to(*plugin, "nats", servers->address());
  ASSERT_EQ(to.send(3, made_batch({{"a", 1}})), ALLIANCE_OK);
  ASSERT_TRUE(eventually([&] { return to.heard().refused != 0; }));
  EXPECT_EQ(to.heard().refused, 4);
  EXPECT_EQ(to.heard().refused_position, 3u);
  EXPECT_EQ(to.heard().refused_report, "a-1");
  EXPECT_EQ(to.heard().sentence, "no use for it");
}

TEST_P(Nats, TheStreamsAcknowledgementCountsOnlyAfterAHoldThatSomebodyAnswersFor) {
  const auto said = refusal("?ack=stream");
  EXPECT_NE(said.find("not durable"), std::string::npos) << said;
  EXPECT_NE(said.find("hold=SECONDS"), std::string::npos) << said;
  OpenTransport to(*plugin, "nats", servers->address() + "?ack=stream&hold=1");
  ASSERT_EQ(to.status, ALLIANCE_OK) << to.error.message;
  const auto before = std::chrono::steady_clock::now();
  ASSERT_EQ(to.send(1, made_batch({{"held", 1}})), ALLIANCE_OK);
  EXPECT_TRUE(to.acknowledges(1)) << to.heard().sentence;
  EXPECT_GE(std::chrono::steady_clock::now() - before, std::chrono::seconds(1));
}

TEST_P(Nats, SaysInOneSentenceWhatTheServersAcknowledgementIsWorth) {
  const OpenTransport to(*plugin, "nats", servers->address() + "?monitor=" + servers->monitor());
  ASSERT_EQ(to.status, ALLIANCE_OK) << to.error.message;
  ASSERT_FALSE(services.log().empty());
  EXPECT_TRUE(services.log().back().text.starts_with("the stream has 1 copy in files, ")) << services.log().back().text;
}

TEST_P(Nats, AMessageThatIsTooLargeAndAStreamThatIsNotThereAreSaidByName) {
  OpenTransport to(*plugin, "nats", servers->address());
  ASSERT_EQ(to.send(1, made_batch({{"big", 1, messaging::Lane::normal, "clinic", 7, 1'200'000}})), ALLIANCE_OK);
  ASSERT_TRUE(eventually([&] { return to.heard().refused != 0; }));
  EXPECT_EQ(to.heard().refused, ALLIANCE_E_LIMIT);
  EXPECT_EQ(to.heard().refused_report, "big-1");
  EXPECT_NE(refusal("?stream=NONE").find("no stream NONE"), std::string::npos);
}

TEST_P(Nats, BytesThatAreNoBatchAreRefusedAtOnce) {
  OpenTransport to(*plugin, "nats", servers->address());
  EXPECT_EQ(to.send(1, messaging::Bytes(64, 9)), ALLIANCE_E_BAD_INPUT);
}

INSTANTIATE_TEST_SUITE_P(Server, Nats, ::testing::Bool(),
                         [](const auto& one) { return one.param ? "apart" : "in_process"; });

}  // namespace
}  // namespace alliance::test
