// SPDX-License-Identifier: Apache-2.0
// `alliance listen` as its user meets it: its options, its file, its output.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <filesystem>
#include <fstream>
#include <tuple>

#include "../support/certificates.h"
#include "process.h"

namespace alliance::faults {
namespace {

class Listen : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "alliance-listen-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  void TearDown() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  std::string at(const char* name) const { return (folder_ / name).string(); }
  Process start(std::vector<std::string> words) const {
    words.insert(words.begin(), {ALLIANCE_COMMAND, "listen"});
    return Process(words, at("out"));
  }
  // Exit status, and the first line of what it complained about.
  std::pair<int, std::string> result(const std::vector<std::string>& words) const {
    auto process = start(words);
    auto line = process.read_error_line();
    const int status = process.wait();
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, line};
  }
  std::filesystem::path folder_;
};

TEST_F(Listen, SaysWhereItListensAndEndsCleanlyOnASignal) {
  for (const int signal : {SIGTERM, SIGINT}) {
    auto process = start({"tcp://127.0.0.1:0", "--inbox", at("inbox")});
    EXPECT_TRUE(process.read_error_line().starts_with("listening on tcp://127.0.0.1:"));
    const int status = process.end(signal);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
  }
  const auto [status, complaint] = result({"--dump", "--inbox", at("inbox")});
  EXPECT_EQ(status, 0) << complaint;
}

TEST_F(Listen, OnTlsItShowsItsCertificateOrSaysWhatIsMissing) {
  auto [status, complaint] = result({"tls://127.0.0.1:0", "--inbox", at("inbox")});
  EXPECT_EQ(status, 1);
  EXPECT_NE(complaint.find("needs a certificate and its private key"), std::string::npos) << complaint;
  const certificates::Authority ca("the clinic's authority");
  const certificates::PemFolder pem;
  const certificates::Files files = pem.files("receiver", ca.issue("IP:127.0.0.1"), ca);
  std::vector<std::string> words = {
      "tls://0.0.0.0:0", "--inbox", at("inbox"), "--cert",   files.certificate,        "--key",
      files.private_key, "--ca",    files.ca,    "--tenant", "clinic=platform.example"};
  auto process = start(words);
  EXPECT_TRUE(process.read_error_line().starts_with("listening on tls://0.0.0.0:"));
  EXPECT_EQ(WEXITSTATUS(process.end(SIGTERM)), 0);
  words.back() = "clinic";
  std::tie(status, complaint) = result(words);
  EXPECT_EQ(status, 1);
  EXPECT_NE(complaint.find("write TENANT=NAME"), std::string::npos) << complaint;
}

TEST_F(Listen, AFileThatItCannotHaveIsOneSentence) {
  auto holder = start({"tcp://127.0.0.1:0", "--inbox", at("inbox")});
  holder.read_error_line();
  auto [status, complaint] = result({"tcp://127.0.0.1:0", "--inbox", at("inbox")});
  EXPECT_EQ(status, 1);
  EXPECT_NE(complaint.find("in use by another process"), std::string::npos) << complaint;

  std::ofstream(at("text")) << "not a database, but long enough to look at";
  std::tie(status, complaint) = result({"tcp://127.0.0.1:0", "--inbox", at("text")});
  EXPECT_EQ(status, 3);
  EXPECT_NE(complaint.find("not an Alliance inbox"), std::string::npos) << complaint;

  std::tie(status, complaint) = result({"tcp://127.0.0.1:0", "--inbox", folder_.string()});
  EXPECT_EQ(status, 1);
  std::tie(status, complaint) = result({"--dump", "--inbox", at("missing")});
  EXPECT_EQ(status, 3);
  EXPECT_FALSE(std::filesystem::exists(at("missing")));
}

TEST_F(Listen, RefusesAnAddressThatOthersCanReach) {
  const auto [status, complaint] = result({"tcp://0.0.0.0:0", "--inbox", at("inbox")});
  EXPECT_EQ(status, 1);
  EXPECT_NE(complaint.find("--insecure-bind"), std::string::npos) << complaint;
  auto allowed = start({"tcp://0.0.0.0:0", "--insecure-bind", "--inbox", at("inbox")});
  EXPECT_TRUE(allowed.read_error_line().starts_with("listening on tcp://0.0.0.0:"));
}

TEST_F(Listen, WrongUseIsStatusTwo) {
  EXPECT_EQ(result({"tcp://127.0.0.1:0"}).first, 2);
  EXPECT_EQ(result({"--inbox", at("inbox")}).first, 2);
  EXPECT_EQ(result({"tcp://127.0.0.1:0", "--dump", "--inbox", at("inbox")}).first, 2);
  EXPECT_EQ(result({"--colour", "--inbox", at("inbox")}).first, 2);
}

TEST_F(Listen, BytesThatAreNoFrameAreOneSentenceAndItGoesOn) {
  auto process = start({"tcp://127.0.0.1:0", "--inbox", at("inbox"), "--json-only"});
  const auto line = process.read_error_line();
  const auto port = static_cast<std::uint16_t>(std::stoi(line.substr(line.rfind(':') + 1)));
  for (int round = 0; round < 3; ++round) {
    const int caller = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons(port);
    ASSERT_EQ(::connect(caller, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
    ASSERT_EQ(::send(caller, "GET / HTTP/1.1\r\n\r\n", 18, MSG_NOSIGNAL), 18);
    EXPECT_NE(process.read_error_line().find("no frame of this protocol"), std::string::npos);
    ::close(caller);
  }
  EXPECT_TRUE(process.alive());
}

// Standard output that nobody can take more of: what was not printed is not acknowledged and not kept.
TEST_F(Listen, EndsWithASentenceWhenItsOutputIsGone) {
  std::string command = std::string("exec ") + ALLIANCE_COMMAND + " listen tcp://127.0.0.1:0 --json-only --inbox " +
                        at("inbox") + " > /dev/full";
  Process process({"/bin/sh", "-c", command}, at("out"));
  const auto line = process.read_error_line();
  ASSERT_TRUE(line.starts_with("listening on ")) << line;
  Process platform({FAULT_PLATFORM, "work", at("store"), line.substr(line.find("tcp://")), at("told")}, at("platform"));
  EXPECT_NE(process.read_error_line().find("standard output cannot be written"), std::string::npos);
  const int status = process.wait();
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 1);
  platform.end(SIGKILL);
  EXPECT_EQ(result({"--dump", "--inbox", at("inbox")}).first, 0);
  EXPECT_EQ(std::filesystem::file_size(at("out")), 0u) << "something was kept that was never printed";
}

}  // namespace
}  // namespace alliance::faults
