// SPDX-License-Identifier: Apache-2.0
// Open transports. Each has a socket of its own to the host and a thread that serves it, so that a lane that waits for
// its far side holds up no other; what it says meanwhile goes over the same socket.
#pragma once

#include <alliance/transport.h>

#include <functional>
#include <list>
#include <memory>
#include <mutex>

#include "services.h"

namespace alliance::runner {

class Ways {
 public:
  Ways(const alliance_transport_factory& table, std::function<std::unique_ptr<Services>()> make)
      : table_(table), make_(std::move(make)) {}
  // Serves `socket`, which is closed in the end, on a thread of its own.
  void serve(int socket);

 private:
  // What a transport was opened with. It is kept when the transport was closed, and lent to the next: a library's
  // thread may still hold it.
  struct Way {
    std::unique_ptr<Services> services;
    alliance_transport_events events{};
    bool taken = false;
  };
  Way& take();
  void run(Way& way, int socket) const;

  const alliance_transport_factory& table_;
  const std::function<std::unique_ptr<Services>()> make_;
  std::mutex mutex_;
  std::list<Way> ways_;
};

}  // namespace alliance::runner
