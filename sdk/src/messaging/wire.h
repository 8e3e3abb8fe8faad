// SPDX-License-Identifier: Apache-2.0
// A connected socket, plain or under TLS. Everything happens on the thread that runs the socket's executor.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

#include <deque>
#include <functional>
#include <optional>
#include <span>

#include "messaging/tls.h"

namespace alliance::messaging {

namespace asio = boost::asio;

Failure socket_failure(const boost::system::error_code& error);

class Wire {
 public:
  using Socket = asio::generic::stream_protocol::socket;  // TCP or Unix: from here on there is no difference
  explicit Wire(Socket socket, std::optional<TlsSession> tls = std::nullopt);

  asio::any_io_executor executor() { return socket_.get_executor(); }
  asio::awaitable<Result<void>> handshake();
  // How many bytes came; 0: the other side has ended.
  asio::awaitable<Result<std::size_t>> read(std::span<std::uint8_t> into);
  // `waits` is called when the other side takes no more for now, before it is waited for.
  asio::awaitable<Result<void>> write(const std::deque<Bytes>& frames, const std::function<void()>& waits);
  // What comes, whatever it is; 0: no more.
  asio::awaitable<std::size_t> read_raw(std::span<std::uint8_t> into);
  void end_sending();
  void close();
  std::vector<std::string> peer_names() const { return tls_ ? tls_->peer_names() : std::vector<std::string>(); }

 private:
  asio::awaitable<bool> ready(TlsSession::State state);  // false: closed meanwhile, or there is nothing to wait for
  TlsSession::Step write_now(std::span<const std::uint8_t> bytes);
  Result<std::size_t> ended(TlsSession::State state) const;

  Socket socket_;
  Bytes together_;                          // small frames that leave in one write
  Failure failure_{ALLIANCE_E_IO, {}, {}};  // of a write without TLS
  std::optional<TlsSession> tls_;           // knows the descriptor: not to be used once it is closed
};

}  // namespace alliance::messaging
