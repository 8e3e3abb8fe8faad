// SPDX-License-Identifier: Apache-2.0
// A receiver's file: what came is encrypted, and what its sender erased goes.
#include "store/inbox.h"

#include <gtest/gtest.h>

#include "making.h"
#include "store/sqlite.h"
#include "store/vault.h"

namespace alliance::store {
namespace {

constexpr const char* heard = "what-was-reported";

std::unique_ptr<Inbox> open_inbox(const std::string& path, bool plaintext = false) {
  KeySource keys;
  keys.plaintext = plaintext;
  auto inbox = Inbox::open(path, keys);
  EXPECT_TRUE(inbox) << (inbox ? "" : inbox.error().message);
  return inbox ? std::move(*inbox) : nullptr;
}

Result<void> try_put(Inbox& inbox, const std::string& case_id, std::int64_t epoch, std::uint64_t sequence,
                     Lane lane = Lane::normal) {
  const std::string text = heard;
  const Bytes body(text.begin(), text.end());
  const auto id = case_id + "-" + std::to_string(epoch) + "-" + std::to_string(sequence);
  InboxReport report;
  report.id = id;
  report.tenant = "clinic";
  report.case_id = case_id;
  report.kind = "custom";
  report.epoch = epoch;
  report.sequence = sequence;
  report.report = body;
  return inbox.put(report, lane);
}

void put(Inbox& inbox, const std::string& case_id, std::int64_t epoch, std::uint64_t sequence,
         Lane lane = Lane::normal) {
  const auto ok = try_put(inbox, case_id, epoch, sequence, lane);
  EXPECT_TRUE(ok) << ok.error().message;
}

std::vector<std::string> held(Inbox& inbox) {
  std::vector<std::string> out;
  const auto ok = inbox.each([&](const InboxReport& report) -> Result<void> {
    EXPECT_EQ(std::string(report.report.begin(), report.report.end()), heard) << report.id;
    out.emplace_back(report.id);
    return {};
  });
  EXPECT_TRUE(ok);
  return out;
}

bool in_the_file(const std::string& path) {
  return contents(path).find(heard) != std::string::npos || contents(path + "-wal").find(heard) != std::string::npos;
}

TEST(Inbox, WhatCameIsEncryptedAndWhatWasErasedGoesAndComesNoMore) {
  for (const bool plaintext : {false, true}) {
    const Folder folder;
    const auto path = folder / "inbox";
    {
      auto inbox = open_inbox(path, plaintext);
      ASSERT_TRUE(inbox->begin());
      put(*inbox, "a", 1, 1);
      inbox->abandon();
      ASSERT_TRUE(inbox->begin());
      put(*inbox, "a", 1, 1);
      put(*inbox, "b", 1, 1);
      ASSERT_TRUE(inbox->commit());
    }
    EXPECT_EQ(in_the_file(path), plaintext);
    {
      auto inbox = open_inbox(path, plaintext);
      EXPECT_EQ(held(*inbox), (std::vector<std::string>{"a-1-1", "b-1-1"}));
      ASSERT_TRUE(inbox->begin());
      ASSERT_TRUE(inbox->erase("clinic", "a", 1));
      inbox->abandon();
      EXPECT_EQ(held(*inbox).size(), 2u) << "what was abandoned was not erased";
      ASSERT_TRUE(inbox->begin());
      ASSERT_TRUE(inbox->erase("clinic", "a", 1));
      put(*inbox, "a", 2, 1);
      ASSERT_TRUE(inbox->commit());
      ASSERT_TRUE(inbox->begin());
      put(*inbox, "a", 1, 2);  // it was on its way
      ASSERT_TRUE(inbox->take_back()) << "nothing was put";
      put(*inbox, "a", 2, 2);
      ASSERT_TRUE(inbox->commit());
    }
    EXPECT_EQ(held(*open_inbox(path, plaintext)), (std::vector<std::string>{"b-1-1", "a-2-1", "a-2-2"}));
  }
}

TEST(Inbox, OneThatWasPlainIsEncryptedWhenItIsOpened) {
  const Folder folder;
  {
    auto inbox = open_inbox(folder / "inbox", true);
    ASSERT_TRUE(inbox->begin());
    for (std::uint64_t i = 1; i <= 20; ++i) put(*inbox, i % 2 ? "a" : "b", 1, i);
    ASSERT_TRUE(inbox->commit());
  }
  ASSERT_TRUE(in_the_file(folder / "inbox"));
  EXPECT_EQ(held(*open_inbox(folder / "inbox")).size(), 20u);
  EXPECT_FALSE(in_the_file(folder / "inbox"));
  EXPECT_EQ(held(*open_inbox(folder / "inbox")).size(), 20u);
  KeySource keys;
  keys.plaintext = true;
  EXPECT_EQ(Inbox::open(folder / "inbox", keys).error().status, ALLIANCE_E_STATE);
}

TEST(Inbox, WhatCameTogetherIsShownInItsOrderAndEachReportOnce) {
  for (const bool plaintext : {false, true}) {
    const Folder folder;
    auto inbox = open_inbox(folder / "inbox", plaintext);
    std::vector<std::string> all;
    for (std::uint64_t commit = 0; commit < 3; ++commit) {
      ASSERT_TRUE(inbox->begin());
      for (std::uint64_t i = 1; i <= 10; ++i) {
        for (const char* of : {"a", "b"}) {
          put(*inbox, of, 1, commit * 10 + i);
          all.push_back(std::string(of) + "-1-" + std::to_string(commit * 10 + i));
          if (i % 4 != 0) continue;
          ASSERT_TRUE(inbox->take_back());
          all.pop_back();
        }
      }
      for (std::uint64_t i = 1; i <= 20; ++i) {
        put(*inbox, "c", 1, commit * 20 + i);
        if (i % 5 == 0) {
          ASSERT_TRUE(inbox->take_back());
        } else {
          all.push_back("c-1-" + std::to_string(commit * 20 + i));
        }
      }
      ASSERT_TRUE(inbox->commit());
      EXPECT_EQ(held(*inbox), all);
    }
    EXPECT_EQ(*inbox->mark({"clinic", "c", 1, Lane::normal}), 59u) << "the last was taken back";
    ASSERT_TRUE(inbox->begin());
    ASSERT_TRUE(inbox->erase("clinic", "b", 1));
    ASSERT_TRUE(inbox->commit());
    std::erase_if(all, [](const auto& id) { return id.starts_with("b"); });
    inbox.reset();
    EXPECT_EQ(held(*open_inbox(folder / "inbox", plaintext)), all);
  }
}

TEST(Inbox, TwoLanesMayNotBringOneNumber) {
  const Folder folder;
  auto inbox = open_inbox(folder / "inbox");
  for (const std::uint64_t first : {1u, 21u, 41u}) {  // every fourth goes ahead, in the lane for safety
    ASSERT_TRUE(inbox->begin());
    for (auto i = first; i < first + 20; i += 4) put(*inbox, "a", 1, i, Lane::safety);
    ASSERT_TRUE(inbox->commit());
  }
  ASSERT_TRUE(inbox->begin());
  for (std::uint64_t i = 1; i <= 60; ++i) {
    const auto ok = try_put(*inbox, "a", 1, i);
    EXPECT_EQ(ok ? ALLIANCE_OK : ok.error().status, i % 4 == 1 ? ALLIANCE_E_INVALID : ALLIANCE_OK) << i;
  }
  EXPECT_EQ(try_put(*inbox, "a", 1, 59, Lane::safety).error().status, ALLIANCE_E_INVALID) << "not yet committed";
  put(*inbox, "a", 2, 1);
  put(*inbox, "a", 1, 61, Lane::safety);
  ASSERT_TRUE(inbox->commit());
  EXPECT_EQ(held(*inbox).size(), 15u + 45 + 2);
}

// As the third format had it: each report with the names of its case.
void make_old_inbox(const std::string& path) {
  auto db = sqlite::Database::open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  ASSERT_TRUE(db);
  ASSERT_TRUE(db->run(R"(
CREATE TABLE inbox (arrival INTEGER PRIMARY KEY AUTOINCREMENT, tenant TEXT NOT NULL, case_id TEXT NOT NULL,
  epoch INTEGER NOT NULL, sequence INTEGER NOT NULL, lane INTEGER NOT NULL, id TEXT NOT NULL, time INTEGER NOT NULL,
  kind TEXT NOT NULL, report BLOB NOT NULL, UNIQUE (tenant, case_id, epoch, sequence));
CREATE TABLE marks (tenant TEXT NOT NULL, case_id TEXT NOT NULL, epoch INTEGER NOT NULL, lane INTEGER NOT NULL,
  sequence INTEGER NOT NULL, PRIMARY KEY (tenant, case_id, epoch, lane)) WITHOUT ROWID;
CREATE TABLE awaited (tenant TEXT NOT NULL, report TEXT NOT NULL, PRIMARY KEY (tenant, report)) WITHOUT ROWID;
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE keys (tenant TEXT NOT NULL, case_id TEXT NOT NULL, key BLOB NOT NULL, PRIMARY KEY (tenant, case_id))
  WITHOUT ROWID;
CREATE TABLE erased (tenant TEXT NOT NULL, case_id TEXT NOT NULL, before INTEGER NOT NULL,
  PRIMARY KEY (tenant, case_id)) WITHOUT ROWID;
CREATE TABLE doomed (key BLOB PRIMARY KEY) WITHOUT ROWID;
INSERT INTO inbox (tenant, case_id, epoch, sequence, lane, id, time, kind, report) VALUES
  ('clinic', 'a', 1, 1, 0, 'a-1-1', 0, 'custom', 'what-was-reported'),
  ('clinic', 'b', 1, 1, 0, 'b-1-1', 0, 'custom', 'what-was-reported'),
  ('clinic', 'a', 1, 2, 1, 'a-1-2', 0, 'custom', 'what-was-reported');
INSERT INTO marks VALUES ('clinic', 'a', 1, 0, 1), ('clinic', 'b', 1, 0, 1), ('clinic', 'a', 1, 1, 2);
PRAGMA application_id=1095518530; PRAGMA user_version=3)"));
}

TEST(Inbox, OneOfAnOlderFormatHasAllThatItHadAndGoesOn) {
  for (const bool plaintext : {true, false}) {
    const Folder folder;
    const auto path = folder / "inbox";
    ASSERT_NO_FATAL_FAILURE(make_old_inbox(path));
    auto inbox = open_inbox(path, plaintext);
    ASSERT_TRUE(inbox);
    EXPECT_EQ(held(*inbox), (std::vector<std::string>{"a-1-1", "b-1-1", "a-1-2"}));
    EXPECT_EQ(*inbox->mark({"clinic", "a", 1, Lane::safety}), 2u);
    ASSERT_TRUE(inbox->begin());
    put(*inbox, "b", 1, 2);
    InboxReport again{"other", "clinic", "a", "custom", 1, 2, 0, {}};
    EXPECT_EQ(inbox->put(again, Lane::normal).error().status, ALLIANCE_E_INVALID) << "two lanes, one number";
    ASSERT_TRUE(inbox->commit());
    ASSERT_TRUE(inbox->begin());
    ASSERT_TRUE(inbox->erase("clinic", "a", 1));
    ASSERT_TRUE(inbox->commit());
    inbox.reset();
    EXPECT_EQ(held(*open_inbox(path, plaintext)), (std::vector<std::string>{"b-1-1", "b-1-2"}));
  }
}

// As the fourth format had it: each report sealed by itself.
void make_sealed_inbox(const std::string& path) {
  ASSERT_NO_FATAL_FAILURE(make_old_inbox(path));
  auto db = sqlite::Database::open(path, SQLITE_OPEN_READWRITE);
  ASSERT_TRUE(db);
  ASSERT_TRUE(db->run(R"(
CREATE TABLE cases (number INTEGER PRIMARY KEY, tenant TEXT NOT NULL, case_id TEXT NOT NULL, UNIQUE (tenant, case_id));
CREATE TABLE reports (arrival INTEGER PRIMARY KEY, of_case INTEGER NOT NULL, epoch INTEGER NOT NULL,
  sequence INTEGER NOT NULL, lane INTEGER NOT NULL, id TEXT NOT NULL, time INTEGER NOT NULL, kind TEXT NOT NULL,
  report BLOB NOT NULL, UNIQUE (of_case, epoch, sequence));
INSERT INTO cases VALUES (1, 'clinic', 'a');
INSERT INTO meta VALUES ('cipher', 'XAES-256-GCM');
DROP TABLE inbox; PRAGMA user_version=4)"));
  auto vault = Vault::open({}, path, "inbox", KeyRing::Use::make);
  ASSERT_TRUE(vault);
  const std::string name =
                        "clinic\x1f"
                        "a",
                    text = heard;
  ASSERT_TRUE((*vault)->make({name}));
  auto key = sqlite::Statement::prepare(*db, "INSERT INTO keys VALUES ('clinic', 'a', ?1)");
  auto row = sqlite::Statement::prepare(*db, "INSERT INTO reports VALUES (?1, 1, 1, ?2, ?3, ?4, ?5, 'custom', ?6)");
  ASSERT_TRUE(key && row);
  const auto id_of_key = (*vault)->id_of(name);
  ASSERT_TRUE(key->bind(1, std::span<const std::uint8_t>(id_of_key)).finish());
  for (std::int64_t i = 1; i <= 4; ++i) {
    const auto id = "a-1-" + std::to_string(i);
    const auto sealed =
        (*vault)->seal({"inbox", name, 1, static_cast<std::uint64_t>(i), id, -i}, Bytes(text.begin(), text.end()));
    ASSERT_TRUE(sealed);
    ASSERT_TRUE(row->bind(1, 2 * i)
                    .bind(2, i)
                    .bind(3, i % 2)
                    .bind(4, id)
                    .bind(5, -i)
                    .bind(6, std::span<const std::uint8_t>(*sealed))
                    .finish());
  }
}

TEST(Inbox, OneWhoseReportsWereSealedEachByItselfIsReadAsItWas) {
  const Folder folder;
  ASSERT_NO_FATAL_FAILURE(make_sealed_inbox(folder / "inbox"));
  auto inbox = open_inbox(folder / "inbox");
  ASSERT_TRUE(inbox);
  EXPECT_EQ(held(*inbox), (std::vector<std::string>{"a-1-1", "a-1-2", "a-1-3", "a-1-4"}));
  ASSERT_TRUE(inbox->begin());
  EXPECT_EQ(try_put(*inbox, "a", 1, 1).error().status, ALLIANCE_E_INVALID) << "it came in the lane for safety";
  put(*inbox, "a", 1, 5);
  put(*inbox, "a", 1, 6);
  ASSERT_TRUE(inbox->commit());
  EXPECT_EQ(held(*inbox).size(), 6u);
  ASSERT_TRUE(inbox->begin());
  ASSERT_TRUE(inbox->erase("clinic", "a", 1));
  ASSERT_TRUE(inbox->commit());
  EXPECT_TRUE(held(*inbox).empty());
}

}  // namespace
}  // namespace alliance::store
