// SPDX-License-Identifier: Apache-2.0
// TLS 1.3 with mutual authentication, without a socket: who we are, whom we believe, and what of a session may
// be done now. Whoever owns the descriptor waits for it to become ready.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "messaging/delivery.h"

using SSL = struct ssl_st;
using SSL_CTX = struct ssl_ctx_st;

namespace alliance::messaging {

// One side's papers, read when it is asked for: a renewed certificate needs no restart.
class Papers {
 public:
  enum class Side : std::uint8_t { sender, receiver };
  // Reads all of them once, so that what is wrong is said before the first connection.
  static Result<Papers> read(TlsFiles files, Side side);

  // `name`: the receiver's certificate must bear this host name or IP address.
  Result<std::unique_ptr<SSL, void (*)(SSL*)>> session(int descriptor, const std::string& name) const;

 private:
  Papers(TlsFiles files, Side side) : files_(std::move(files)), side_(side) {}
  Result<std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)>> context() const;
  TlsFiles files_;
  Side side_;
};

// One connection. Each call does what can be done without waiting.
class TlsSession {
 public:
  enum class State : std::uint8_t { done, wants_read, wants_write, ended, failed };
  struct Step {
    State state = State::done;
    std::size_t bytes = 0;  // that were read or written
  };
  explicit TlsSession(std::unique_ptr<SSL, void (*)(SSL*)> ssl) : ssl_(std::move(ssl)) {}

  Step handshake();
  Step read(std::span<std::uint8_t> into);
  Step write(std::span<const std::uint8_t> bytes);  // after wants_...: the same bytes again
  void say_goodbye();                               // as far as that can be done now
  const Failure& failure() const { return failure_; }
  // DNS names of the other side's certificate, in lower case. It was checked in the handshake.
  std::vector<std::string> peer_names() const;

 private:
  Step step(int result, std::size_t bytes);
  std::unique_ptr<SSL, void (*)(SSL*)> ssl_;
  Failure failure_{ALLIANCE_E_IO, "the connection failed", {}};
};

}  // namespace alliance::messaging
