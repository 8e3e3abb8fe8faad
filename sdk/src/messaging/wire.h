// SPDX-License-Identifier: Apache-2.0
// A connected socket, plain or under TLS. Everything happens on the thread that runs the socket's executor.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

#include <deque>
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
  // Takes from the front of `frames` what the other side takes without being waited for. done: all of it.
  TlsSession::State write(std::deque<Bytes>& frames);
  // Waits until it may take more. A failure: it will not.
  asio::awaitable<Result<void>> writable(TlsSession::State state);
  // What comes, whatever it is; 0: no more.
  asio::awaitable<std::size_t> read_raw(std::span<std::uint8_t> into);
  void end_sending();
  void close();
  std::vector<std::string> peer_names() const { return tls_ ? tls_->peer_names() : std::vector<std::string>(); }

 private:
  asio::awaitable<bool> ready(TlsSession::State state);  // false: closed meanwhile, or there is nothing to wait for
  TlsSession::Step write_now(std::span<const std::uint8_t> bytes);
  void gather(std::deque<Bytes>& frames);
  Result<std::size_t> ended(TlsSession::State state) const;

  Socket socket_;
  Bytes together_, one_;                    // small frames that leave in one write, or a frame that leaves by itself
  std::span<const std::uint8_t> leaving_;   // what is left of these
  Failure failure_{ALLIANCE_E_IO, {}, {}};  // of a write without TLS
  TlsSession::State then_ = TlsSession::State::done;  // what came behind bytes that were read
  std::optional<TlsSession> tls_;                     // knows the descriptor: not to be used once it is closed
};

}  // namespace alliance::messaging
