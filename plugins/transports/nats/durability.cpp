// SPDX-License-Identifier: Apache-2.0
#include "durability.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "../../shared/member.h"

namespace alliance::nats {
namespace {

// The members that matter stand in an object called "config", indented for people.
std::string value_of(const std::string& json, const std::string& name) {
  const auto begin = json.find("\"config\"");
  if (begin == std::string::npos) return {};
  const auto end = json.find('}', begin);
  const auto at = json.find("\"" + name + "\":", begin);
  if (at == std::string::npos || at > end) return {};
  const auto value = json.find_first_not_of(" \t\r\n", at + name.size() + 3);
  return json.substr(value, json.find_first_of(",}\r\n", value) - value);
}

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

}  // namespace

Durability durability(const Kept& stream, const std::vector<std::string>& said) {
  Durability out;
  std::string where =
      "the stream has " + std::to_string(stream.replicas) + (stream.replicas == 1 ? " copy" : " copies");
  if (stream.drops_old) where += ", drops old messages at its limits";
  if (stream.in_memory) {
    out.sentence = where + " in memory: nothing of it outlives its servers";
    return out;
  }
  bool known = !said.empty();
  double slowest = 0;
  for (const auto& one : said) {
    const double nanoseconds = std::strtod(value_of(one, "sync_interval").c_str(), nullptr);
    if (value_of(one, "sync_always") == "true") continue;
    known = known && nanoseconds > 0;
    slowest = std::max(slowest, nanoseconds / 1e9);
  }
  if (!known) {
    out.sentence = where + " in files, and the server does not say when they are on the disk: not durable";
    return out;
  }
  out.after_seconds = slowest;
  out.sentence = where + (slowest > 0 ? " in files, on the disk up to " + number(slowest) + " s after it acknowledges"
                                      : " in files, on the disk before it acknowledges");
  return out;
}

std::string ask_monitor(const std::string& address, const std::string& path) {
  auto place = address.substr(address.find("://") + 3);
  place = place.substr(0, place.find('/'));
  const auto colon = place.rfind(':');
  const auto host = place.substr(0, colon);
  const auto port = colon == std::string::npos ? "8222" : place.substr(colon + 1);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0) return {};
  const int descriptor = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(3);
  const auto ready = [&](short events) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()).count();
    pollfd one{descriptor, events, 0};
    return left > 0 && ::poll(&one, 1, static_cast<int>(left)) == 1;
  };
  std::string answer;
  const std::string request = "GET " + path + " HTTP/1.0\r\nHost: " + place + "\r\n\r\n";
  static_cast<void>(::connect(descriptor, found->ai_addr, found->ai_addrlen));
  if (ready(POLLOUT) &&
      ::send(descriptor, request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size())) {
    char piece[4096];
    while (answer.size() < 65'536 && ready(POLLIN)) {
      const auto got = ::recv(descriptor, piece, sizeof piece, 0);
      if (got <= 0) break;
      answer.append(piece, static_cast<std::size_t>(got));
    }
  }
  ::close(descriptor);
  ::freeaddrinfo(found);
  return answer.find(" 200 ") < 16 ? answer : std::string();
}

}  // namespace alliance::nats
