// SPDX-License-Identifier: Apache-2.0
// Two ends of a stream in one process, each with a thread of its own: ours, and bare ones of the same sockets.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>

#include <sched.h>

#include <future>
#include <memory>
#include <thread>

#include "content.h"
#include "messaging/channel.h"
#include "messaging/message.h"
#include "pairs.h"

namespace bench {

namespace asio = boost::asio;
namespace messaging = alliance::messaging;
using Socket = asio::generic::stream_protocol::socket;
constexpr auto quiet = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t together = 64;  // frames of one write

enum class Kind { tcp, unix_socket };

// The thread that makes it runs on one processor meanwhile: on the first, or the second, of those it may use.
class Pinned {
 public:
  explicit Pinned(int wanted) {
    sched_getaffinity(0, sizeof before_, &before_);
    wanted %= CPU_COUNT(&before_);
    cpu_set_t one;
    CPU_ZERO(&one);
    for (int at = 0; at < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++at) {
      if (CPU_ISSET(at, &before_) && wanted-- == 0) CPU_SET(at, &one);
    }
    sched_setaffinity(0, sizeof one, &one);
  }
  ~Pinned() { sched_setaffinity(0, sizeof before_, &before_); }
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;

 private:
  cpu_set_t before_{};
};

// A peer whose threads cannot be told where to run is measured against ends that are not told either.
#if defined(BENCH_ZEROMQ) || defined(BENCH_GRPC)
constexpr bool told = false;
#else
constexpr bool told = true;
#endif

class Loop {
 public:
  explicit Loop(int processor)
      : thread_([this, processor] {
          const auto here = told ? std::make_unique<Pinned>(processor) : nullptr;
          context.run();
        }) {}
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop() {
    context.stop();
    thread_.join();
  }
  asio::io_context context{1};

 private:
  asio::executor_work_guard<asio::io_context::executor_type> guard_{context.get_executor()};
  std::thread thread_;
};

inline std::pair<Socket, Socket> connected(Kind kind, asio::io_context& left, asio::io_context& right) {
  if (kind == Kind::unix_socket) {
    asio::local::stream_protocol::socket one(left), other(right);
    asio::local::connect_pair(one, other);
    return {Socket(std::move(one)), Socket(std::move(other))};
  }
  asio::ip::tcp::acceptor acceptor(right, {asio::ip::address_v4::loopback(), 0});
  asio::ip::tcp::socket one(left);
  one.connect(acceptor.local_endpoint());
  asio::ip::tcp::socket other = acceptor.accept();
  for (auto* socket : {&one, &other}) socket->set_option(asio::ip::tcp::no_delay(true));
  return {Socket(std::move(one)), Socket(std::move(other))};
}

// Frames through our channels: the receiver verifies each, and acknowledges every 64.
class OurStream {
 public:
  // With papers of the sender and the receiver: over TLS.
  explicit OurStream(Bytes frame, std::size_t at_once = together, const messaging::Papers* sender = nullptr,
                     const messaging::Papers* receiver = nullptr)
      : frame_(std::move(frame)), at_once_(at_once) {
    auto sockets = connected(Kind::tcp, left_.context, right_.context);
    const bool tls = sender != nullptr;
    std::optional<messaging::TlsSession> near, far;
    if (tls) {
      auto one = sender->session(sockets.first.native_handle(), "localhost");
      auto other = receiver->session(sockets.second.native_handle(), "");
      need(one && other, "TLS sessions");
      near.emplace(std::move(*one));
      far.emplace(std::move(*other));
    }
    sender_ =
        std::make_shared<messaging::Channel>(messaging::Wire(std::move(sockets.first), std::move(near)), patience_);
    receiver_ =
        std::make_shared<messaging::Channel>(messaging::Wire(std::move(sockets.second), std::move(far)), patience_);
    if (tls) {
      auto one = asio::co_spawn(left_.context, shake(sender_), asio::use_future);
      auto other = asio::co_spawn(right_.context, shake(receiver_), asio::use_future);
      one.get();
      other.get();
    }
    for (const auto& channel : {sender_, receiver_}) channel->allow_batches();
    asio::post(left_.context, [this] { sender_->start(); });
    asio::co_spawn(right_.context, take(), asio::detached);
  }
  ~OurStream() {
    std::promise<void> left, right;
    asio::post(left_.context, [&] { sender_->close(), left.set_value(); });
    left.get_future().get();
    asio::post(right_.context, [&] { receiver_->close(), right.set_value(); });
    right.get_future().get();
  }
  void operator()(std::uint64_t writes) {
    asio::co_spawn(left_.context, give(writes * at_once_), asio::use_future).get();
  }

 private:
  static asio::awaitable<void> shake(std::shared_ptr<messaging::Channel> channel) {
    const auto done = co_await channel->handshake(std::chrono::seconds(10));
    if (!done) give_up(done.error().message);
  }
  asio::awaitable<void> give(std::uint64_t frames) {
    const std::uint64_t window = 16 * at_once_, end = sent_ + frames;
    while (acknowledged_ < end) {
      if (sent_ < end && sent_ - acknowledged_ < window) {
        for (std::size_t i = 0; i < at_once_; ++i, ++sent_) sender_->send(frame_);
        sender_->flush();
        continue;
      }
      const auto messages = co_await sender_->receive(std::nullopt);
      if (!messages) give_up(messages.error().message);
      for (const auto& one : *messages) {
        const auto message = messaging::read_message(one);
        acknowledged_ = std::get<messaging::Acknowledge>(*message).position;
      }
    }
  }
  asio::awaitable<void> take() {
    receiver_->start();
    std::uint64_t count = 0;
    for (;;) {
      const auto messages = co_await receiver_->receive(std::nullopt);
      if (!messages) co_return;
      const std::uint64_t before = count / at_once_;
      for (const auto& one : *messages) {
        const auto message = messaging::read_message(one);
        if (!message || !messaging::read_batch(std::get<messaging::Chunk>(*message).batch)) give_up("a bad frame");
        ++count;
      }
      const std::uint64_t whole = count / at_once_;
      if (whole > before) receiver_->send(messaging::framed(messaging::Acknowledge{whole * at_once_}));
    }
  }

  const Bytes frame_;
  const std::size_t at_once_;
  messaging::Patience patience_;
  Loop left_{0}, right_{1};
  std::shared_ptr<messaging::Channel> sender_, receiver_;
  std::uint64_t sent_ = 0, acknowledged_ = 0;
};

// The same bytes in the same writes; the other end reads them and says when all have come.
class BareStream {
 public:
  explicit BareStream(const Bytes& frame) {
    for (std::size_t i = 0; i < together; ++i) bytes_.insert(bytes_.end(), frame.begin(), frame.end());
    auto sockets = connected(Kind::tcp, left_.context, right_.context);
    sender_.emplace(std::move(sockets.first));
    receiver_.emplace(std::move(sockets.second));
  }
  void operator()(std::uint64_t writes) {
    auto taken = asio::co_spawn(right_.context, take(writes * bytes_.size()), asio::use_future);
    auto given = asio::co_spawn(left_.context, give(writes), asio::use_future);
    given.get();
    taken.get();
  }

 private:
  asio::awaitable<void> give(std::uint64_t writes) {
    while (writes-- > 0) co_await asio::async_write(*sender_, asio::buffer(bytes_), asio::use_awaitable);
  }
  asio::awaitable<void> take(std::uint64_t bytes) {
    while (bytes > 0) bytes -= co_await receiver_->async_read_some(asio::buffer(buffer_), asio::use_awaitable);
  }
  Bytes bytes_, buffer_ = Bytes(128 * 1024);
  Loop left_{0}, right_{1};
  std::optional<Socket> sender_, receiver_;
};

// One frame there and one back through our channels.
class OurPingPong {
 public:
  OurPingPong(Kind kind, Bytes frame) : frame_(std::move(frame)) {
    auto sockets = connected(kind, left_.context, right_.context);
    near_ = std::make_shared<messaging::Channel>(messaging::Wire(std::move(sockets.first), std::nullopt), patience_);
    far_ = std::make_shared<messaging::Channel>(messaging::Wire(std::move(sockets.second), std::nullopt), patience_);
    asio::post(left_.context, [this] { near_->start(); });
    asio::co_spawn(right_.context, back(), asio::detached);
  }
  ~OurPingPong() {
    std::promise<void> left, right;
    asio::post(left_.context, [&] { near_->close(), left.set_value(); });
    left.get_future().get();
    asio::post(right_.context, [&] { far_->close(), right.set_value(); });
    right.get_future().get();
  }
  void operator()(std::uint64_t times) { asio::co_spawn(left_.context, there(times), asio::use_future).get(); }

 private:
  asio::awaitable<void> there(std::uint64_t times) {
    while (times-- > 0) {
      near_->send(frame_);
      const auto messages = co_await near_->receive(std::nullopt);
      if (!messages || !messaging::read_message(messages->front())) give_up("a bad frame");
    }
  }
  asio::awaitable<void> back() {
    far_->start();
    for (;;) {
      const auto messages = co_await far_->receive(std::nullopt);
      if (!messages) co_return;
      if (!messaging::read_message(messages->front())) give_up("a bad frame");
      far_->send(frame_);
    }
  }
  const Bytes frame_;
  messaging::Patience patience_;
  Loop left_{0}, right_{1};
  std::shared_ptr<messaging::Channel> near_, far_;
};

}  // namespace bench
