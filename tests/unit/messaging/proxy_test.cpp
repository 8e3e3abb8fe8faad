// SPDX-License-Identifier: Apache-2.0
// Sender and receiver with somebody between them who delays, cuts, repeats and corrupts what they say.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <optional>
#include <random>

#include "../../support/certificates.h"
#include "messaging/frame.h"
#include "running.h"

namespace alliance::messaging {
namespace {

using certificates::Authority;
using certificates::PemFolder;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  out.sin_port = htons(port);
  return out;
}

// How long the frame, or the record of TLS, is that begins here; nothing while that cannot be told.
using Measure = std::optional<std::size_t> (*)(const Bytes& waiting);

std::optional<std::size_t> of_frame(const Bytes& waiting) {
  if (waiting.size() < frame_heading) return std::nullopt;
  std::uint32_t length = 0;
  std::memcpy(&length, waiting.data() + 8, sizeof length);
  return frame_heading + length;
}
std::optional<std::size_t> of_record(const Bytes& waiting) {
  if (waiting.size() < 5) return std::nullopt;
  return 5u + (static_cast<std::size_t>(waiting[3]) << 8 | waiting[4]);
}

// One call at a time, each with both its directions, frame by frame or record by record.
class Proxy {
 public:
  Proxy(std::uint16_t to, unsigned seed, Measure measure) : to_(to), random_(seed), measure_(measure) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto local = loopback(0);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&local), sizeof local), 0);
    EXPECT_EQ(::listen(listener_, 16), 0);
    socklen_t length = sizeof local;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&local), &length);
    port_ = ntohs(local.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~Proxy() {
    stop_ = true;
    thread_.join();
    ::close(listener_);
  }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  void be_honest() { honest_ = true; }
  std::atomic<int> cut = 0, repeated = 0, corrupted = 0, delayed = 0;

 private:
  struct Side {
    int from, to;
    Bytes waiting = {};
  };

  void run() {
    while (!stop_) {
      pollfd asked{listener_, POLLIN, 0};
      if (::poll(&asked, 1, 5) <= 0) continue;
      const int caller = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      const int called = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      const auto to = loopback(to_);
      if (::connect(called, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0) serve(caller, called);
      ::close(caller);
      ::close(called);
    }
  }

  void serve(int caller, int called) {
    Side sides[] = {{caller, called}, {called, caller}};
    while (!stop_) {
      pollfd both[] = {{caller, POLLIN, 0}, {called, POLLIN, 0}};
      if (::poll(both, 2, 5) <= 0) continue;
      for (int i = 0; i < 2; ++i) {
        if (both[i].revents != 0 && !pass(sides[i])) return;
      }
    }
  }

  bool pass(Side& side) {
    std::uint8_t buffer[65536];
    const auto count = ::recv(side.from, buffer, sizeof buffer, 0);
    if (count <= 0) return false;
    side.waiting.insert(side.waiting.end(), buffer, buffer + count);
    for (;;) {
      const auto length = measure_(side.waiting);
      if (!length || side.waiting.size() < *length) return true;
      const auto whole = static_cast<std::ptrdiff_t>(*length);
      Bytes frame(side.waiting.begin(), side.waiting.begin() + whole);
      side.waiting.erase(side.waiting.begin(), side.waiting.begin() + whole);
      if (!mistreat(side.to, std::move(frame))) return false;
    }
  }

  bool mistreat(int to, Bytes frame) {
    const auto what = honest_ ? 99 : random_() % 60;
    if (what == 0) {
      ++cut;
      say(to, {frame.data(), frame.size() / 2});
      return false;
    }
    if (what == 1) {
      ++repeated;
      say(to, frame);
    }
    if (what == 2) {
      ++corrupted;
      frame[random_() % frame.size()] ^= static_cast<std::uint8_t>(1u << (random_() % 8));
    }
    if (what == 3) {
      ++delayed;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return say(to, frame);
  }

  static bool say(int to, std::span<const std::uint8_t> bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes = bytes.subspan(static_cast<std::size_t>(sent));
    }
    return true;
  }

  const std::uint16_t to_;
  std::mt19937 random_;
  const Measure measure_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stop_ = false, honest_ = false;
  std::thread thread_;
};

void loses_nothing_and_doubles_nothing(const std::string& listen, Measure measure, Server::Options options,
                                       const TlsFiles& tls) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  Kept kept;
  Patience patience;
  patience.frame = std::chrono::milliseconds(300);
  patience.connect = std::chrono::milliseconds(300);
  options.patience = patience;
  Running server(kept, listen, options);
  const auto address = server.address();
  Proxy proxy(static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))), seed, measure);

  MemoryOutbox outbox;
  auto pace = quick_pace();
  pace.window_chunks = 4;
  auto delivery = Delivery::create(outbox, {}, pace);
  auto link = socket_link(listen.substr(0, 6) + proxy.address(), "clinic", Lane::normal, patience, tls);
  ASSERT_TRUE(link) << link.error().message;
  delivery->add("proxy", Lane::normal, std::move(*link), 0);
  std::uint64_t sequence = 0;
  const auto everything = [&] {
    return proxy.cut > 3 && proxy.repeated > 3 && proxy.corrupted > 3 && proxy.delayed > 3;
  };
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!everything() && std::chrono::steady_clock::now() < deadline) {
    for (int i = 0; i < 50; ++i) outbox.put(Lane::normal, made_batch({{"a", ++sequence}}));
    delivery->wake();
    delivery->drain(std::chrono::milliseconds(200), never);
  }
  EXPECT_TRUE(everything()) << "it was too kind to show anything";
  proxy.be_honest();
  ASSERT_TRUE(delivery->drain(ten, never));
  ASSERT_EQ(kept.count(), sequence);
  for (std::uint64_t i = 0; i < sequence; ++i) ASSERT_EQ(kept.ids[i], "a-" + std::to_string(i + 1));
}

TEST(Proxy, ThatDelaysCutsRepeatsAndCorruptsFramesLosesNothingAndDoublesNothing) {
  loses_nothing_and_doubles_nothing("tcp://127.0.0.1:0", of_frame, {}, {});
}

TEST(Proxy, ThatDelaysCutsRepeatsAndCorruptsRecordsOfTlsLosesNothingAndDoublesNothing) {
  const Authority ca("the clinic's authority");
  const PemFolder pem;
  Server::Options options;
  options.tls = pem.files("receiver", ca.issue("IP:127.0.0.1"), ca);
  loses_nothing_and_doubles_nothing("tls://127.0.0.1:0", of_record, options,
                                    pem.files("sender", ca.issue("DNS:platform.example"), ca));
}

}  // namespace
}  // namespace alliance::messaging
