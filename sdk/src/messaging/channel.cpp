// SPDX-License-Identifier: Apache-2.0
#include "messaging/channel.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace alliance::messaging {
namespace {

constexpr auto quiet = asio::as_tuple(asio::use_awaitable);
using Clock = std::chrono::steady_clock;

}  // namespace

Failure socket_failure(const boost::system::error_code& error) {
  if (error == asio::error::eof || error == asio::error::connection_reset || error == asio::error::broken_pipe) {
    return {ALLIANCE_E_IO, "the other side closed the connection", {}};
  }
  return {ALLIANCE_E_IO, error.message(), {}};
}

Channel::Channel(Socket socket, const Patience& patience)
    : socket_(std::move(socket)),
      reading_(socket_.get_executor()),
      writing_(socket_.get_executor()),
      queue_signal_(socket_.get_executor()),
      patience_(patience) {}

void Channel::start() {
  boost::system::error_code ignored;
  // A Unix socket knows neither and needs neither.
  static_cast<void>(socket_.set_option(asio::ip::tcp::no_delay(true), ignored));
  static_cast<void>(socket_.set_option(asio::socket_base::keep_alive(true), ignored));
  asio::co_spawn(socket_.get_executor(), write_loop(), asio::detached);
}

void Channel::send(Bytes frame) {
  if (closed_ || finishing_) return;
  queue_.push_back(std::move(frame));
  queue_signal_.cancel();
}

void Channel::finish() {
  finishing_ = true;
  queue_signal_.cancel();
}

void Channel::close() {
  if (closed_) return;
  closed_ = true;
  boost::system::error_code ignored;
  static_cast<void>(socket_.close(ignored));
  disarm(reading_);
  disarm(writing_);
  queue_signal_.cancel();
}

void Channel::broken(Failure failure) {
  if (!failure_) failure_ = std::move(failure);
  close();
}

void Channel::arm(asio::steady_timer& timer, Clock::time_point when, const char* sentence) {
  timer.expires_at(when);
  timer.async_wait([self = shared_from_this(), &timer, sentence](boost::system::error_code error) {
    if (error || timer.expiry() > Clock::now()) return;
    self->broken({ALLIANCE_E_TIMEOUT, sentence, {}});
  });
}

// A timer that has fired but whose handler has not yet run finds an expiry that is not yet due.
void Channel::disarm(asio::steady_timer& timer) { timer.expires_at(Clock::time_point::max()); }

asio::awaitable<void> Channel::write_loop() {
  const auto self = shared_from_this();
  while (!closed_) {
    if (queue_.empty()) {
      if (finishing_) {
        boost::system::error_code ignored;
        static_cast<void>(socket_.shutdown(Socket::shutdown_send, ignored));
        co_return;
      }
      queue_signal_.expires_at(Clock::time_point::max());
      co_await queue_signal_.async_wait(quiet);
      continue;
    }
    const auto sending = std::exchange(queue_, {});
    std::vector<asio::const_buffer> buffers;
    for (const auto& frame : sending) buffers.push_back(asio::buffer(frame));
    arm(writing_, Clock::now() + patience_.write, "the other side takes nothing more");
    const auto [error, written] = co_await asio::async_write(socket_, buffers, quiet);
    disarm(writing_);
    if (error) {
      broken(socket_failure(error));
      co_return;
    }
  }
}

asio::awaitable<Result<std::vector<Bytes>>> Channel::receive(std::optional<std::chrono::milliseconds> within) {
  const auto self = shared_from_this();
  const auto begin = Clock::now();
  std::vector<Bytes> messages;
  while (messages.empty()) {
    if (failure_) co_return tl::unexpected(*failure_);
    if (within) {
      arm(reading_, begin + *within, "the other side did not answer in time");
    } else if (frame_began_) {
      arm(reading_, *frame_began_ + patience_.frame, "the other side stopped in the middle of a frame");
    }
    const auto [error, count] = co_await socket_.async_read_some(asio::buffer(buffer_), quiet);
    disarm(reading_);
    if (failure_) co_return tl::unexpected(*failure_);
    if (error) {
      Failure failure = socket_failure(error);
      if (decoder_.midway() && error == asio::error::eof) {
        failure = {ALLIANCE_E_BAD_INPUT, "the other side closed the connection in the middle of a frame", {}};
      }
      broken(failure);
      co_return tl::unexpected(std::move(failure));
    }
    std::span<const std::uint8_t> bytes(buffer_.data(), count);
    while (!bytes.empty()) {
      auto message = decoder_.take(bytes);
      if (!message) {  // what was whole before it still counts; the next call says why there is no more
        failure_ = message.error();
        break;
      }
      if (*message) messages.push_back(std::move(**message));
    }
    if (!decoder_.midway()) {
      frame_began_.reset();
    } else if (!frame_began_ || !messages.empty()) {
      frame_began_ = Clock::now();
    }
  }
  co_return messages;
}

asio::awaitable<void> Channel::drain(std::chrono::milliseconds within) {
  const auto self = shared_from_this();
  if (closed_) co_return;
  arm(reading_, Clock::now() + within, "");
  std::size_t left = 4 * max_message;  // no longer than a sender's window
  while (!closed_) {
    const auto [error, count] = co_await socket_.async_read_some(asio::buffer(buffer_), quiet);
    if (error || count > left) break;
    left -= count;
  }
  close();
}

}  // namespace alliance::messaging
