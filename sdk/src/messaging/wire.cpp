// SPDX-License-Identifier: Apache-2.0
#include "messaging/wire.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace alliance::messaging {
namespace {

constexpr auto quiet = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t most_together = 64 * 1024;  // bytes of small frames; four records of TLS

const Failure closed_here{ALLIANCE_E_CANCELLED, "the connection was closed", {}};

}  // namespace

Failure socket_failure(const boost::system::error_code& error) {
  if (error == asio::error::eof || error == asio::error::connection_reset || error == asio::error::broken_pipe) {
    return {ALLIANCE_E_IO, "the other side closed the connection", {}};
  }
  return {ALLIANCE_E_IO, error.message(), {}};
}

Wire::Wire(Socket socket, std::optional<TlsSession> tls) : socket_(std::move(socket)), tls_(std::move(tls)) {
  boost::system::error_code ignored;
  // A Unix socket knows neither and needs neither.
  static_cast<void>(socket_.set_option(asio::ip::tcp::no_delay(true), ignored));
  static_cast<void>(socket_.set_option(asio::socket_base::keep_alive(true), ignored));
  static_cast<void>(socket_.native_non_blocking(true, ignored));  // readiness alone does not set it
}

asio::awaitable<bool> Wire::ready(TlsSession::State state) {
  if (state != TlsSession::State::wants_read && state != TlsSession::State::wants_write) co_return false;
  const auto what = state == TlsSession::State::wants_read ? Socket::wait_read : Socket::wait_write;
  const auto [error] = co_await socket_.async_wait(what, quiet);
  co_return !error && socket_.is_open();
}

Result<std::size_t> Wire::ended(TlsSession::State state) const {
  if (!socket_.is_open()) return tl::unexpected(closed_here);
  if (state == TlsSession::State::failed) return tl::unexpected(tls_ ? tls_->failure() : failure_);
  return 0;
}

asio::awaitable<Result<void>> Wire::handshake() {
  while (tls_) {
    const auto step = tls_->handshake();
    if (step.state == TlsSession::State::done) break;
    const bool more = co_await ready(step.state);
    if (more) continue;
    auto why = ended(step.state);
    if (!why) co_return tl::unexpected(std::move(why).error());
    co_return fail(ALLIANCE_E_IO, "the other side closed the connection in the TLS handshake");
  }
  co_return Result<void>();
}

asio::awaitable<Result<std::size_t>> Wire::read(std::span<std::uint8_t> into) {
  if (!tls_) {
    const auto [error, count] = co_await socket_.async_read_some(asio::buffer(into.data(), into.size()), quiet);
    if (error == asio::error::eof) co_return Result<std::size_t>(0);
    if (error) co_return tl::unexpected(socket_failure(error));
    co_return Result<std::size_t>(count);
  }
  for (;;) {
    if (!socket_.is_open()) co_return tl::unexpected(closed_here);
    std::size_t count = 0;
    while (then_ == TlsSession::State::done && count < into.size()) {  // record by record
      const auto step = tls_->read(into.subspan(count));
      count += step.bytes;
      then_ = step.state;
    }
    if (then_ == TlsSession::State::done || count > 0) co_return Result<std::size_t>(count);
    const auto state = std::exchange(then_, TlsSession::State::done);
    const bool more = co_await ready(state);
    if (!more) co_return ended(state);
  }
}

TlsSession::Step Wire::write_now(std::span<const std::uint8_t> bytes) {
  if (tls_) return tls_->write(bytes);
  const ssize_t count = ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (count >= 0) return {TlsSession::State::done, static_cast<std::size_t>(count)};
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {TlsSession::State::wants_write, 0};
  failure_ = socket_failure({errno, boost::system::system_category()});
  return {TlsSession::State::failed, 0};
}

// Small frames share a write: each costs a packet and, under TLS, a heading and a checksum.
void Wire::gather(std::deque<Bytes>& frames) {
  const auto fits = [&](std::size_t before) {
    return !frames.empty() && before + frames.front().size() <= most_together;
  };
  one_ = std::move(frames.front());
  frames.pop_front();
  leaving_ = one_;
  if (!fits(one_.size())) return;
  together_.assign(one_.begin(), one_.end());
  for (; fits(together_.size()); frames.pop_front()) {
    together_.insert(together_.end(), frames.front().begin(), frames.front().end());
  }
  leaving_ = together_;
}

TlsSession::State Wire::write(std::deque<Bytes>& frames) {
  while (!leaving_.empty() || !frames.empty()) {
    if (leaving_.empty()) gather(frames);
    const auto step = write_now(leaving_);
    if (step.state != TlsSession::State::done) return step.state;
    leaving_ = leaving_.subspan(step.bytes);
  }
  return TlsSession::State::done;
}

asio::awaitable<Result<void>> Wire::writable(TlsSession::State state) {
  const bool more = co_await ready(state);
  if (more) co_return Result<void>();
  auto why = ended(state);
  if (!why) co_return tl::unexpected(std::move(why).error());
  co_return fail(ALLIANCE_E_IO, "the other side closed the connection");
}

asio::awaitable<std::size_t> Wire::read_raw(std::span<std::uint8_t> into) {
  const auto [error, count] = co_await socket_.async_read_some(asio::buffer(into.data(), into.size()), quiet);
  co_return error ? 0 : count;
}

void Wire::end_sending() {
  if (!socket_.is_open()) return;
  if (tls_) tls_->say_goodbye();
  boost::system::error_code ignored;
  static_cast<void>(socket_.shutdown(Socket::shutdown_send, ignored));
}

void Wire::close() {
  if (tls_ && socket_.is_open()) tls_->say_goodbye();
  boost::system::error_code ignored;
  static_cast<void>(socket_.close(ignored));
}

}  // namespace alliance::messaging
