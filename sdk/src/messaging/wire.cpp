// SPDX-License-Identifier: Apache-2.0
#include "messaging/wire.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>

namespace alliance::messaging {
namespace {

constexpr auto quiet = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t record_size = 16 * 1024;  // the most that TLS puts into one record

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
  if (state == TlsSession::State::failed) return tl::unexpected(tls_->failure());
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
    const auto step = tls_->read(into);
    if (step.state == TlsSession::State::done) co_return Result<std::size_t>(step.bytes);
    const bool more = co_await ready(step.state);
    if (!more) co_return ended(step.state);
  }
}

asio::awaitable<Result<void>> Wire::write(const std::deque<Bytes>& frames) {
  if (!tls_) {
    std::vector<asio::const_buffer> buffers;
    for (const auto& frame : frames) buffers.push_back(asio::buffer(frame));
    const auto [error, written] = co_await asio::async_write(socket_, buffers, quiet);
    if (error) co_return tl::unexpected(socket_failure(error));
    co_return Result<void>();
  }
  // Small frames share a record: each costs a heading, a checksum and, alone, a packet.
  Bytes record;
  record.reserve(record_size);
  for (const auto& frame : frames) {
    for (std::size_t at = 0; at < frame.size();) {
      const auto part = std::span(frame).subspan(at, std::min(frame.size() - at, record_size - record.size()));
      record.insert(record.end(), part.begin(), part.end());
      at += part.size();
      if (record.size() < record_size) continue;
      auto written = co_await write_record(record);
      if (!written) co_return written;
      record.clear();
    }
  }
  if (!record.empty()) {
    auto written = co_await write_record(record);
    if (!written) co_return written;
  }
  co_return Result<void>();
}

asio::awaitable<Result<void>> Wire::write_record(std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    if (!socket_.is_open()) co_return tl::unexpected(closed_here);
    const auto step = tls_->write(bytes);
    if (step.state == TlsSession::State::done) {
      bytes = bytes.subspan(step.bytes);
      continue;
    }
    const bool more = co_await ready(step.state);
    if (more) continue;
    auto why = ended(step.state);
    if (!why) co_return tl::unexpected(std::move(why).error());
    co_return fail(ALLIANCE_E_IO, "the other side closed the connection");
  }
  co_return Result<void>();
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
