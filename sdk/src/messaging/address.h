// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "messaging/delivery.h"

namespace alliance::messaging {

// "tls://HOST:PORT", "tcp://HOST:PORT", "tcp://[::1]:PORT", the latter two with "?insecure" after them or not, and
// "unix:///PATH".
struct Address {
  std::string host;
  std::uint16_t port = 0;
  bool tls = false;
  bool insecure = false;  // may leave this machine although nothing is encrypted
  std::string path;       // of a Unix socket; then nothing of the above
};
Result<Address> read_address(std::string_view text);
std::string written(const Address& address);  // for the other side's log

}  // namespace alliance::messaging
