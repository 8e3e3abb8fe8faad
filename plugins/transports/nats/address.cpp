// SPDX-License-Identifier: Apache-2.0
#include "address.h"

#include <algorithm>
#include <alliance/error.hpp>
#include <map>

namespace alliance::nats {
namespace {

[[noreturn]] void wrong(const std::string& sentence) { throw Error(ALLIANCE_E_INVALID, "the address: " + sentence); }

std::vector<std::string> parts(std::string_view text, char at) {
  std::vector<std::string> out;
  for (;;) {
    const auto end = text.find(at);
    out.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
  }
}

bool plain(std::string_view word) {
  return !word.empty() && word.size() <= 64 && std::all_of(word.begin(), word.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

std::string host_of(const std::string& server) {
  auto host = server.substr(server.find("://") + 3);
  if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
  return host.substr(0, host.find(':'));
}

bool on_this_machine(const std::string& host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

unsigned seconds(const std::string& text) {
  if (text.empty() || text.size() > 4 || text.find_first_not_of("0123456789") != std::string::npos) {
    wrong("hold is a number of seconds, up to 9999");
  }
  return static_cast<unsigned>(std::stoul(text));
}

}  // namespace

Address address_of(const std::string& endpoint) {
  Address out;
  const auto question = endpoint.find('?');
  if (endpoint.find('@') != std::string::npos) {
    wrong("a user or password does not belong there, because it is shown and logged: name a file with creds=");
  }
  for (const auto& server : parts(endpoint.substr(0, question), ',')) {
    const bool tls = server.starts_with("tls://");
    if ((!tls && !server.starts_with("nats://")) || host_of(server).empty()) {
      wrong("write nats://HOST:PORT or tls://HOST:PORT, several with commas between them");
    }
    out.tls = out.tls || tls;
    out.servers.push_back(server);
  }
  bool insecure = false;
  std::string ack = "application", hold;
  const std::map<std::string, std::string*> known = {
      {"stream", &out.stream},   {"prefix", &out.prefix}, {"ack", &ack},         {"hold", &hold},
      {"monitor", &out.monitor}, {"system", &out.system}, {"creds", &out.creds}, {"ca", &out.ca},
      {"cert", &out.cert},       {"key", &out.key},       {"name", &out.name}};
  if (question != std::string::npos) {
    for (const auto& one : parts(endpoint.substr(question + 1), '&')) {
      const auto equals = one.find('=');
      const auto key = one.substr(0, equals);
      if (one == "insecure") {
        insecure = true;
        continue;
      }
      const auto found = known.find(key);
      if (found == known.end() || equals == std::string::npos) wrong("'" + key + "' is no setting of it");
      *found->second = one.substr(equals + 1);
    }
  }
  if (!plain(out.stream) || !plain(out.prefix)) wrong("stream and prefix are words of letters, digits, - and _");
  if (ack != "application" && ack != "stream") wrong("ack is application or stream");
  out.by_stream = ack == "stream";
  if (!hold.empty()) out.hold = seconds(hold);
  if (!out.monitor.empty() && !out.monitor.starts_with("http://")) wrong("monitor is http://HOST:PORT");
  if (out.cert.empty() != out.key.empty()) wrong("cert and key go together");
  for (const auto& server : out.servers) {
    if (out.tls && !server.starts_with("tls://")) wrong("use tls:// for all servers or for none");
    if (!out.tls && !insecure && !on_this_machine(host_of(server))) {
      throw Error(ALLIANCE_E_DENIED, host_of(server) +
                                         " is another machine: use tls:// with ca=FILE; without encryption the address "
                                         "has to end in insecure");
    }
  }
  return out;
}

std::string token(std::string_view text) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const char c : text) {
    if (plain(std::string_view(&c, 1))) {
      out += c;
    } else {
      out += '=';
      out += digits[static_cast<unsigned char>(c) >> 4];
      out += digits[static_cast<unsigned char>(c) & 15];
    }
  }
  return out.empty() ? "=" : out;
}

}  // namespace alliance::nats
