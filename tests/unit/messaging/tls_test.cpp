// SPDX-License-Identifier: Apache-2.0
// TLS between sender and receiver: who is let in, who is not and why, and peers that stall or cut.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../support/certificates.h"
#include "messaging/tls.h"
#include "running.h"

namespace alliance::messaging {
namespace {

using certificates::Authority;
using certificates::PemFolder;

class Tls : public ::testing::Test {
 protected:
  static constexpr const char* here = "IP:127.0.0.1,DNS:reports.example";
  static constexpr const char* platform = "DNS:platform.example";

  Server::Options options(const Authority::Issued& own, const Authority& believed) {
    Server::Options out;
    out.tls = pem.files("receiver", own, believed);
    out.patience = patience;
    return out;
  }
  Server::Options options() { return options(ca.issue(here), ca); }
  TlsFiles sender() { return pem.files("sender", ca.issue(platform), ca); }

  std::unique_ptr<Delivery> deliver(const std::string& address, const TlsFiles& files) {
    auto link = socket_link(address, "clinic", Lane::normal, patience, files);
    EXPECT_TRUE(link) << link.error().message;
    auto delivery = Delivery::create(outbox, log.function(), quick_pace());
    delivery->add("tls", Lane::normal, std::move(*link), 0);
    return delivery;
  }
  // Tries until `sentence` stands in the sender's log; nothing may have arrived by then.
  void is_refused(const std::string& address, const TlsFiles& files, const std::string& sentence) {
    outbox.put(Lane::normal, made_batch({{"a", 1}}));
    const auto delivery = deliver(address, files);
    EXPECT_TRUE(comes_true([&] { return log.has(sentence); })) << log.lines;
    EXPECT_EQ(kept.count(), 0u);
    EXPECT_EQ(outbox.place(Lane::normal), 0u);
  }

  Authority ca{"the clinic's authority"}, stranger{"somebody's authority"};
  PemFolder pem;
  Patience patience;
  Kept kept;
  MemoryOutbox outbox;
  Log log;
};

TEST_F(Tls, DeliversInOrderSmallAndLarge) {
  Running server(kept, "tls://127.0.0.1:0", options());
  EXPECT_TRUE(server.address().starts_with("tls://127.0.0.1:"));
  for (std::uint64_t i = 1; i <= 300; ++i) {
    outbox.put(Lane::normal, made_batch({{"a", i, Lane::normal, "clinic", 7, i % 100 == 0 ? 3'000'000u : 0u}}));
  }
  const auto delivery = deliver(server.address(), sender());
  ASSERT_TRUE(delivery->drain(ten, never)) << log.lines << server.faults();
  ASSERT_EQ(kept.count(), 300u);
  for (std::uint64_t i = 0; i < 300; ++i) EXPECT_EQ(kept.ids[i], "a-" + std::to_string(i + 1));
  EXPECT_EQ(server.faults(), "");
}

TEST_F(Tls, AReceiverOfAnotherAuthorityIsNotBelieved) {
  Running server(kept, "tls://127.0.0.1:0", options(stranger.issue(here), ca));
  is_refused(server.address(), sender(), "certificate was not accepted: unable to get local issuer certificate");
}

TEST_F(Tls, AReceiverUnderAnotherNameIsNotBelieved) {
  Running server(kept, "tls://127.0.0.1:0", options(ca.issue("DNS:elsewhere.example,IP:192.0.2.1"), ca));
  is_refused(server.address(), sender(), "certificate was not accepted: IP address mismatch");
  auto files = sender();
  files.name = "reports.example";
  is_refused(server.address(), files, "certificate was not accepted: hostname mismatch");
}

TEST_F(Tls, ANameThatIsGivenTakesTheHostsPlace) {
  Running server(kept, "tls://127.0.0.1:0", options(ca.issue("DNS:reports.example"), ca));
  outbox.put(Lane::normal, made_batch({{"a", 1}}));
  auto files = sender();
  files.name = "reports.example";
  EXPECT_TRUE(deliver(server.address(), files)->drain(ten, never)) << log.lines;
}

TEST_F(Tls, AnExpiredReceiverIsNotBelieved) {
  Running server(kept, "tls://127.0.0.1:0", options(ca.issue(here, -60), ca));
  is_refused(server.address(), sender(), "certificate was not accepted: certificate has expired");
}

TEST_F(Tls, ASenderOfAnotherAuthorityOrOutOfDateIsNotLetIn) {
  Running server(kept, "tls://127.0.0.1:0", options());
  is_refused(server.address(), pem.files("other", stranger.issue(platform), ca), "TLS: ");
  EXPECT_NE(server.faults().find("was not accepted: unable to get local issuer certificate"), std::string::npos)
      << server.faults();
  is_refused(server.address(), pem.files("old", ca.issue(platform, -60), ca), "certificate expired");
  EXPECT_NE(server.faults().find("certificate has expired"), std::string::npos) << server.faults();
}

TEST_F(Tls, ATenantIsTiedToTheNameOfItsCertificate) {
  auto tied = options();
  tied.tenants = {{"clinic", "other.example"}, {"clinic", "platform.example"}, {"hospital", "hospital.example"}};
  Running server(kept, "tls://127.0.0.1:0", tied);
  is_refused(server.address(), pem.files("other", ca.issue("DNS:hospital.example"), ca),
             "may not speak for that tenant");
  is_refused(server.address(), pem.files("none", ca.issue("IP:127.0.0.1"), ca), "may not speak for that tenant");
  EXPECT_TRUE(deliver(server.address(), pem.files("own", ca.issue("DNS:Platform.Example"), ca))->drain(ten, never));
  EXPECT_FALSE(Server::listen("tcp://127.0.0.1:0", {}, tied)) << "without certificates there are no names";
}

TEST_F(Tls, ARenewedCertificateNeedsNoRestart) {
  Running server(kept, "tls://127.0.0.1:0", options(ca.issue(here, -60), ca));
  is_refused(server.address(), sender(), "certificate has expired");
  pem.files("receiver", ca.issue(here), ca);
  EXPECT_TRUE(deliver(server.address(), sender())->drain(ten, never)) << log.lines;
  EXPECT_EQ(kept.count(), 1u);
}

TEST_F(Tls, PapersThatCannotServeAreOneSentenceWithoutASecret) {
  const auto good = ca.issue(platform);
  const auto certificate = pem.write("c", good.certificate), key = pem.write("k", good.key);
  const auto says = [&](const TlsFiles& files, const std::string& why) {
    const auto read = Papers::read(files, Papers::Side::sender);
    ASSERT_FALSE(read) << why;
    EXPECT_EQ(read.error().status, ALLIANCE_E_INVALID);
    EXPECT_NE(read.error().message.find(why), std::string::npos) << read.error().message;
    EXPECT_EQ(read.error().message.find(good.key.substr(40, 20)), std::string::npos);
  };
  says({}, "needs a certificate and its private key");
  says({certificate, {}, {}}, "needs a certificate and its private key");
  says({"/no/such/file", key, {}}, "certificate /no/such/file cannot be read");
  says({key, key, {}}, "holds none");
  says({certificate, certificate, {}}, "no PEM of a key");
  says({certificate, pem.write("k2", ca.issue(platform).key), {}}, "does not belong to the certificate");
  says({certificate, pem.write("k3", ca.issue(platform, 60, "secret").key), {}}, "without a passphrase");
  says({certificate, "env:ALLIANCE_TEST_NO_SUCH_KEY", {}}, "is not in the environment");
  says({certificate, key, key}, "hold none");
  EXPECT_FALSE(Papers::read({certificate, key, {}}, Papers::Side::receiver)) << "a receiver names an authority";
  EXPECT_FALSE(socket_link("tls://127.0.0.1:7443", "clinic", Lane::normal)) << "there is no TLS without papers";
  EXPECT_FALSE(socket_link("tls://127.0.0.1:7443?insecure", "clinic", Lane::normal, {}, {certificate, key, {}}));
  ASSERT_EQ(::setenv("ALLIANCE_TEST_TLS_KEY", good.key.c_str(), 1), 0);
  EXPECT_TRUE(Papers::read({certificate, "env:ALLIANCE_TEST_TLS_KEY", {}}, Papers::Side::sender));
  ::unsetenv("ALLIANCE_TEST_TLS_KEY");
}

int connected_to(const std::string& address) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
  EXPECT_EQ(::connect(descriptor, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
  timeval limit{10, 0};
  ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  return descriptor;
}

// A client of OpenSSL's own: true when it was let in and could say something that was answered.
bool is_let_in(const std::string& address, const TlsFiles& files, int most_version) {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_max_proto_version(context, most_version);
  if (!files.certificate.empty()) {
    SSL_CTX_use_certificate_file(context, files.certificate.c_str(), SSL_FILETYPE_PEM);
    SSL_CTX_use_PrivateKey_file(context, files.private_key.c_str(), SSL_FILETYPE_PEM);
  }
  SSL* ssl = SSL_new(context);
  const int descriptor = connected_to(address);
  SSL_set_fd(ssl, descriptor);
  bool in = SSL_connect(ssl) == 1;
  const auto hello = framed(Message(Hello{1, "clinic", Lane::normal, ""}));
  std::uint8_t answer[256];
  in = in && SSL_write(ssl, hello.data(), static_cast<int>(hello.size())) > 0 &&
       SSL_read(ssl, answer, sizeof answer) > 0;
  SSL_free(ssl);
  SSL_CTX_free(context);
  ::close(descriptor);
  return in;
}

TEST_F(Tls, WithoutACertificateOrWithAnOldProtocolNobodyIsLetIn) {
  Running server(kept, "tls://127.0.0.1:0", options());
  EXPECT_TRUE(is_let_in(server.address(), sender(), TLS1_3_VERSION));
  EXPECT_EQ(server.faults(), "");
  EXPECT_FALSE(is_let_in(server.address(), {}, TLS1_3_VERSION));
  EXPECT_TRUE(comes_true([&] { return server.faults().find("did not return a certificate") != std::string::npos; }))
      << server.faults();
  EXPECT_FALSE(is_let_in(server.address(), sender(), TLS1_2_VERSION));
  EXPECT_TRUE(comes_true([&] { return server.faults().find("unsupported protocol") != std::string::npos; }))
      << server.faults();
}

TEST_F(Tls, WhoStallsInTheHandshakeIsLetGoOnBothSides) {
  patience.connect = std::chrono::milliseconds(200);
  Running server(kept, "tls://127.0.0.1:0", options());
  const int silent = connected_to(server.address());
  EXPECT_TRUE(
      comes_true([&] { return server.faults().find("did not finish the TLS handshake") != std::string::npos; }));
  ::close(silent);

  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in local{};
  local.sin_family = AF_INET;
  local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&local), sizeof local), 0);
  ASSERT_EQ(::listen(listener, 4), 0);
  socklen_t length = sizeof local;
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&local), &length);
  is_refused("tls://127.0.0.1:" + std::to_string(ntohs(local.sin_port)), sender(), "did not finish the TLS handshake");
  ::close(listener);
}

TEST_F(Tls, WhatIsNoTlsIsRefusedAndAnswersNothing) {
  Running server(kept, "tls://127.0.0.1:0", options());
  const int plain = connected_to(server.address());
  const auto hello = framed(Message(Hello{1, "clinic", Lane::normal, ""}));
  ASSERT_EQ(::send(plain, hello.data(), hello.size(), MSG_NOSIGNAL), std::ssize(hello));
  EXPECT_TRUE(comes_true([&] { return server.faults().find("refused, TLS: ") != std::string::npos; }));
  ::close(plain);
  EXPECT_EQ(kept.calls, 0);
}

}  // namespace
}  // namespace alliance::messaging
