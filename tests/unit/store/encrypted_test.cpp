// SPDX-License-Identifier: Apache-2.0
// A store on a disk that somebody else reads, copies, changes or gives back.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <csignal>
#include <fstream>
#include <random>
#include <thread>

#include "making.h"
#include "store/check.h"
#include "store/sqlite.h"
#include "store/store.h"
#include "store/tables.h"

namespace alliance::store {
namespace {

std::unique_ptr<Store> open_store(const std::string& path, Opening how = {}) {
  auto store = Store::open(path, "clinic", std::move(how));
  EXPECT_TRUE(store) << (store ? "" : store.error().message);
  return store ? std::move(*store) : nullptr;
}

// An event, a value, a report and a dead letter that can be looked for.
constexpr const char* said = "what-the-client-said";
Entry telling(const std::string& stream, std::uint64_t sequence) {
  auto entry = made_entry(stream, sequence);
  const std::string text = said;
  entry.event.assign(text.begin(), text.end());
  entry.derived = entry.event;
  entry.values = {{"plugin/memory", 1, entry.event}};
  entry.normal = {made_envelope(stream, sequence, Lane::normal, "clinic", 0, said)};
  return entry;
}

DeadLetter letter_of(const std::string& stream, std::uint64_t sequence) {
  DeadLetter letter;
  letter.endpoint = "here:app";
  letter.report = stream + "-" + std::to_string(sequence);
  letter.case_id = stream;
  letter.kind = "custom";
  letter.epoch = 7;
  letter.sequence = sequence;
  letter.envelope = made_envelope(stream, sequence, Lane::normal, "clinic", 0, said);
  return letter;
}

bool on_the_disk(const std::string& path, const std::string& text) {
  return contents(path).find(text) != std::string::npos || contents(path + "-wal").find(text) != std::string::npos;
}

Act erasing(const std::string& stream, std::int64_t now = 5'000'000) {
  Act act;
  act.time = now;
  act.stream = stream;
  act.by = "dpo";
  act.reason = "the client asked for it";
  act.reference = "R-1";
  return act;
}

sqlite::Database raw(const std::string& path) { return *sqlite::Database::open(path, SQLITE_OPEN_READWRITE); }

// As the first two formats had it: everything in the clear.
void make_old_store(const std::string& path, int rows) {
  auto db = *sqlite::Database::open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  const std::string head = "PRAGMA application_id=" + std::to_string(file_kind.application_id) +
                           "; PRAGMA journal_mode=WAL; PRAGMA user_version=2";
  ASSERT_TRUE(db.run(head.c_str()));
  ASSERT_TRUE(db.run(format_1));
  ASSERT_TRUE(db.run(format_2));
  ASSERT_TRUE(
      db.run("BEGIN; INSERT INTO meta VALUES ('tenant', 'clinic');"
             "UPDATE totals SET events = 9000, reports = 9000, epoch = 7"));
  const auto stream = "INSERT INTO streams VALUES (1, 'a', 7, 9000, 0, " + std::to_string(rows) + ")";
  ASSERT_TRUE(db.run(stream.c_str()));
  auto log = *sqlite::Statement::prepare(db, "INSERT INTO log VALUES (?1, 1, ?2, ?3, ?4, ?4)");
  auto outbox = *sqlite::Statement::prepare(db, "INSERT INTO outbox VALUES (?1, 0, 1, ?2)");
  const std::string text = said;
  const Bytes event(text.begin(), text.end());
  for (int i = 1; i <= rows; ++i) {
    const auto id = "e" + std::to_string(i);
    ASSERT_TRUE(log.bind(1, std::int64_t{i}).bind(2, id).bind(3, std::int64_t{i}).bind(4, event).finish());
    fb::BatchT batch;
    const auto envelope = made_envelope("a", static_cast<std::uint64_t>(i), Lane::normal, "clinic", 0, said);
    batch.envelopes.push_back(std::make_unique<fb::EnvelopeT>());
    flatbuffers::GetRoot<fb::Envelope>(envelope.data())->UnPackTo(batch.envelopes.back().get());
    flatbuffers::FlatBufferBuilder builder;
    builder.Finish(fb::CreateBatch(builder, &batch), fb::BatchIdentifier());
    const Bytes bytes(builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize());
    ASSERT_TRUE(outbox.bind(1, std::int64_t{i}).bind(2, bytes).finish());
  }
  ASSERT_TRUE(
      db.run("INSERT INTO plugin_values VALUES (1, 'plugin/memory', 1, CAST('what-the-client-said' AS BLOB));"
             "COMMIT"));
}

// The first look finds what was just committed in memory, the second reads it from the file.
TEST(Encrypted, WhatWasJustCommittedIsSentAsTheFileHasIt) {
  for (const bool plaintext : {false, true}) {
    const Folder folder;
    Opening how;
    how.keys.plaintext = plaintext;
    auto store = open_store(folder / "s", how);
    ASSERT_EQ(*store->acknowledged("there", Lane::normal), 0u);
    ASSERT_TRUE(store->commit({telling("a", 1), telling("b", 1)}, 7));
    ASSERT_TRUE(store->commit({telling("b", 2)}, 7));
    const auto first = *store->outbox(Lane::normal, 0, 9), second = *store->outbox(Lane::normal, 0, 9);
    ASSERT_EQ(first.size(), 2u);
    ASSERT_EQ(second.size(), 2u);
    for (std::size_t at = 0; at < 2; ++at) {
      EXPECT_EQ(first[at].position, second[at].position);
      EXPECT_EQ(ids_of(first[at]), ids_of(second[at]));
      const auto *sent = flatbuffers::GetRoot<fb::Batch>(first[at].batch.data())->envelopes(),
                 *kept = flatbuffers::GetRoot<fb::Batch>(second[at].batch.data())->envelopes();
      for (flatbuffers::uoffset_t i = 0; i < sent->size(); ++i) {
        const auto *one = sent->Get(i)->payload(), *other = kept->Get(i)->payload();
        EXPECT_EQ(Bytes(one->begin(), one->end()), Bytes(other->begin(), other->end()));
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(one->data()) % 8, 0u);
      }
    }
    ASSERT_TRUE(store->commit({telling("a", 2), telling("b", 3)}, 7));
    ASSERT_TRUE(store->instruct(erasing("a")));
    const auto third = *store->outbox(Lane::normal, second[1].position, 9);
    ASSERT_EQ(third.size(), 2u);
    EXPECT_EQ(ids_of(third[0]), (std::vector<std::string>{"b-3"})) << "what was erased is in no memory either";
  }
}

TEST(Encrypted, NothingThatWasSaidStandsOnTheDisk) {
  for (const bool plaintext : {false, true}) {
    const Folder folder;
    Opening how;
    how.keys.plaintext = plaintext;
    auto store = open_store(folder / "s", how);
    ASSERT_TRUE(store->commit({telling("a", 1), telling("b", 1)}, 7));
    ASSERT_TRUE(store->bury({letter_of("a", 1)}));
    EXPECT_EQ(on_the_disk(folder / "s", said), plaintext) << "what is looked for can be found";
    const std::string text = said;
    const Bytes expected(text.begin(), text.end());
    EXPECT_EQ(store->log("a")->front().event, expected);
    EXPECT_EQ(store->log("a")->front().derived, expected);
    EXPECT_EQ(store->values("a")->front().bytes, expected);
    EXPECT_EQ(ids_of(store->outbox(Lane::normal, 0, 9)->front()), (std::vector<std::string>{"a-1", "b-1"}));
    EXPECT_EQ(store->dead_letters()->front().envelope, letter_of("a", 1).envelope);
    store.reset();
    auto again = open_store(folder / "s", how);
    EXPECT_EQ(ids_of(again->outbox(Lane::normal, 0, 9)->front()), (std::vector<std::string>{"a-1", "b-1"}));
    EXPECT_EQ(again->log("b")->size(), 1u);
    again.reset();
    EXPECT_EQ(std::filesystem::exists(folder / "s.keys"), !plaintext);
  }
}

TEST(Encrypted, RowsCannotStandInForOneAnother) {
  const Folder folder;
  {
    auto store = open_store(folder / "s");
    ASSERT_TRUE(store->commit({telling("a", 1), telling("a", 2), telling("b", 1)}, 7));
  }
  ASSERT_TRUE(raw(folder / "s").run("UPDATE log SET event = (SELECT event FROM log WHERE id = 2) WHERE id = 1"));
  auto store = open_store(folder / "s");
  const auto log = store->log("a");
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().status, ALLIANCE_E_BAD_INPUT);
  EXPECT_NE(log.error().message.find("row 1 of the log"), std::string::npos) << log.error().message;
  EXPECT_TRUE(store->log("b")) << "the other case is none the worse";
  store.reset();
  ASSERT_TRUE(raw(folder / "s").run("UPDATE log SET event = derived, derived = event WHERE id = 3"));
  EXPECT_FALSE(open_store(folder / "s")->log("b"));
}

TEST(Encrypted, AWrongOrMissingKeyIsOneSentenceAndChangesNothing) {
  const Folder folder;
  {
    ASSERT_TRUE(open_store(folder / "s")->commit({telling("a", 1)}, 7));
  }
  Opening how;
  how.keys.file = folder / "other";
  std::ofstream(folder / "other") << std::string(64, '5');
  std::filesystem::permissions(folder / "other", std::filesystem::perms(0600));
  const auto wrong = Store::open(folder / "s", "clinic", how);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().status, ALLIANCE_E_DENIED);
  EXPECT_NE(wrong.error().message.find("the master key is not the one"), std::string::npos) << wrong.error().message;

  std::filesystem::rename(folder / "s.master", folder / "away");
  const auto missing = Store::open(folder / "s", "clinic");
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("s.master is missing"), std::string::npos) << missing.error().message;
  EXPECT_FALSE(std::filesystem::exists(folder / "s.master")) << "a new master key would hide the loss of the old";
  std::filesystem::rename(folder / "away", folder / "s.master");

  std::filesystem::rename(folder / "s.keys", folder / "away");
  const auto no_ring = Store::open(folder / "s", "clinic");
  ASSERT_FALSE(no_ring);
  EXPECT_NE(no_ring.error().message.find("s.keys is missing"), std::string::npos) << no_ring.error().message;
  std::filesystem::rename(folder / "away", folder / "s.keys");

  how.keys = {};
  how.keys.plaintext = true;
  EXPECT_EQ(Store::open(folder / "s", "clinic", how).error().status, ALLIANCE_E_STATE);
  EXPECT_EQ(Store::open(folder / "s", "another").error().status, ALLIANCE_E_DENIED);
  EXPECT_EQ(open_store(folder / "s")->log("a")->size(), 1u);
}

TEST(Encrypted, AnEventThatWasTakenOutOfACaseIsMissedAndTheRestIsErasedAllTheSame) {
  const Folder folder;
  Opening how;
  how.keys.plaintext = true;
  {
    auto store = open_store(folder / "s", how);
    for (std::uint64_t i = 1; i <= 4; ++i) ASSERT_TRUE(store->commit({telling("a", i), telling("b", i)}, 7));
    EXPECT_EQ(store->log("a")->size(), 4u);
  }
  ASSERT_TRUE(raw(folder / "s").run("DELETE FROM log WHERE id = 3"));  // the second of a
  const auto report = check(folder / "s", {}, {});
  ASSERT_TRUE(report);
  std::vector<std::string> parts;
  for (const auto& damage : report->damages) {  // but for the bytes, which are no event here
    if (damage->sentence.find("cannot be read") != std::string::npos) continue;
    parts.push_back(damage->subject + " " + std::to_string(damage->row) + ": " + damage->sentence);
  }
  EXPECT_EQ(parts, (std::vector<std::string>{"a 1: it had 4 events, and 2 are found from its last one on"}));
  auto store = open_store(folder / "s", how);
  EXPECT_EQ(store->log("b")->size(), 4u);
  EXPECT_EQ(store->log("a").error().status, ALLIANCE_E_BAD_INPUT);
  ASSERT_TRUE(store->instruct(erasing("a")));
  EXPECT_EQ(store->log("a")->size(), 0u);
  EXPECT_EQ(*sqlite::number_of(*std::make_unique<sqlite::Database>(raw(folder / "s")), "SELECT count(*) FROM log"), 4);
  ASSERT_TRUE(store->commit({telling("a", 5)}, 8));
  EXPECT_EQ(store->log("a")->size(), 1u);
}

TEST(Encrypted, AStoreOfAnOlderFormatIsEncryptedWhenItIsOpened) {
  const Folder folder;
  ASSERT_NO_FATAL_FAILURE(make_old_store(folder / "s", 300));
  ASSERT_TRUE(on_the_disk(folder / "s", said));
  Opening how;
  how.keys.plaintext = true;
  std::filesystem::copy(folder / "s", folder / "plain");
  {
    auto plain = open_store(folder / "plain", how);
    EXPECT_EQ(plain->log("a")->size(), 300u) << "with the flag it stays as it was, and readable";
  }
  EXPECT_TRUE(on_the_disk(folder / "plain", said));
  std::vector<std::string> told;
  how = {};
  how.progress = [&](const std::string& what, std::uint64_t, std::uint64_t) { told.push_back(what); };
  auto store = open_store(folder / "s", how);
  ASSERT_FALSE(told.empty());
  EXPECT_EQ(told.front(), "encrypting the store");
  EXPECT_FALSE(on_the_disk(folder / "s", said));
  EXPECT_EQ(store->log("a")->size(), 300u);
  EXPECT_EQ(store->log("a")->back().event_id, "e300");
  EXPECT_EQ(store->values("a")->size(), 1u);
  EXPECT_EQ(ids_of(store->outbox(Lane::normal, 299, 1)->front()), (std::vector<std::string>{"a-300"}));
  ASSERT_TRUE(store->commit({telling("a", 9001)}, 8));
  EXPECT_EQ(store->log("a")->size(), 301u);
}

// The child is killed at a random moment of what it does; what it left is opened and must be whole.
template <class Work>
void killed(std::mt19937& random, int most_milliseconds, Work work) {
  const pid_t child = ::fork();
  if (child == 0) {
    work();
    ::_exit(0);
  }
  std::this_thread::sleep_for(std::chrono::microseconds(random() % (1000u * static_cast<unsigned>(most_milliseconds))));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

TEST(Encrypted, KilledWhileItIsEncryptedAStoreIsWhole) {
  std::mt19937 random(std::random_device{}());
  const Folder folder;
  ASSERT_NO_FATAL_FAILURE(make_old_store(folder / "s", 1500));
  for (int round = 0; round < 8; ++round) {
    killed(random, 25, [&] { static_cast<void>(Store::open(folder / "s", "clinic")); });
  }
  auto store = open_store(folder / "s");
  ASSERT_TRUE(store);
  EXPECT_EQ(store->log("a")->size(), 1500u);
  EXPECT_EQ(store->outbox(Lane::normal, 0, 2000)->size(), 1500u);
  EXPECT_FALSE(on_the_disk(folder / "s", said));
}

TEST(Erased, ACaseIsGoneFromLogOutboxAndDeadLettersAndItsCopiesCannotBeRead) {
  const Folder folder;
  std::int64_t epoch = 0;
  {
    auto store = open_store(folder / "s");
    ASSERT_TRUE(store->commit({telling("a", 1), telling("b", 1)}, 7));
    ASSERT_TRUE(store->commit({telling("a", 2)}, 7));
    ASSERT_TRUE(store->bury({letter_of("a", 1), letter_of("b", 1)}));
    store.reset();
    std::filesystem::copy(folder / "s", folder / "copy");  // somebody's backup
    store = open_store(folder / "s");
    const auto done = store->instruct(erasing("a"));
    ASSERT_TRUE(done) << done.error().message;
    ASSERT_TRUE(done->key_gone) << done->key_gone.error().message;
    const auto* head = &done->head;
    epoch = head->epoch;
    EXPECT_GT(epoch, 7);
    EXPECT_EQ(head->next_sequence, 2u);
    EXPECT_EQ(head->events, 0u);
    EXPECT_EQ(head->erased, 5'000'000);
    EXPECT_TRUE(store->log("a")->empty());
    EXPECT_TRUE(store->values("a")->empty());
    EXPECT_EQ(store->log("b")->size(), 1u);
    EXPECT_EQ(store->dead_letters()->size(), 1u);
    const auto chunks = *store->outbox(Lane::normal, 0, 9);
    ASSERT_EQ(chunks.size(), 3u);
    EXPECT_EQ(ids_of(chunks[0]), (std::vector<std::string>{"b-1"}));
    EXPECT_TRUE(chunks[1].batch.empty()) << "it is passed over";
    const auto* told = flatbuffers::GetRoot<fb::Batch>(chunks[2].batch.data())->envelopes()->Get(0);
    EXPECT_EQ(told->kind()->str(), "case-erased");
    EXPECT_EQ(told->epoch(), epoch);
    EXPECT_EQ(told->sequence(), 1u);
    const Bytes payload(told->payload()->begin(), told->payload()->end());
    EXPECT_EQ(fb::GetReport(payload.data())->body_as_CaseErased()->before(), 7);
    const auto acts = *store->acts("a");
    ASSERT_EQ(acts.size(), 1u);
    EXPECT_EQ(acts[0].reason, "the client asked for it");
    EXPECT_EQ(acts[0].by, "dpo");
    EXPECT_EQ(acts[0].epoch, epoch);
    EXPECT_EQ(store->instruct(erasing("nobody")).error().status, ALLIANCE_E_NOT_FOUND);
    ASSERT_TRUE(store->commit({telling("a", 3)}, 8)) << "a case of the same name may begin anew";
    EXPECT_EQ(store->log("a")->size(), 1u);
  }
  EXPECT_EQ(open_store(folder / "s")->log("a")->size(), 1u);
  // The copy with the keys of today, as a thief or a restore has it.
  std::filesystem::copy(folder / "s.keys", folder / "copy.keys");
  std::filesystem::copy(folder / "s.master", folder / "copy.master");
  Opening how;
  how.now = 9'000'000;
  auto copy = open_store(folder / "copy", how);
  EXPECT_TRUE(copy->log("a")->empty());
  EXPECT_EQ(copy->log("b")->size(), 1u);
  const auto heads = *copy->streams();
  EXPECT_EQ(heads[0].erased, 5'000'000) << "the keys remember when";
  EXPECT_GT(heads[0].epoch, 9'000'000);
  bool told = false;
  const auto left = *copy->outbox(Lane::normal, 0, 9);
  for (const auto& chunk : left) {
    if (chunk.batch.empty()) continue;
    for (const auto* one : *flatbuffers::GetRoot<fb::Batch>(chunk.batch.data())->envelopes()) {
      EXPECT_TRUE(one->case_()->str() != "a" || one->kind()->str() == "case-erased") << one->id()->str();
      told = told || one->kind()->str() == "case-erased";
    }
  }
  EXPECT_TRUE(told) << "who received something of it is told again";
}

TEST(Erased, InAPlaintextStoreItIsOverwritten) {
  const Folder folder;
  Opening how;
  how.keys.plaintext = true;
  auto store = open_store(folder / "s", how);
  ASSERT_TRUE(store->commit({telling("a", 1), made_entry("b", 1)}, 7));
  ASSERT_TRUE(store->bury({letter_of("a", 1)}));
  ASSERT_TRUE(store->instruct(erasing("a")));
  EXPECT_FALSE(on_the_disk(folder / "s", said));
  EXPECT_EQ(store->log("b")->size(), 1u);
}

TEST(Erased, InAPlaintextStoreWhatWasDeliveredBeforeIsOverwrittenToo) {
  const Folder folder;
  Opening how;
  how.keys.plaintext = true;
  auto store = open_store(folder / "s", how);
  ASSERT_TRUE(store->acknowledged("e", Lane::normal));
  auto entry = telling("a", 1);
  const auto one = entry.normal.front();
  for (int i = 0; i < 100; ++i) entry.normal.push_back(one);  // many pages
  ASSERT_TRUE(store->commit({entry}, 7));
  ASSERT_TRUE(store->acknowledge("e", Lane::normal, store->last(Lane::normal)));
  ASSERT_TRUE(store->commit({made_entry("b", 1)}, 7));  // now the batch is gone
  ASSERT_TRUE(store->instruct(erasing("a")));
  EXPECT_FALSE(on_the_disk(folder / "s", said));
  EXPECT_TRUE(store->commit({made_entry("b", 2)}, 7));
}

TEST(Erased, KilledInTheMidstItIsDoneOrNotBegun) {
  std::mt19937 random(std::random_device{}());
  int gone = 0;
  for (int round = 0; round < 10; ++round) {
    const Folder folder;
    {
      auto store = open_store(folder / "s");
      for (std::uint64_t i = 1; i <= 20; ++i) ASSERT_TRUE(store->commit({telling("a", i), telling("b", i)}, 7));
    }
    std::filesystem::copy(folder / "s", folder / "copy");
    killed(random, 20, [&] {
      auto store = Store::open(folder / "s", "clinic");
      if (store) static_cast<void>((*store)->instruct(erasing("a")));
    });
    auto store = open_store(folder / "s");
    ASSERT_TRUE(store);
    const auto log = store->log("a");
    ASSERT_TRUE(log) << log.error().message;
    ASSERT_TRUE(log->empty() || log->size() == 20u) << log->size();
    EXPECT_EQ(store->log("b")->size(), 20u);
    EXPECT_EQ(store->acts("a")->size(), log->empty() ? 1u : 0u);
    store.reset();
    // Whether the key is there is what decides about every copy.
    std::filesystem::copy(folder / "s.keys", folder / "copy.keys");
    std::filesystem::copy(folder / "s.master", folder / "copy.master");
    EXPECT_EQ(open_store(folder / "copy")->log("a")->size(), log->size());
    gone += log->empty();
  }
  std::printf("%d of 10 were erased\n", gone);
}

TEST(Restricted, WhatWasDecidedOutlivesARestoreOfAnOlderCopy) {
  const Folder folder;
  {
    auto store = open_store(folder / "s");
    ASSERT_TRUE(store->commit({telling("a", 1), telling("b", 1)}, 7));
  }
  std::filesystem::copy(folder / "s", folder / "copy");
  {
    auto store = open_store(folder / "s");
    for (const auto kind : {ActKind::restrict, ActKind::hold}) {
      auto act = erasing("a");
      act.kind = kind;
      ASSERT_TRUE(store->instruct(act));
    }
    EXPECT_EQ((*store->streams())[0].standing, standing_restricted | standing_held);
    EXPECT_EQ((*store->streams())[0].next_sequence, 3u) << "everyone is told of a restriction, and of a hold nobody";
  }
  std::filesystem::rename(folder / "copy", folder / "s");
  auto store = open_store(folder / "s");
  EXPECT_EQ((*store->streams())[0].standing, standing_restricted | standing_held);
  EXPECT_EQ((*store->streams())[1].standing, 0);
}

}  // namespace
}  // namespace alliance::store
