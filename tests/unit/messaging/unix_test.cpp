// SPDX-License-Identifier: Apache-2.0
// The same delivery over a Unix socket: who may reach it, and what is done about a file that is in the way.
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "running.h"

namespace alliance::messaging {
namespace {

class UnixSocket : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "alliance-unix-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  void TearDown() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  std::string path(const char* name = "reports.sock") const { return (folder_ / name).string(); }
  std::string address() const { return "unix://" + path(); }
  std::filesystem::path folder_;
};

TEST_F(UnixSocket, DeliversBothLanesAndTakesItsFileAway) {
  Kept kept;
  MemoryOutbox outbox;
  for (std::uint64_t i = 1; i <= 50; ++i) outbox.put(Lane::normal, made_batch({{"a", i}}));
  outbox.put(Lane::safety, made_batch({{"a", 51, Lane::safety}}));
  {
    Running server(kept, address());
    EXPECT_EQ(server.address(), address());
    auto delivery = Delivery::create(outbox, {}, quick_pace());
    delivery->add("unix", Lane::normal, link_to(address()), 0);
    delivery->add("unix", Lane::safety, link_to(address(), Lane::safety), 0);
    ASSERT_TRUE(delivery->drain(ten, never));
    EXPECT_EQ(server.faults(), "");
  }
  EXPECT_EQ(kept.count(), 51u);
  EXPECT_FALSE(std::filesystem::exists(path()));
}

TEST_F(UnixSocket, IsItsOwnersAloneWhateverTheUmask) {
  const auto before = ::umask(0);
  const auto server = Server::listen(address(), {}, {});
  ::umask(before);
  ASSERT_TRUE(server) << server.error().message;
  struct stat status{};
  ASSERT_EQ(::stat(path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(UnixSocket, WhatAKilledReceiverLeftIsReplacedAndNothingElseIs) {
  {
    const int left = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::strcpy(name.sun_path, path().c_str());
    ASSERT_EQ(::bind(left, reinterpret_cast<sockaddr*>(&name), sizeof name), 0);
    ::close(left);
  }
  ASSERT_TRUE(std::filesystem::exists(path()));
  auto server = Server::listen(address(), {}, {});
  ASSERT_TRUE(server) << server.error().message;
  const auto second = Server::listen(address(), {}, {});
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().message.find("listens on " + path() + " already"), std::string::npos);

  std::ofstream(path("notes")) << "somebody's notes";
  const auto file = Server::listen("unix://" + path("notes"), {}, {});
  ASSERT_FALSE(file);
  EXPECT_NE(file.error().message.find("is no socket"), std::string::npos);
  EXPECT_EQ(std::filesystem::file_size(path("notes")), 16u);
}

TEST_F(UnixSocket, AnAddressThatCannotBeIsOneSentence) {
  const auto says = [](const std::string& bad, const char* why) {
    const auto link = socket_link(bad, "clinic", Lane::normal);
    ASSERT_FALSE(link) << bad;
    EXPECT_EQ(link.error().status, ALLIANCE_E_INVALID);
    EXPECT_NE(link.error().message.find(why), std::string::npos) << link.error().message;
  };
  says("unix://relative/path", "absolute path");
  says("unix:///", "names a folder");
  says("unix:///" + std::string(200, 'x'), "longer than 107 bytes");
  says(std::string("unix:///a\nb"), "no text");
  const auto nowhere = Server::listen("unix:///no/such/folder/at/all.sock", {}, {});
  ASSERT_FALSE(nowhere);
  EXPECT_NE(nowhere.error().message.find("/no/such/folder/at/all.sock"), std::string::npos);
}

TEST_F(UnixSocket, AReceiverThatComesLateIsFound) {
  Kept kept;
  MemoryOutbox outbox;
  Log log;
  outbox.put(Lane::normal, made_batch({{"a", 1}}));
  auto delivery = Delivery::create(outbox, log.function(), quick_pace());
  delivery->add(address(), Lane::normal, link_to(address()), 0);
  EXPECT_TRUE(comes_true([&] { return log.has("No such file"); })) << log.lines;
  Running server(kept, address());
  EXPECT_TRUE(delivery->drain(ten, never)) << log.lines;
}

}  // namespace
}  // namespace alliance::messaging
