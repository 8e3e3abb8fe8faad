// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "messaging/delivery.h"

namespace alliance::messaging {

// "HOST:PORT", "[::1]:PORT", each with or without "tcp://" before it and "?insecure" after it.
struct Address {
  std::string host;
  std::uint16_t port = 0;
  bool insecure = false;  // may leave this machine although nothing is encrypted
};
Result<Address> read_address(std::string_view text);

}  // namespace alliance::messaging
