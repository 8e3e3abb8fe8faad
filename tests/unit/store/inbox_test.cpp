// SPDX-License-Identifier: Apache-2.0
// A receiver's file: what came is encrypted, and what its sender erased goes.
#include "store/inbox.h"

#include <gtest/gtest.h>

#include "making.h"
#include "store/sqlite.h"

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

void put(Inbox& inbox, const std::string& case_id, std::int64_t epoch, std::uint64_t sequence) {
  const std::string text = heard;
  const Bytes body(text.begin(), text.end());
  InboxReport report;
  report.id = case_id + "-" + std::to_string(epoch) + "-" + std::to_string(sequence);
  report.tenant = "clinic";
  report.case_id = case_id;
  report.kind = "custom";
  report.epoch = epoch;
  report.sequence = sequence;
  report.report = body;
  const auto ok = inbox.put(report, Lane::normal);
  EXPECT_TRUE(ok) << ok.error().message;
}

std::vector<std::string> held(Inbox& inbox) {
  std::vector<std::string> out;
  const auto ok = inbox.each([&](const InboxReport& report) -> Result<void> {
    EXPECT_EQ(std::string(report.report.begin(), report.report.end()), heard) << report.id;
    out.push_back(report.id);
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

}  // namespace
}  // namespace alliance::store
