// SPDX-License-Identifier: Apache-2.0
// The receiving end: takes connections, hands over what comes, acknowledges what was kept.
#pragma once

#include <span>

#include "messaging/message.h"

namespace alliance::messaging {

class Server {
 public:
  struct Options {
    bool insecure_bind = false;  // may listen on more than this machine although nothing is encrypted
    std::size_t connections = 256;
    Patience patience;
    std::vector<int> stop_signals;
  };
  struct Handlers {
    // Takes charge of chunks, in order; they are acknowledged when it returns. ALLIANCE_E_BAD_INPUT refuses
    // them and closes that connection; any other failure ends the server.
    std::function<Result<void>(const Hello& from, std::span<const Chunk> chunks)> keep;
    std::function<void(const std::string& line)> note;   // who comes and goes
    std::function<void(const std::string& line)> fault;  // what was refused, and from where
  };
  static Result<std::unique_ptr<Server>> listen(const std::string& address, Handlers handlers, const Options& options);
  virtual ~Server() = default;
  virtual std::string address() const = 0;  // "tcp://127.0.0.1:7400", with the port that was found, or "unix:///PATH"
  virtual Result<void> run() = 0;           // on this thread, until stop()
  virtual void stop() = 0;                  // any thread
};

}  // namespace alliance::messaging
