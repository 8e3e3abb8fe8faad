// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace alliance::nats {

// What stands after "nats:": one or more servers, and what is asked of them.
//   nats://HOST:PORT,nats://HOST:PORT?stream=NAME&prefix=WORD&ack=application|stream&hold=SECONDS
//     &monitor=http://HOST:PORT&system=FILE&creds=FILE&ca=FILE&cert=FILE&key=FILE&name=NAME&insecure
struct Address {
  std::vector<std::string> servers;
  bool tls = false;
  std::string stream = "ALLIANCE", prefix = "alliance";
  bool by_stream = false;  // the stream's acknowledgement empties the outbox; else the application's
  std::optional<unsigned> hold;
  std::string monitor, system, creds, ca, cert, key, name;
};

// Throws for what it does not understand, for a secret in the address, and for another machine without TLS.
Address address_of(const std::string& endpoint);

// One token of a subject: letters, digits, '-' and '_' stand for themselves, every other byte is "=" and two hex
// digits.
std::string token(std::string_view text);

}  // namespace alliance::nats
