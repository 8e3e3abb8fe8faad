// SPDX-License-Identifier: Apache-2.0
// Delivery over real sockets in one process: a server that comes and goes, and receivers that misbehave.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <deque>
#include <future>

#include "messaging/frame.h"
#include "running.h"

namespace alliance::messaging {
namespace {

TEST(Tcp, DeliversInOrderAndDrains) {
  Kept kept;
  Running server(kept, "tcp://127.0.0.1:0");
  MemoryOutbox outbox;
  std::vector<std::string> expected;
  for (std::uint64_t i = 1; i <= 500; ++i) {
    outbox.put(Lane::normal, made_batch({{"a", 2 * i - 1}, {"a", 2 * i}}));
    expected.push_back("a-" + std::to_string(2 * i - 1));
    expected.push_back("a-" + std::to_string(2 * i));
  }
  auto delivery = Delivery::create(outbox, {}, quick_pace());
  delivery->add("tcp", Lane::normal, link_to(server.address()), 0);
  ASSERT_TRUE(delivery->drain(ten, never));
  EXPECT_EQ(kept.ids, expected);
  EXPECT_EQ(outbox.place(Lane::normal), 500u);
  EXPECT_EQ(delivery->sent(), 1000u);
  EXPECT_LT(kept.calls, 500) << "what comes together is kept together";
  EXPECT_EQ(server.faults(), "");

  outbox.put(Lane::normal, made_batch({{"a", 1001}}));
  delivery->wake();
  EXPECT_TRUE(comes_true([&] { return kept.count() == 1001; })) << "a link that waits is woken";
}

TEST(Tcp, BeginsBehindWhatWasAcknowledgedBefore) {
  Kept kept;
  Running server(kept, "tcp://127.0.0.1:0");
  MemoryOutbox outbox;
  outbox.put(Lane::normal, made_batch({{"a", 1}}));
  const auto place = outbox.put(Lane::normal, made_batch({{"a", 2}}));
  outbox.put(Lane::normal, made_batch({{"a", 3}}));
  auto delivery = Delivery::create(outbox, {}, quick_pace());
  delivery->add("tcp", Lane::normal, link_to(server.address()), place);
  ASSERT_TRUE(delivery->drain(ten, never));
  EXPECT_EQ(kept.ids, std::vector<std::string>{"a-3"});
}

TEST(Tcp, BatchesOfManyMebibytesPass) {
  Kept kept;
  Running server(kept, "tcp://127.0.0.1:0");
  MemoryOutbox outbox;
  for (std::uint64_t i = 1; i <= 4; ++i) {
    outbox.put(Lane::normal, made_batch({{"a", i, Lane::normal, "clinic", 7, 8'000'000}}));
  }
  auto pace = quick_pace();
  pace.acknowledge_within = 10'000'000;  // under a sanitizer they take their time
  auto delivery = Delivery::create(outbox, {}, pace);
  delivery->add("tcp", Lane::normal, link_to(server.address()), 0);
  ASSERT_TRUE(delivery->drain(ten, never));
  EXPECT_EQ(kept.ids.size(), 4u);
}

TEST(Tcp, AServerThatGoesAndComesBackGetsEverythingOnceInOrder) {
  Kept kept;
  MemoryOutbox outbox;
  Log log;
  auto server = std::make_unique<Running>(kept, "tcp://127.0.0.1:0");
  const auto address = server->address();
  auto delivery = Delivery::create(outbox, log.function(), quick_pace());
  delivery->add("tcp", Lane::normal, link_to(address), 0);
  std::uint64_t sequence = 0;
  for (int round = 0; round < 8; ++round) {
    for (int i = 0; i < 50; ++i) outbox.put(Lane::normal, made_batch({{"a", ++sequence}}));
    delivery->wake();
    const std::size_t wanted = static_cast<std::size_t>(round) * 50 + 10;
    ASSERT_TRUE(comes_true([&] { return kept.count() >= wanted; })) << log.lines;
    server.reset();
    for (int i = 0; i < 5; ++i) outbox.put(Lane::normal, made_batch({{"a", ++sequence}}));
    server = std::make_unique<Running>(kept, address);
  }
  ASSERT_TRUE(delivery->drain(ten, never)) << log.lines;
  ASSERT_EQ(kept.ids.size(), sequence);
  for (std::uint64_t i = 0; i < sequence; ++i) EXPECT_EQ(kept.ids[i], "a-" + std::to_string(i + 1));
}

TEST(Tcp, ManySendersShareOneReceiver) {
  Kept kept;
  Running server(kept, "tcp://127.0.0.1:0");
  MemoryOutbox normal, safety;
  for (std::uint64_t i = 1; i <= 100; ++i) {
    normal.put(Lane::normal, made_batch({{"a", i}}));
    safety.put(Lane::safety, made_batch({{"s", i, Lane::safety}}));
  }
  auto first = Delivery::create(normal, {}, quick_pace());
  auto second = Delivery::create(safety, {}, quick_pace());
  first->add("one", Lane::normal, link_to(server.address()), 0);
  first->add("one", Lane::safety, link_to(server.address(), Lane::safety), 0);
  second->add("two", Lane::safety, link_to(server.address(), Lane::safety), 0);
  EXPECT_TRUE(first->drain(ten, never));
  EXPECT_TRUE(second->drain(ten, never));
  EXPECT_EQ(kept.ids.size(), 200u);
}

// A link that takes a batch and blocks, as a plugin may.
class BlockingLink final : public Link {
 public:
  explicit BlockingLink(std::atomic<bool>& let_go) : let_go_(let_go) {}
  Result<void> open(Events events) override {
    events.opened();
    return {};
  }
  Result<void> send(const Chunk&) override {
    while (!let_go_) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return fail(ALLIANCE_E_IO, "let go");
  }
  void close() override {}

 private:
  std::atomic<bool>& let_go_;
};

TEST(Delivery, ALinkThatBlocksHoldsUpNoOtherAndNotTheSafetyLane) {
  Kept kept;
  Running server(kept, "tcp://127.0.0.1:0");
  MemoryOutbox outbox;
  outbox.put(Lane::normal, made_batch({{"a", 1}}));
  outbox.put(Lane::safety, made_batch({{"a", 2, Lane::safety}}));
  std::atomic<bool> let_go = false;
  auto delivery = Delivery::create(outbox, {}, quick_pace());
  delivery->add("slow", Lane::normal, std::make_unique<BlockingLink>(let_go), 0);
  delivery->add("slow", Lane::safety, std::make_unique<BlockingLink>(let_go), 0);
  delivery->add("tcp", Lane::normal, link_to(server.address()), 0);
  delivery->add("tcp", Lane::safety, link_to(server.address(), Lane::safety), 0);
  EXPECT_TRUE(comes_true([&] { return kept.count() == 2; }));
  EXPECT_FALSE(delivery->drain(std::chrono::milliseconds(50), never)) << "the slow one has acknowledged nothing";
  EXPECT_FALSE(delivery->drain(ten, [] { return true; })) << "a drain that is cancelled ends";
  let_go = true;
}

// A receiver by hand: what it answers is written in the test.
class Impostor {
 public:
  Impostor() {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in local{};
    local.sin_family = AF_INET;
    local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&local), sizeof local), 0);
    EXPECT_EQ(::listen(listener_, 16), 0);
    socklen_t length = sizeof local;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&local), &length);
    port_ = ntohs(local.sin_port);
  }
  ~Impostor() {
    hang_up();
    ::close(listener_);
  }
  std::string address() const { return "tcp://127.0.0.1:" + std::to_string(port_); }
  void take_call() {
    hang_up();
    connection_ = ::accept(listener_, nullptr, nullptr);
  }
  void say(const Bytes& bytes) {
    EXPECT_EQ(::send(connection_, bytes.data(), bytes.size(), MSG_NOSIGNAL), std::ssize(bytes));
  }
  void say(const Message& message) { say(framed(message)); }
  Message hear() {
    for (;;) {
      if (!ready_.empty()) {
        auto message = read_message(ready_.front());
        ready_.pop_front();
        EXPECT_TRUE(message);
        return std::move(*message);
      }
      std::uint8_t buffer[4096];
      const auto count = ::recv(connection_, buffer, sizeof buffer, 0);
      if (count <= 0) return Refuse{"the sender hung up"};
      std::span<const std::uint8_t> bytes(buffer, static_cast<std::size_t>(count));
      while (!bytes.empty()) {
        const auto message = decoder_.take(bytes);
        if (message && *message) ready_.emplace_back((*message)->begin(), (*message)->end());
      }
    }
  }
  void hang_up() {
    if (connection_ >= 0) ::close(std::exchange(connection_, -1));
    decoder_ = Decoder(max_message);
    ready_.clear();
  }

 private:
  int listener_ = -1, connection_ = -1;
  std::uint16_t port_ = 0;
  Decoder decoder_{max_message};
  std::deque<Bytes> ready_;
};

struct WithImpostor {
  Impostor receiver;
  MemoryOutbox outbox;
  Log log;
  std::unique_ptr<Delivery> delivery;
  explicit WithImpostor(const Patience& patience = {}) {
    outbox.put(Lane::normal, made_batch({{"a", 1}}));
    delivery = Delivery::create(outbox, log.function(), quick_pace());
    delivery->add("tcp", Lane::normal, link_to(receiver.address(), Lane::normal, patience), 0);
  }
  // After all that, an honest receiver still gets the report.
  void ends_well() {
    receiver.take_call();
    EXPECT_TRUE(std::holds_alternative<Hello>(receiver.hear()));
    receiver.say(Welcome{});
    const auto message = receiver.hear();
    ASSERT_TRUE(std::holds_alternative<Chunk>(message));
    EXPECT_EQ(ids_of(std::get<Chunk>(message).batch), std::vector<std::string>{"a-1"});
    EXPECT_EQ(outbox.place(Lane::normal), 0u);
    receiver.say(Acknowledge{std::get<Chunk>(message).position});
    EXPECT_TRUE(delivery->drain(ten, never));
  }
};

TEST(Tcp, AReceiverThatNeverAcknowledgesIsCalledAgain) {
  WithImpostor scene;
  scene.receiver.take_call();
  scene.receiver.hear();
  scene.receiver.say(Welcome{});
  EXPECT_TRUE(std::holds_alternative<Chunk>(scene.receiver.hear()));
  EXPECT_TRUE(comes_true([&] { return scene.log.has("acknowledges none"); })) << scene.log.lines;
  scene.ends_well();
}

TEST(Tcp, AReceiverThatAcknowledgesWhatItWasNotSentIsNotBelieved) {
  WithImpostor scene;
  scene.receiver.take_call();
  scene.receiver.hear();
  scene.receiver.say(Welcome{});
  scene.receiver.hear();
  scene.receiver.say(Acknowledge{99});
  scene.ends_well();
  EXPECT_TRUE(scene.log.has("acknowledged position 99")) << scene.log.lines;
}

TEST(Tcp, AReceiverThatClosesInMidFrameIsCalledAgain) {
  WithImpostor scene;
  scene.receiver.take_call();
  scene.receiver.hear();
  auto half = framed(Message(Welcome{}));
  half.resize(half.size() / 2);
  scene.receiver.say(half);
  scene.receiver.hang_up();
  scene.ends_well();
  EXPECT_TRUE(scene.log.has("middle of a frame")) << scene.log.lines;
}

TEST(Tcp, AReceiverThatRefusesIsHeard) {
  WithImpostor scene;
  scene.receiver.take_call();
  scene.receiver.hear();
  scene.receiver.say(Refuse{"the inbox belongs to somebody else"});
  scene.receiver.hang_up();
  scene.ends_well();
  EXPECT_TRUE(scene.log.has("the inbox belongs to somebody else")) << scene.log.lines;
}

TEST(Tcp, AReceiverThatSpeaksSomethingElseOrOutOfTurnIsLeft) {
  for (const auto& said : {frame(Bytes(20, 1)), Bytes(40, 'x'), framed(Message(Acknowledge{1})),
                           framed(Message(Welcome{7})), framed(Message(Hello{1, "clinic", Lane::normal, ""}))}) {
    WithImpostor scene;
    scene.receiver.take_call();
    scene.receiver.hear();
    scene.receiver.say(said);
    scene.ends_well();
  }
}

TEST(Tcp, AReceiverThatDoesNotGreetIsGivenUpAfterAWhile) {
  Patience patience;
  patience.connect = std::chrono::milliseconds(100);
  WithImpostor scene(patience);
  scene.receiver.take_call();
  scene.receiver.hear();
  EXPECT_TRUE(comes_true([&] { return scene.log.has("did not answer in time"); }));
  scene.ends_well();
}

TEST(Tcp, StoppingDoesNotWaitForAReceiverThatIsNotThere) {
  MemoryOutbox outbox;
  outbox.put(Lane::normal, made_batch({{"a", 1}}));
  Impostor gone;
  auto delivery = Delivery::create(outbox, {}, {});
  delivery->add("tcp", Lane::normal, link_to(gone.address()), 0);
  gone.take_call();
  const auto begin = std::chrono::steady_clock::now();
  gone.say(Welcome{});
  delivery.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
}

TEST(Tcp, AnAddressOutsideThisMachineNeedsAWordForIt) {
  auto link = link_to("tcp://192.0.2.1:7400");
  std::promise<Failure> failed;
  Link::Events events;
  events.failed = [&](const Failure& failure) { failed.set_value(failure); };
  ASSERT_TRUE(link->open(std::move(events)));
  const auto why = failed.get_future().get();
  EXPECT_EQ(why.status, ALLIANCE_E_DENIED);
  EXPECT_NE(why.message.find("?insecure"), std::string::npos);
  for (const auto* bad : {"tcp://127.0.0.1", "tcp://:1", "tcp://a:b", "127.0.0.1:70000", "tcp://::1:5", "tcp://a/b:1",
                          "tcp://127.0.0.1:0", ""}) {
    EXPECT_FALSE(socket_link(bad, "clinic", Lane::normal)) << bad;
  }
  EXPECT_TRUE(socket_link("tcp://[::1]:7400", "clinic", Lane::normal));
}

}  // namespace
}  // namespace alliance::messaging
