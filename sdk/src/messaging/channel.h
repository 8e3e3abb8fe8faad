// SPDX-License-Identifier: Apache-2.0
// A connected socket that speaks in frames; both ends of a link are built on it. Everything happens on the
// thread that runs the socket's executor.
#pragma once

#include <boost/asio/steady_timer.hpp>

#include <array>
#include <deque>
#include <memory>
#include <optional>

#include "messaging/frame.h"
#include "messaging/wire.h"

namespace alliance::messaging {

class Channel : public std::enable_shared_from_this<Channel> {
 public:
  Channel(Wire wire, const Patience& patience);

  // Of TLS; without it there is nothing to do. Before start().
  asio::awaitable<Result<void>> handshake(std::chrono::milliseconds within);
  void start();
  // Queued; what is queued together leaves in one write: when its turn comes, when flush() is called or, between two
  // calls of receive(), with the second.
  void send(Bytes frame);
  void flush();
  void finish();  // no more to send: ends that direction after what is queued
  void close();   // at once
  void allow_batches() { decoder_.set_limit(max_message); }
  bool closed() const { return closed_; }
  std::vector<std::string> peer_names() const { return wire_.peer_names(); }
  std::size_t queued() const { return queue_.size(); }

  // Waits for at least one whole message, and gives all that have come: they lie here until the next call. Without
  // `within` it waits for ever, but no longer than the patience for a frame once one has begun.
  using Messages = std::span<const std::span<const std::uint8_t>>;
  asio::awaitable<Result<Messages>> receive(std::optional<std::chrono::milliseconds> within);
  // Reads and forgets until the other side closes: a socket closed on unread bytes takes back what was sent last.
  asio::awaitable<void> drain(std::chrono::milliseconds within);

 private:
  void write_soon();
  asio::awaitable<void> write_rest(TlsSession::State state);
  void arm(asio::steady_timer& timer, std::chrono::steady_clock::time_point when, const char* sentence);
  void disarm(asio::steady_timer& timer);
  void watch_frame();
  void broken(Failure failure);

  Wire wire_;
  asio::steady_timer reading_, writing_, half_;
  Patience patience_;
  Decoder decoder_{max_greeting};
  alignas(8) std::array<std::uint8_t, 128 * 1024> buffer_{};
  std::vector<std::span<const std::uint8_t>> messages_;
  std::deque<Bytes> queue_;
  std::optional<Failure> failure_;
  std::optional<std::chrono::steady_clock::time_point> frame_began_;
  bool started_ = false, finishing_ = false, closed_ = false, watching_ = false;
  bool asked_ = false, waiting_ = false;  // to write soon; for the other side to take more
  bool between_ = false;                  // two calls of receive()
};

}  // namespace alliance::messaging
