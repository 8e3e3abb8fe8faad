// SPDX-License-Identifier: Apache-2.0
// The receiving end for an application: a server, what it remembers, and the callback. Its C face is sdk/src/abi.
#pragma once

#include <alliance/base.h>

#include <memory>
#include <string>

#include "host/handing.h"
#include "messaging/intake.h"
#include "messaging/server.h"
#include "store/master.h"

namespace alliance::host {

// A memory in a file of its own. `keep_reports`: the reports lie there too.
struct InboxMemory {
  std::unique_ptr<messaging::Memory> memory;
  messaging::Intake::Take keep;             // puts a report there; empty when they are not kept
  std::function<Result<void>()> take_back;  // the last that was put
};
Result<InboxMemory> open_inbox(const std::string& path, bool keep_reports, const store::KeySource& keys);

class Receiving {
 public:
  struct Settings {
    std::string address;
    bool insecure = false;
    messaging::TlsFiles tls;
    std::multimap<std::string, std::string> tenants;  // see messaging::Server::Options
    Taker taker;
    std::function<void(std::int32_t level, const std::string& line)> log;
  };
  static Result<std::unique_ptr<Receiving>> open(Settings settings, InboxMemory memory);

  // Without an address it listens nowhere: settle() is all that it does.
  std::string address() const { return server_ ? server_->address() : std::string(); }
  Result<void> run() {
    return server_ ? server_->run() : Result<void>(fail(ALLIANCE_E_STATE, "this receiver was given no address"));
  }
  void stop() {
    if (server_) server_->stop();
  }
  Result<messaging::Settled> settle(std::span<const messaging::Chunk> chunks) { return intake_.settle(chunks); }
  // The body of a report that was withheld, verified.
  Result<std::vector<std::uint8_t>> fetch(const std::string& tenant, messaging::Ask ask,
                                          std::chrono::milliseconds within);

 private:
  Receiving(Settings settings, InboxMemory memory);

  Settings settings_;
  InboxMemory memory_;
  messaging::Intake intake_;
  std::unique_ptr<messaging::Server> server_;
};

}  // namespace alliance::host
