// SPDX-License-Identifier: Apache-2.0
// For tests that start a server: a folder that goes away, a free port, a wait for something to become true.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

namespace alliance::test {

// Kept when the test failed, so that its logs can be looked at.
class TemporaryFolder {
 public:
  explicit TemporaryFolder(const std::string& what) {
    std::string name = (std::filesystem::temp_directory_path() / ("alliance-" + what + "-XXXXXX")).string();
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

// Nobody listens there now.
inline int free_port() {
  const int one = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof at;
  const bool bound = ::bind(one, reinterpret_cast<sockaddr*>(&at), length) == 0 &&
                     ::getsockname(one, reinterpret_cast<sockaddr*>(&at), &length) == 0;
  ::close(one);
  return bound ? ntohs(at.sin_port) : 0;
}

template <class Condition>
bool eventually(Condition condition, std::chrono::seconds limit = std::chrono::seconds(60)) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

}  // namespace alliance::test
