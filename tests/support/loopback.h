// SPDX-License-Identifier: Apache-2.0
// For tests that start a server: a folder that goes away, a free port, a wait for something to become true.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <thread>

namespace alliance::test {

// Kept when the test failed, so that its logs can be looked at.
class TemporaryFolder {
 public:
  explicit TemporaryFolder(const std::string& what,
                           const std::filesystem::path& in = std::filesystem::temp_directory_path()) {
    std::string name = (in / ("alliance-" + what + "-XXXXXX")).string();
    path_ = ::mkdtemp(name.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!::testing::Test::HasFailure()) std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  std::string string() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

// A port of 127.0.0.1 where nobody listens, and that stays free for this process: it lies outside the range from which
// the system takes ports for outgoing connections, and a name in the abstract space of Unix sockets, held until the
// process ends, keeps it from other tests that ask here. 0 where there is none.
inline int free_port() {
  int lowest = 32768;
  std::ifstream("/proc/sys/net/ipv4/ip_local_port_range") >> lowest;
  if (lowest < 12000) lowest = 32768;  // the range is nearly everything: then one part is as good as another
  static std::mt19937 random{std::random_device{}()};
  for (int tries = 0; tries < 1000; ++tries) {
    const int port = lowest - 1 - static_cast<int>(random() % 10000);
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "alliance-test-port-%d", port);
    const int held = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int one = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    at.sin_port = htons(static_cast<std::uint16_t>(port));
    const bool ours = ::bind(held, reinterpret_cast<sockaddr*>(&name), sizeof name) == 0 &&
                      ::bind(one, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0;
    ::close(one);
    if (ours) return port;
    ::close(held);
  }
  return 0;
}

inline bool listens_on(int port) {
  const int caller = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  to.sin_port = htons(static_cast<std::uint16_t>(port));
  const bool heard = ::connect(caller, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
  ::close(caller);
  return heard;
}

template <class Condition>
bool eventually(Condition condition, std::chrono::seconds limit = std::chrono::seconds(120)) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

// What a server said last, for the message of a test that failed.
inline std::string end_of(const std::string& path, std::size_t most = 2000) {
  std::ostringstream all;
  all << std::ifstream(path).rdbuf();
  const auto text = all.str();
  return path + ":\n" + (text.size() > most ? text.substr(text.size() - most) : text);
}

}  // namespace alliance::test
