// SPDX-License-Identifier: Apache-2.0
// The transport postgresql, batch by batch, against a real server.
#include <alliance_schema/envelope_generated.h>
#include <alliance_schema/report_generated.h>
#include <poll.h>

#include "server.h"
#include "transport.h"
#include "unit/messaging/making.h"

namespace alliance::test {
namespace {

using messaging::made_batch;

struct Sent {
  std::string id = "r-1", case_id = "case-1";
  std::uint64_t sequence = 1, first_sequence = 0;
  std::string tombstone_of = {};
  fb::Lane lane = fb::Lane::normal;
  std::string kind = "custom", json = R"({"n":0.5})";
};

messaging::Bytes batch_of(const std::vector<Sent>& all) {
  fb::BatchT batch;
  for (const auto& one : all) {
    auto envelope = std::make_unique<fb::EnvelopeT>();
    envelope->id = one.id;
    envelope->tenant = "clinic";
    envelope->case_ = one.case_id;
    envelope->epoch = 7;
    envelope->sequence = one.sequence;
    envelope->first_sequence = one.first_sequence;
    envelope->tombstone_of = one.tombstone_of;
    envelope->time = 1'700'000'000'000'001;
    envelope->kind = one.kind;
    envelope->lane = one.lane;
    if (one.tombstone_of.empty()) envelope->payload = messaging::made_report(one.json);
    batch.envelopes.push_back(std::move(envelope));
  }
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(fb::CreateBatch(builder, &batch), fb::BatchIdentifier());
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

class Postgresql : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (Database::programs().empty()) return;
    database = std::make_unique<Database>();
    ASSERT_TRUE(database->make());
  }
  static void TearDownTestSuite() { database.reset(); }
  void SetUp() override {
    if (!database) GTEST_SKIP() << "no PostgreSQL server is installed (tests/install broker)";
    auto loaded = registry.load(manifest("postgresql"));
    ASSERT_TRUE(loaded) << loaded.error().message;
    plugin = *loaded;
    ASSERT_TRUE(database->put("TRUNCATE alliance.report, alliance.tombstone"));
  }
  std::string one(const std::string& sql) const {
    const auto rows = database->rows(sql);
    return !rows ? "failed" : rows->empty() ? "nothing" : rows->front().front();
  }
  std::string refusal(const std::string& endpoint) const {
    const OpenTransport to(*plugin, "postgresql", endpoint);
    EXPECT_NE(to.status, ALLIANCE_OK);
    return to.error.message;
  }

  static std::unique_ptr<Database> database;
  Services services;
  plugin::Registry registry{services.host()};
  plugin::Plugin* plugin = nullptr;
};
std::unique_ptr<Database> Postgresql::database;

TEST_F(Postgresql, WritesOneRowForEachReportHoweverOftenItComes) {
  const std::string odd = "q\"\\ \t\n\r'\xc3\xa9\\N";
  for (int round = 0; round < 2; ++round) {
    OpenTransport to(*plugin, "postgresql", database->address());
    ASSERT_EQ(to.status, ALLIANCE_OK) << to.error.message;
    ASSERT_EQ(to.send(5, batch_of({{"r-1", odd, 1}, {"r-2", odd, 2}})), ALLIANCE_OK) << to.error.message;
    ASSERT_EQ(to.send(6, batch_of({{"r-3", odd, 3, 0, "", fb::Lane::safety}})), ALLIANCE_OK) << to.error.message;
    ASSERT_TRUE(to.acknowledges(6)) << to.heard().sentence;
  }
  const auto rows = database->rows(
      "SELECT tenant, case_id, epoch, sequence, lane, id, kind, time AT TIME ZONE 'UTC', first_sequence, "
      "body->>'kind', body->>'json', taken FROM alliance.report ORDER BY sequence");
  ASSERT_TRUE(rows);
  const auto row = [&](int n, const char* lane) {
    const auto number = std::to_string(n);
    return std::vector<std::string>{"clinic",
                                    odd,
                                    "7",
                                    number,
                                    lane,
                                    "r-" + number,
                                    "custom",
                                    "2023-11-14 22:13:20.000001",
                                    "null",
                                    "org.example.number",
                                    R"({"n":0.5})",
                                    "null"};
  };
  EXPECT_EQ(*rows, (Database::Rows{row(1, "0"), row(2, "0"), row(3, "1")}));
}

TEST_F(Postgresql, AReportThatIsSentAgainIsTakenOnceByItsId) {
  OpenTransport to(*plugin, "postgresql", database->address());
  ASSERT_EQ(to.status, ALLIANCE_OK) << to.error.message;
  // r-1 was taken here and refused by somebody else; r-2 was refused here.
  to.send(1, batch_of({{"r-1", "c", 1}, {"t", "c", 2, 0, "r-2"}, {"r-3", "c", 3}}));
  ASSERT_TRUE(to.acknowledges(1)) << to.heard().sentence;
  EXPECT_EQ(one("SELECT report FROM alliance.missing"), "r-2");
  to.send(2, batch_of({{"r-1", "c", 4, 1}, {"r-2", "c", 5, 2}}));
  to.send(3, batch_of({{"r-2", "c", 6, 2}, {"r-1", "c", 7, 1}}));
  to.send(4, batch_of({{"r-8", "c", 8}, {"r-8", "c", 9, 8}}));  // both before the first is in the table
  ASSERT_TRUE(to.acknowledges(4)) << to.heard().sentence;
  EXPECT_EQ(one("SELECT string_agg(id || '@' || sequence, ' ' ORDER BY sequence) FROM alliance.report"),
            "r-1@1 r-3@3 r-2@5 r-8@8");
  EXPECT_EQ(one("SELECT count(*) FROM alliance.missing"), "0");
  EXPECT_EQ(one("SELECT count(*) FROM alliance.tombstone"), "1");
}

TEST_F(Postgresql, ANumberThatWasUsedForAnotherReportIsRefusedByName) {
  OpenTransport to(*plugin, "postgresql", database->address());
  ASSERT_EQ(to.status, ALLIANCE_OK) << to.error.message;
  to.send(1, batch_of({{"r-1", "c", 1}}));
  ASSERT_TRUE(to.acknowledges(1));
  to.send(2, batch_of({{"r-9", "d", 1}, {"other", "c", 1}}));
  ASSERT_TRUE(eventually([&] { return to.heard().refused != 0; }));
  EXPECT_EQ(to.heard().refused, ALLIANCE_E_BAD_INPUT);
  EXPECT_EQ(to.heard().refused_position, 2u);
  EXPECT_EQ(to.heard().refused_report, "other");
  EXPECT_NE(to.heard().sentence.find("used before"), std::string::npos);
  EXPECT_EQ(one("SELECT id FROM alliance.report WHERE case_id = 'c'"), "r-1");
}

TEST_F(Postgresql, WhatATriggerOrATypeRefusesIsOneReportAndItsNeighboursAreKept) {
  ASSERT_TRUE(database->put(
      "CREATE OR REPLACE FUNCTION alliance.no() RETURNS trigger LANGUAGE plpgsql AS "
      "$$ BEGIN RAISE EXCEPTION 'no use for %', NEW.kind; END $$;"
      "CREATE OR REPLACE TRIGGER no BEFORE INSERT ON alliance.report FOR EACH ROW WHEN (NEW.kind = 'scored') "
      "EXECUTE FUNCTION alliance.no()"));
  {
    OpenTransport to(*plugin, "postgresql", database->address());
    to.send(1, batch_of({{"r-1", "c", 1}, {"r-2", "c", 2, 0, "", fb::Lane::normal, "scored"}, {"r-3", "c", 3}}));
    ASSERT_TRUE(eventually([&] { return to.heard().refused != 0; }));
    EXPECT_EQ(to.heard().refused_report, "r-2");
    EXPECT_NE(to.heard().sentence.find("no use for scored"), std::string::npos) << to.heard().sentence;
    EXPECT_EQ(one("SELECT string_agg(id, ' ') FROM alliance.report"), "r-1");
  }
  ASSERT_TRUE(database->put("DROP TRIGGER no ON alliance.report"));
  OpenTransport to(*plugin, "postgresql", database->address());
  to.send(1, batch_of({{"r-4", "c", 4}, {std::string("r\xff", 2), "c", 5}}));
  ASSERT_TRUE(eventually([&] { return to.heard().refused != 0; }));
  EXPECT_NE(to.heard().sentence.find("SQLSTATE 22021"), std::string::npos) << to.heard().sentence;
  EXPECT_EQ(one("SELECT count(*) FROM alliance.report WHERE id = 'r-4'"), "1");
}

TEST_F(Postgresql, TellsTheApplicationThatThereIsNews) {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> application(PQconnectdb(database->address().c_str()), &PQfinish);
  PQclear(PQexec(application.get(), "LISTEN alliance_inbox"));
  OpenTransport to(*plugin, "postgresql", database->address());
  const auto heard = [&] {
    std::string out;
    eventually([&] {
      PQconsumeInput(application.get());
      const std::unique_ptr<PGnotify, decltype(&PQfreemem)> note(PQnotifies(application.get()), &PQfreemem);
      if (note) out = note->extra;
      return !out.empty();
    });
    return out;
  };
  to.send(1, batch_of({{"r-1", "c", 1}}));
  EXPECT_EQ(heard(), "normal");
  to.send(2, batch_of({{"r-2", "c", 2, 0, "", fb::Lane::safety}}));
  EXPECT_EQ(heard(), "safety");
}

TEST_F(Postgresql, BytesThatAreNoBatchAreRefusedAtOnce) {
  OpenTransport to(*plugin, "postgresql", database->address());
  auto batch = batch_of({{}});
  batch.resize(batch.size() / 2);
  EXPECT_EQ(to.send(1, batch), ALLIANCE_E_BAD_INPUT);
  EXPECT_EQ(to.send(1, messaging::Bytes(64, 9)), ALLIANCE_E_BAD_INPUT);
  EXPECT_EQ(one("SELECT count(*) FROM alliance.report"), "0");
}

TEST_F(Postgresql, SaysWhatIsWrongWithAnAddressAndShowsNoSecret) {
  for (const char* address : {"//u:hushhush@127.0.0.1/db", "host=127.0.0.1 password=hushhush"}) {
    const auto said = refusal(address);
    EXPECT_NE(said.find("PGPASSFILE"), std::string::npos) << said;
    EXPECT_EQ(said.find("hush"), std::string::npos) << said;
  }
  EXPECT_NE(refusal("hostt=x").find("none of PostgreSQL's"), std::string::npos);
  EXPECT_NE(refusal("host=127.0.0.1 port=1").find("cannot be reached"), std::string::npos);
}

TEST_F(Postgresql, BeyondThisMachineTheServersCertificateIsChecked) {
  const auto file = *database / "services";
  std::ofstream(file) << "[far]\nhostaddr=192.0.2.1\ndbname=x\nsslmode=require\n";
  ::setenv("PGSERVICEFILE", file.c_str(), 1);
  const auto said = refusal("service=far");
  ::unsetenv("PGSERVICEFILE");
  EXPECT_NE(said.find("sslmode=verify-full"), std::string::npos) << said;
}

TEST_F(Postgresql, ADatabaseWithoutTheInboxNamesTheFileThatMakesIt) {
  ASSERT_TRUE(database->put("CREATE DATABASE bare TEMPLATE template0 ENCODING 'UTF8'"));
  ASSERT_TRUE(database->put("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'"));
  const auto address = [&](const char* name) { return database->address(std::string(" dbname=") + name); };
  const auto said = refusal(address("bare"));
  const auto at = said.find("psql -f ");
  ASSERT_NE(at, std::string::npos) << said;
  EXPECT_TRUE(std::filesystem::exists(said.substr(at + 8)));
  EXPECT_NE(refusal(address("latin")).find("UTF8"), std::string::npos);
  ASSERT_TRUE(database->put("UPDATE alliance.version SET number = 2"));
  EXPECT_NE(refusal(database->address()).find("version 2"), std::string::npos);
  ASSERT_TRUE(database->put("UPDATE alliance.version SET number = 1"));
}

TEST_F(Postgresql, ARoleNeedsNoMoreThanThePageSays) {
  ASSERT_TRUE(
      database->put("CREATE ROLE platform LOGIN; GRANT USAGE ON SCHEMA alliance TO platform; "
                    "GRANT SELECT ON alliance.version TO platform; "
                    "GRANT SELECT, INSERT ON alliance.report, alliance.tombstone TO platform; "
                    "GRANT TEMPORARY ON DATABASE postgres TO platform"));
  OpenTransport to(*plugin, "postgresql", database->address(" user=platform"));
  ASSERT_EQ(to.status, ALLIANCE_OK) << to.error.message;
  to.send(1, batch_of({{"r-1", "c", 1}, {"t", "c", 2, 0, "r-2"}, {"r-3", "c", 3, 2}}));
  EXPECT_TRUE(to.acknowledges(1)) << to.heard().sentence;
}

}  // namespace
}  // namespace alliance::test
