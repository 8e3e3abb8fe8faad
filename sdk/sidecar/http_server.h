// SPDX-License-Identifier: Apache-2.0
// The sidecar's sockets. What is answered does not stand here.
#pragma once

#include "sidecar.h"

namespace alliance::sidecar {

class HttpServer {
 public:
  // Listens; TLS where the settings name a certificate.
  static Result<std::unique_ptr<HttpServer>> listen(Sidecar& sidecar, Log log);
  virtual ~HttpServer() = default;

  virtual std::string url() const = 0;  // "http://127.0.0.1:8440", with the port that was found
  virtual Result<void> run() = 0;       // on this thread and the workers', until stop() and the last answer
  virtual void stop() = 0;              // any thread: no new connections, streams end, what was begun is answered
};

}  // namespace alliance::sidecar
