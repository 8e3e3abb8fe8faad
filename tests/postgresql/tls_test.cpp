// SPDX-License-Identifier: Apache-2.0
// Whether the server is the one that was meant: certificates that are made here, on a connection that is really made.
#include "certificates.h"
#include "server.h"
#include "transport.h"
#include "unit/messaging/making.h"

namespace alliance::test {
namespace {

class PostgresqlTls : public ::testing::Test {
 protected:
  void SetUp() override {
    if (Database::programs().empty()) GTEST_SKIP() << "no PostgreSQL server is installed (tests/install broker)";
    ASSERT_TRUE(database.make());
    const auto own = authority.issue("DNS:database.example");
    database.options = "-c ssl=on -c ssl_cert_file=" + database.keep("server.pem", own.certificate) +
                       " -c ssl_key_file=" + database.keep("server.key", own.key);
    database.end(SIGINT);
    ASSERT_TRUE(database.start());
    auto loaded = registry.load(manifest("postgresql"));
    ASSERT_TRUE(loaded) << loaded.error().message;
    plugin = *loaded;
  }
  std::string address(const std::string& name, const std::string& more) const {
    return "host=" + name + " hostaddr=127.0.0.1 port=" + std::to_string(database.port()) +
           " user=postgres dbname=postgres " + more;
  }
  std::string refusal(const std::string& name, const std::string& more) const {
    const OpenTransport to(*plugin, "postgresql", address(name, more));
    EXPECT_EQ(to.status, ALLIANCE_E_IO) << to.error.message;
    return to.error.message;
  }

  const certificates::Authority authority{"the clinic's authority"}, stranger{"somebody else's authority"};
  const certificates::PemFolder pem;
  const std::string ours = "sslrootcert=" + pem.write("ours.pem", authority.pem());
  Database database;
  Services services;
  plugin::Registry registry{services.host()};
  plugin::Plugin* plugin = nullptr;
};

TEST_F(PostgresqlTls, TheServersCertificateAndNameAreCheckedBeforeAReportLeaves) {
  {
    OpenTransport to(*plugin, "postgresql", address("database.example", ours));
    ASSERT_EQ(to.status, ALLIANCE_OK) << to.error.message;
    ASSERT_EQ(to.send(1, messaging::made_batch({{"a", 1}})), ALLIANCE_OK) << to.error.message;
    EXPECT_TRUE(to.acknowledges(1)) << to.heard().sentence;
    const auto spoken = database.rows(
        "SELECT ssl, version FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'alliance'");
    ASSERT_TRUE(spoken);
    EXPECT_EQ(*spoken, (Database::Rows{{"t", "TLSv1.3"}}));
  }
  EXPECT_NE(refusal("other.example", ours).find("certificate"), std::string::npos);
  const auto of_another = "sslrootcert=" + pem.write("stranger.pem", stranger.pem());
  EXPECT_NE(refusal("database.example", of_another).find("certificate verify failed"), std::string::npos);
  EXPECT_NE(refusal("database.example", "").find("root certificate"), std::string::npos) << "no authority is believed";
  const auto rows = database.rows("SELECT id FROM alliance.report");
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows->size(), 1u);
}

TEST_F(PostgresqlTls, ACertificateThatHasRunOutIsRefused) {
  const auto old = authority.issue("DNS:database.example", -60);
  database.keep("server.pem", old.certificate);
  database.keep("server.key", old.key);
  database.end(SIGINT);
  ASSERT_TRUE(database.start());
  EXPECT_NE(refusal("database.example", ours).find("certificate verify failed"), std::string::npos);
}

}  // namespace
}  // namespace alliance::test
