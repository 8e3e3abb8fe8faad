// SPDX-License-Identifier: Apache-2.0
// The receiving end over real sockets: senders that say what they should not, or nothing.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "messaging/frame.h"
#include "running.h"

namespace alliance::messaging {
namespace {

TEST(Server, ListensOnThisMachineAloneUnlessToldOtherwise) {
  EXPECT_EQ(Server::listen("tcp://0.0.0.0:0", {}, {}).error().status, ALLIANCE_E_DENIED);
  Server::Options options;
  options.insecure_bind = true;
  EXPECT_TRUE(Server::listen("tcp://0.0.0.0:0", {}, options));
  EXPECT_FALSE(Server::listen("tcp://no.such.name:0", {}, {}));
  const auto one = Server::listen("tcp://127.0.0.1:0", {}, {});
  const auto taken = Server::listen((*one)->address(), {}, {});
  ASSERT_FALSE(taken);
  EXPECT_NE(taken.error().message.find("127.0.0.1"), std::string::npos);
}

// A sender by hand.
class Caller {
 public:
  explicit Caller(const std::string& address) {
    descriptor_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
    EXPECT_EQ(::connect(descriptor_, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
  }
  ~Caller() { ::close(descriptor_); }
  void say(std::span<const std::uint8_t> bytes) {
    EXPECT_EQ(::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL), std::ssize(bytes));
  }
  std::vector<Message> hear_to_the_end() {
    Decoder decoder(max_message);
    std::vector<Message> out;
    std::uint8_t buffer[4096];
    for (ssize_t count; (count = ::recv(descriptor_, buffer, sizeof buffer, 0)) > 0;) {
      std::span<const std::uint8_t> bytes(buffer, static_cast<std::size_t>(count));
      while (!bytes.empty()) {
        auto message = decoder.take(bytes);
        if (message && *message) out.push_back(*read_message(**message));
      }
    }
    return out;
  }
  void no_more() { ::shutdown(descriptor_, SHUT_WR); }

 private:
  int descriptor_;
};

TEST(Server, RefusesBadBytesWithASentenceAndLosesNothingThatCameBeforeThem) {
  const auto hello = framed(Message(Hello{1, "clinic", Lane::normal, ""}));
  auto damaged = framed(Chunk{2, made_batch({{"a", 2}})});
  damaged[100] ^= 1;
  const std::vector<Bytes> bad = {damaged,
                                  frame(Bytes(40, 7)),
                                  Bytes(40, 'G'),
                                  hello,
                                  framed(Message(Welcome{})),
                                  framed(Chunk{1, made_batch({{"a", 1}})}),
                                  framed(Chunk{2, Bytes(64, 1)}),
                                  framed(Chunk{2, made_batch({{"a", 2, Lane::safety}})}),
                                  framed(Chunk{2, made_batch({{"a", 2, Lane::normal, "other"}})})};
  for (const auto& bytes : bad) {
    Kept kept;
    Running server(kept, "tcp://127.0.0.1:0");
    Caller caller(server.address());
    Bytes all = hello;
    const auto good = framed(Chunk{1, made_batch({{"a", 1}})});
    all.insert(all.end(), good.begin(), good.end());
    all.insert(all.end(), bytes.begin(), bytes.end());
    caller.say(all);
    const auto answers = caller.hear_to_the_end();
    ASSERT_GE(answers.size(), 2u);
    EXPECT_TRUE(std::holds_alternative<Welcome>(answers.front()));
    EXPECT_TRUE(std::holds_alternative<Refuse>(answers.back()));
    EXPECT_NE(server.faults(), "");
    EXPECT_EQ(kept.ids, std::vector<std::string>{"a-1"});
  }
}

TEST(Server, RefusesWhoDoesNotGreet) {
  for (const auto& bytes : {framed(Chunk{1, made_batch({{"a", 1}})}), framed(Message(Acknowledge{1})),
                            framed(Message(Hello{9, "clinic", Lane::normal, ""})), Bytes{'G', 'E', 'T', ' '},
                            frame(Bytes(max_greeting + 1))}) {
    Kept kept;
    Running server(kept, "tcp://127.0.0.1:0");
    Caller caller(server.address());
    caller.say(bytes);
    const auto answers = caller.hear_to_the_end();
    ASSERT_EQ(answers.size(), 1u);
    EXPECT_TRUE(std::holds_alternative<Refuse>(answers.front()));
    EXPECT_EQ(kept.calls, 0);
  }
}

TEST(Server, ASenderThatLeavesInMidFrameOrSaysNothingIsLetGo) {
  Kept kept;
  Server::Options options;
  options.patience.connect = std::chrono::milliseconds(100);
  Running server(kept, "tcp://127.0.0.1:0", options);
  Caller silent(server.address());
  Caller leaving(server.address());
  auto half = framed(Message(Hello{1, "clinic", Lane::normal, ""}));
  half.resize(half.size() - 3);
  leaving.say(half);
  leaving.no_more();
  leaving.hear_to_the_end();
  silent.hear_to_the_end();
  EXPECT_TRUE(comes_true([&] { return server.faults().find("middle of a frame") != std::string::npos; }));
  EXPECT_TRUE(comes_true([&] { return server.faults().find("did not answer in time") != std::string::npos; }));
}

TEST(Server, ASlowSenderIsGivenUpInTheMiddleOfAFrame) {
  Kept kept;
  Server::Options options;
  options.patience.frame = std::chrono::milliseconds(150);
  Running server(kept, "tcp://127.0.0.1:0", options);
  Caller caller(server.address());
  caller.say(framed(Message(Hello{1, "clinic", Lane::normal, ""})));
  const auto chunk = framed(Chunk{1, made_batch({{"a", 1}})});
  const auto begin = std::chrono::steady_clock::now();
  std::size_t at = 0;
  while (server.faults().empty() && at < chunk.size() &&
         std::chrono::steady_clock::now() - begin < std::chrono::seconds(5)) {
    caller.say(std::span(chunk).subspan(at++, 1));
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_NE(server.faults().find("stopped in the middle"), std::string::npos) << server.faults();
  EXPECT_EQ(kept.calls, 0);
}

TEST(Server, EndsWithTheSentenceOfAFileThatFailed) {
  Server::Handlers handlers;
  handlers.settle = [](const Hello&, std::span<const Chunk>) -> Result<Settled> {
    return fail(ALLIANCE_E_IO, "the disk is full");
  };
  const auto server = *Server::listen("tcp://127.0.0.1:0", handlers, {});
  std::thread thread([&] {
    const auto result = server->run();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().message, "the disk is full");
  });
  {
    Caller caller(server->address());
    caller.say(framed(Message(Hello{1, "clinic", Lane::normal, ""})));
    caller.say(framed(Chunk{1, made_batch({{"a", 1}})}));
    for (const auto& answer : caller.hear_to_the_end()) EXPECT_FALSE(std::holds_alternative<Acknowledge>(answer));
  }
  thread.join();
}

}  // namespace
}  // namespace alliance::messaging
