// SPDX-License-Identifier: Apache-2.0
// The receiving end: takes connections, hands over what comes, acknowledges what was kept.
#pragma once

#include <map>
#include <optional>
#include <span>

#include "messaging/message.h"

namespace alliance::messaging {

// What became of chunks.
struct Settled {
  std::uint64_t position = 0;      // everything up to here is kept; 0: nothing
  std::optional<Refusal> refused;  // what stands behind it will not be taken as it is
};

class Server {
 public:
  struct Options {
    bool insecure_bind = false;  // tcp:// may listen on more than this machine although nothing is encrypted
    std::size_t connections = 256;
    TlsFiles tls;                                     // of a tls:// address
    std::multimap<std::string, std::string> tenants;  // tenant to the DNS name that may speak for it; empty: all may
    Patience patience;
  };
  struct Handlers {
    // Takes charge of chunks, in order, and says up to where; those are acknowledged when it returns, and a refusal
    // goes to the sender. A failure ends the server.
    std::function<Result<Settled>(const Hello& from, std::span<const Chunk> chunks)> settle;
    std::function<void(const std::string& line)> note;   // who comes and goes
    std::function<void(const std::string& line)> fault;  // what was refused, and from where
  };
  static Result<std::unique_ptr<Server>> listen(const std::string& address, Handlers handlers, const Options& options);
  virtual ~Server() = default;
  virtual std::string address() const = 0;  // "tls://127.0.0.1:7400", with the port that was found, or "unix:///PATH"
  virtual Result<void> run() = 0;           // on this thread, until stop()
  virtual void stop() = 0;                  // any thread
  // Asks the tenant's sender for the body of a report that was withheld. Any thread but the one that runs.
  virtual Result<Bytes> ask(const std::string& tenant, Ask ask, std::chrono::milliseconds within) = 0;
};

}  // namespace alliance::messaging
