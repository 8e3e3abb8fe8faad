// SPDX-License-Identifier: Apache-2.0
#include "messaging/address.h"

#include <sys/un.h>

#include <charconv>

#include "messaging/text.h"

namespace alliance::messaging {
namespace {

constexpr std::size_t longest_path = sizeof(sockaddr_un::sun_path) - 1;

tl::unexpected<Failure> bad(std::string_view text, const std::string& why) {
  return fail(ALLIANCE_E_INVALID, (is_name(text, 256) ? std::string(text) : std::string("the address")) + " " + why);
}

Result<Address> read_unix(std::string_view whole, std::string_view path) {
  if (!path.starts_with('/'))
    return bad(whole, "names no absolute path: write unix:///PATH, for example unix:///run/app.sock");
  if (!is_name(path, longest_path)) {
    return bad(whole, "has a path that is no text or longer than " + std::to_string(longest_path) +
                          " bytes, the most that a Unix socket takes");
  }
  if (path.ends_with('/')) return bad(whole, "names a folder: name a socket in it");
  Address out;
  out.path = path;
  return out;
}

Result<Address> read_tcp(std::string_view whole, std::string_view text, bool tls) {
  const auto wrong = [&](const std::string& why) {
    return bad(whole, why + (tls ? ": write tls://HOST:PORT, for example tls://reports.example.org:7443"
                                 : ": write tcp://HOST:PORT, for example tcp://127.0.0.1:7400"));
  };
  Address out;
  out.tls = tls;
  if (text.ends_with("?insecure")) {
    if (tls) return wrong("asks for TLS and for ?insecure at once");
    out.insecure = true;
    text.remove_suffix(9);
  }
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return wrong("names no port");
  auto host = text.substr(0, colon);
  const auto port = text.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find_first_of(":[]") != std::string_view::npos) {
    return wrong("has an IPv6 address without brackets");
  }
  if (host.empty()) return wrong("names no host");
  if (host.find_first_of("/?#@ ") != std::string_view::npos || !is_name(host, 255))
    return wrong("has a host that is no name");
  unsigned number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error != std::errc() || end != port.data() + port.size() || number > 65535)
    return wrong("has a port that is not 0 to 65535");
  out.host = host;
  out.port = static_cast<std::uint16_t>(number);
  return out;
}

}  // namespace

Result<Address> read_address(std::string_view text) {
  if (text.starts_with("unix://")) return read_unix(text, text.substr(7));
  if (text.starts_with("tls://")) return read_tcp(text, text.substr(6), true);
  return read_tcp(text, text.starts_with("tcp://") ? text.substr(6) : text, false);
}

std::string written(const Address& address) {
  if (!address.path.empty()) return "unix://" + address.path;
  const bool six = address.host.find(':') != std::string::npos;
  return (address.tls ? "tls://" : "tcp://") + (six ? "[" + address.host + "]" : address.host) + ":" +
         std::to_string(address.port);
}

}  // namespace alliance::messaging
