// SPDX-License-Identifier: Apache-2.0
// Whether the server is the one that was meant, and who may ask it what: on connections that are really made.
#include "certificates.h"
#include "servers.h"
#include "transport.h"
#include "unit/messaging/making.h"

namespace alliance::test {
namespace {

class NatsSecured : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    program = nats_server(GetParam());
    if (program.empty()) GTEST_SKIP() << nats_absent(GetParam());
    auto loaded = registry.load(manifest("nats"));
    ASSERT_TRUE(loaded) << loaded.error().message;
    plugin = *loaded;
  }
  std::string refusal(const std::string& address) const {
    const OpenTransport to(*plugin, "nats", address);
    EXPECT_EQ(to.status, ALLIANCE_E_IO) << address << " was taken";
    return to.error.message;
  }
  std::string sentence(const std::string& address) {
    const OpenTransport to(*plugin, "nats", address);
    EXPECT_EQ(to.status, ALLIANCE_OK) << to.error.message;
    return services.log().empty() ? "" : services.log().back().text;
  }

  std::string program;
  const certificates::Authority authority{"the clinic's authority"}, stranger{"somebody else's authority"};
  const certificates::PemFolder pem;
  Services services;
  plugin::Registry registry{services.host()};
  plugin::Plugin* plugin = nullptr;
};

TEST_P(NatsSecured, CertificatesAndNamesAreCheckedOnBothSidesBeforeAReportLeaves) {
  const auto server = pem.files("server", authority.issue("DNS:broker.example"), authority);
  const auto client = pem.files("client", authority.issue("DNS:platform.example"), authority);
  const auto false_client = pem.files("false", stranger.issue("DNS:platform.example"), stranger);
  const Servers servers(program, 1,
                        "tls { cert_file: \"" + server.certificate + "\", key_file: \"" + server.private_key +
                            "\", ca_file: \"" + server.ca + "\", verify: true }\n");
  ASSERT_TRUE(servers.make_stream(1, [&](natsOptions* options) {
    natsOptions_SetSecure(options, true);
    natsOptions_LoadCATrustedCertificates(options, client.ca.c_str());
    natsOptions_LoadCertificatesChain(options, client.certificate.c_str(), client.private_key.c_str());
    natsOptions_SetExpectedHostname(options, "broker.example");
  })) << servers.said();

  const auto there = "tls" + servers.address().substr(4) + "?ack=stream&hold=1";
  const auto ca = "&ca=" + client.ca, own = "&cert=" + client.certificate + "&key=" + client.private_key;
  const std::string name = "&name=broker.example";
  {
    OpenTransport to(*plugin, "nats", there + ca + own + name);
    ASSERT_EQ(to.status, ALLIANCE_OK) << to.error.message;
    ASSERT_EQ(to.send(1, messaging::made_batch({{"a", 1}})), ALLIANCE_OK) << to.error.message;
    EXPECT_TRUE(to.acknowledges(1)) << to.heard().sentence;
  }
  refusal(there + ca + own + "&name=other.example");
  refusal(there + ca + own);  // 127.0.0.1 is no name of it
  refusal(there + "&ca=" + false_client.ca + own + name);
  refusal(there + own + name);  // the machine's authorities do not know it
  refusal(there + ca + name);   // no certificate of one's own
  refusal(there + ca + "&cert=" + false_client.certificate + "&key=" + false_client.private_key + name);
  refusal(servers.address() + "?ack=stream&hold=1");  // without TLS
}

TEST_P(NatsSecured, TheSystemAccountSaysWhatAnAcknowledgementIsWorthAndNobodyElseDoes) {
  const bool tells = GetParam() == "current";  // Debian's has no word for it
  const int copies = tells ? 3 : 1;            // each of which is asked
  const Servers servers(program, copies,
                        "accounts {\n"
                        "  CLINIC { jetstream: enabled, users: [ { user: platform, password: hush } ] }\n"
                        "  SYS { users: [ { user: system, password: hushhush } ] }\n"
                        "}\nsystem_account: SYS\n");
  ASSERT_TRUE(servers.make_stream(copies, [](natsOptions* options) {
    natsOptions_SetUserInfo(options, "platform", "hush");
  })) << servers.said();
  const auto platform = servers.address() + "?creds=" + pem.write("platform", "platform:hush\n");
  const std::string where = "the stream has " + std::string(tells ? "3 copies" : "1 copy") + " in files, ";
  const std::string unknown = where + "and the server does not say when they are on the disk: not durable";
  EXPECT_EQ(sentence(platform), unknown) << "nobody was asked";
  EXPECT_EQ(sentence(platform + "&system=" + pem.write("system", "system:hushhush\n")),
            tells ? where + "on the disk up to 120 s after it acknowledges" : unknown);
  EXPECT_EQ(sentence(platform + "&system=" + pem.path("platform")), unknown) << "an account that may not ask";
  EXPECT_EQ(sentence(platform + "&system=" + pem.write("wrong", "system:wrong\n")), unknown);
  const auto said = refusal(servers.address() + "?creds=" + pem.path("wrong"));
  EXPECT_EQ(said.find("wrong:"), std::string::npos) << said;
}

INSTANTIATE_TEST_SUITE_P(Server, NatsSecured, ::testing::Values("debian", "current"),
                         [](const auto& one) { return one.param; });

}  // namespace
}  // namespace alliance::test
