// SPDX-License-Identifier: Apache-2.0
#include "messaging/channel.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace alliance::messaging {
namespace {

constexpr auto quiet = asio::as_tuple(asio::use_awaitable);
using Clock = std::chrono::steady_clock;

}  // namespace

Channel::Channel(Wire wire, const Patience& patience)
    : wire_(std::move(wire)),
      reading_(wire_.executor()),
      writing_(wire_.executor()),
      half_(wire_.executor()),
      patience_(patience) {}

asio::awaitable<Result<void>> Channel::handshake(std::chrono::milliseconds within) {
  const auto self = shared_from_this();
  arm(reading_, Clock::now() + within, "the other side did not finish the TLS handshake in time");
  auto done = co_await wire_.handshake();
  disarm(reading_);
  if (failure_) co_return tl::unexpected(*failure_);
  co_return done;
}

void Channel::start() {
  started_ = true;
  write_soon();
}

void Channel::send(Bytes frame) {
  if (closed_ || finishing_) return;
  queue_.push_back(std::move(frame));
  if (!between_) write_soon();
}

void Channel::finish() {
  if (std::exchange(finishing_, true)) return;
  write_soon();
}

// Once for all that is sent until then.
void Channel::write_soon() {
  if (!started_ || waiting_ || std::exchange(asked_, true)) return;
  asio::post(wire_.executor(), [self = shared_from_this()] {
    if (std::exchange(self->asked_, false)) self->flush();
  });
}

// Mostly the socket takes all at once: a coroutine and a timer would cost more than that.
void Channel::flush() {
  if (!started_ || closed_ || waiting_) return;
  const auto state = wire_.write(queue_);
  if (state == TlsSession::State::done) {
    if (finishing_) wire_.end_sending();
    return;
  }
  waiting_ = true;
  asio::co_spawn(wire_.executor(), write_rest(state), asio::detached);
}

asio::awaitable<void> Channel::write_rest(TlsSession::State state) {
  const auto self = shared_from_this();
  while (state != TlsSession::State::done) {
    arm(writing_, Clock::now() + patience_.write, "the other side takes nothing more");
    auto more = co_await wire_.writable(state);
    disarm(writing_);
    if (closed_) co_return;
    if (!more) {
      broken(std::move(more).error());
      co_return;
    }
    state = wire_.write(queue_);
  }
  waiting_ = false;
  if (finishing_) wire_.end_sending();
}

void Channel::close() {
  if (closed_) return;
  closed_ = true;
  wire_.close();
  disarm(reading_);
  disarm(writing_);
  disarm(half_);
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

// A stream is in the middle of a frame at every other read. The timer is set once and looks whose turn it is.
void Channel::watch_frame() {
  if (std::exchange(watching_, true)) return;
  half_.expires_at(*frame_began_ + patience_.frame);
  half_.async_wait([self = shared_from_this()](boost::system::error_code error) {
    self->watching_ = false;
    if (error || !self->frame_began_) return;
    if (*self->frame_began_ + self->patience_.frame > Clock::now()) return self->watch_frame();
    self->broken({ALLIANCE_E_TIMEOUT, "the other side stopped in the middle of a frame", {}});
  });
}

asio::awaitable<Result<Channel::Messages>> Channel::receive(std::optional<std::chrono::milliseconds> within) {
  const auto self = shared_from_this();
  const auto begin = Clock::now();
  messages_.clear();
  between_ = false;
  if (!queue_.empty()) flush();
  while (messages_.empty()) {
    if (failure_) co_return tl::unexpected(*failure_);
    if (within) {
      arm(reading_, begin + *within, "the other side did not answer in time");
    } else if (frame_began_) {
      watch_frame();
    }
    const auto count = co_await wire_.read(buffer_);
    if (within) disarm(reading_);
    if (failure_) co_return tl::unexpected(*failure_);
    if (!count || *count == 0) {
      Failure failure = count ? Failure{ALLIANCE_E_IO, "the other side closed the connection", {}} : count.error();
      if (count && decoder_.midway()) {
        failure = {ALLIANCE_E_BAD_INPUT, "the other side closed the connection in the middle of a frame", {}};
      }
      broken(failure);
      co_return tl::unexpected(std::move(failure));
    }
    std::span<const std::uint8_t> bytes(buffer_.data(), *count);
    while (!bytes.empty()) {
      auto message = decoder_.take(bytes);
      if (!message) {  // what was whole before it still counts; the next call says why there is no more
        failure_ = message.error();
        break;
      }
      if (*message) messages_.push_back(**message);
    }
    if (!decoder_.midway()) {
      frame_began_.reset();
    } else if (!frame_began_ || !messages_.empty()) {
      frame_began_ = Clock::now();
    }
  }
  between_ = true;
  co_return Messages(messages_);
}

asio::awaitable<void> Channel::drain(std::chrono::milliseconds within) {
  const auto self = shared_from_this();
  if (closed_) co_return;
  arm(reading_, Clock::now() + within, "");
  std::size_t left = 4 * max_message;  // no longer than a sender's window
  while (!closed_) {
    const auto count = co_await wire_.read_raw(buffer_);
    if (count == 0 || count > left) break;
    left -= count;
  }
  close();
}

}  // namespace alliance::messaging
