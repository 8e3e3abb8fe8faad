// SPDX-License-Identifier: Apache-2.0
#include "messaging/address.h"

#include <charconv>

#include "messaging/text.h"

namespace alliance::messaging {

Result<Address> read_address(std::string_view text) {
  const std::string whole(text);
  const auto bad = [&](const char* why) {
    return fail(ALLIANCE_E_INVALID, (is_name(whole, 256) ? whole : std::string("the address")) + " " + why +
                                        ": write tcp://HOST:PORT, for example tcp://127.0.0.1:7400");
  };
  if (text.starts_with("tcp://")) text.remove_prefix(6);
  Address out;
  if (text.ends_with("?insecure")) {
    out.insecure = true;
    text.remove_suffix(9);
  }
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad("names no port");
  auto host = text.substr(0, colon);
  const auto port = text.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find_first_of(":[]") != std::string_view::npos) {
    return bad("has an IPv6 address without brackets");
  }
  if (host.empty()) return bad("names no host");
  if (host.find_first_of("/?#@ ") != std::string_view::npos || !is_name(host, 255))
    return bad("has a host that is no name");
  unsigned number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error != std::errc() || end != port.data() + port.size() || number > 65535)
    return bad("has a port that is not 0 to 65535");
  out.host = host;
  out.port = static_cast<std::uint16_t>(number);
  return out;
}

}  // namespace alliance::messaging
