// SPDX-License-Identifier: Apache-2.0
// What happens to a report that a receiver will not take: both ends, and what lies between them.
#include <set>

#include "messaging/intake.h"
#include "running.h"

namespace alliance::messaging {
namespace {

// An outbox that keeps dead letters, as the host's does; a tombstone is made by hand.
class WithGraves final : public Outbox {
 public:
  void put(std::uint64_t position, Bytes batch) { chunks_[position] = std::move(batch); }
  Result<std::vector<Chunk>> after(const std::string&, Lane, std::uint64_t position, std::size_t most) override {
    const std::lock_guard lock(mutex_);
    std::vector<Chunk> out;
    for (auto it = chunks_.upper_bound(position); it != chunks_.end() && out.size() < most; ++it) {
      const auto first = buried_.lower_bound({it->first, ""});
      if (first == buried_.end() || first->first != it->first) {
        out.push_back({it->first, it->second});
      } else {
        out.push_back({it->first, first->second.empty() ? Bytes() : with_tombstones(it->first, it->second)});
      }
    }
    return out;
  }
  Result<void> acknowledged(const std::string&, Lane, std::uint64_t) override { return {}; }
  Result<void> give_up(const std::string&, Lane, const Refusal& refusal, unsigned tries) override {
    const std::lock_guard lock(mutex_);
    buried_.insert({refusal.position, refusal.report});
    tries_ = tries;
    return {};
  }
  std::set<std::pair<std::uint64_t, std::string>> buried() {
    const std::lock_guard lock(mutex_);
    return buried_;
  }
  unsigned tries() const { return tries_; }

 private:
  Bytes with_tombstones(std::uint64_t position, const Bytes& batch) {
    fb::BatchT out;
    flatbuffers::GetRoot<fb::Batch>(batch.data())->UnPackTo(&out);
    for (auto& one : out.envelopes) {
      if (!buried_.contains({position, one->id})) continue;
      one->tombstone_of = one->id;
      one->id = "tombstone";
      one->payload.clear();
    }
    flatbuffers::FlatBufferBuilder builder;
    builder.Finish(fb::CreateBatch(builder, &out), fb::BatchIdentifier());
    return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
  }
  std::mutex mutex_;
  std::map<std::uint64_t, Bytes> chunks_;
  std::set<std::pair<std::uint64_t, std::string>> buried_;
  unsigned tries_ = 0;
};

// A memory that a test can look into, and break.
class Remembered final : public Memory {
 public:
  Result<void> begin() override { return {}; }
  Result<std::uint64_t> mark(const HighWater::Key& key) override { return marks[key]; }
  Result<void> set_mark(const HighWater::Key& key, std::uint64_t sequence) override {
    marks[key] = sequence;
    return {};
  }
  Result<bool> awaits(const std::string& tenant, const std::string& report) override {
    return awaited.contains({tenant, report});
  }
  Result<void> set_awaits(const std::string& tenant, const std::string& report, bool is) override {
    if (is) awaited.insert({tenant, report});
    if (!is) awaited.erase({tenant, report});
    return {};
  }
  Result<void> commit() override {
    if (broken) return fail(ALLIANCE_E_IO, "the disk is full");
    return {};
  }
  void abandon() override { ++abandoned; }

  std::map<HighWater::Key, std::uint64_t> marks;
  std::set<std::pair<std::string, std::string>> awaited;
  bool broken = false;
  int abandoned = 0;
};

// Takes everything but what is poison.
struct Taking {
  std::set<std::string> poison;
  std::int32_t status = ALLIANCE_E_BAD_INPUT;
  std::vector<std::string> taken, asked;
  Intake::Take function() {
    return [this](const fb::Envelope& envelope) -> Result<void> {
      asked.push_back(envelope.id()->str());
      if (poison.contains(asked.back())) return fail(status, "this one is poison");
      taken.push_back(asked.back());
      return {};
    };
  }
};

Bytes sent_again(const std::string& case_id, std::uint64_t first, std::uint64_t sequence) {
  fb::BatchT batch;
  flatbuffers::GetRoot<fb::Batch>(made_batch({{case_id, first}}).data())->UnPackTo(&batch);
  batch.envelopes[0]->first_sequence = first;
  batch.envelopes[0]->sequence = sequence;
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(fb::CreateBatch(builder, &batch), fb::BatchIdentifier());
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

Bytes tombstone(const std::string& case_id, std::uint64_t sequence) {
  WithGraves graves;
  graves.put(1, made_batch({{case_id, sequence}}));
  static_cast<void>(graves.give_up("", Lane::normal, {1, case_id + "-" + std::to_string(sequence), {}}, 1));
  return (*graves.after("", Lane::normal, 0, 1))[0].batch;
}

using Names = std::vector<std::string>;

TEST(Intake, DropsRepeatsOverARestartAndKeepsOrder) {
  Remembered memory;
  Taking taking;
  {
    Intake intake(memory, taking.function());
    const std::vector<Chunk> chunks{{1, made_batch({{"a", 1}, {"b", 1}})}, {2, made_batch({{"a", 2}})}};
    EXPECT_EQ(intake.settle(chunks)->position, 2u);
  }
  Intake intake(memory, taking.function());
  const std::vector<Chunk> again{{2, made_batch({{"a", 2}})}, {3, made_batch({{"b", 2}})}};
  EXPECT_EQ(intake.settle(again)->position, 3u);
  EXPECT_EQ(taking.taken, (Names{"a-1", "b-1", "a-2", "b-2"}));
  EXPECT_EQ(intake.repeats(), 1u);
}

TEST(Intake, WhatStandsBehindARefusalWaitsAndWhatStandsBeforeItIsKept) {
  Remembered memory;
  Taking taking;
  taking.poison = {"a-2"};
  Intake intake(memory, taking.function());
  const std::vector<Chunk> chunks{{1, made_batch({{"a", 1}})}, {2, made_batch({{"b", 1}, {"a", 2}, {"a", 3}})}};
  const auto settled = intake.settle(chunks);
  ASSERT_TRUE(settled && settled->refused);
  EXPECT_EQ(settled->position, 1u);
  EXPECT_EQ(settled->refused->position, 2u);
  EXPECT_EQ(settled->refused->report, "a-2");
  EXPECT_EQ(taking.taken, (Names{"a-1", "b-1"}));

  taking.poison.clear();
  const std::vector<Chunk> again{{2, made_batch({{"b", 1}, {"a", 2}, {"a", 3}})}};
  EXPECT_EQ(intake.settle(again)->position, 2u);
  EXPECT_EQ(taking.taken, (Names{"a-1", "b-1", "a-2", "a-3"}));
}

TEST(Intake, ATombstoneIsRememberedAndItsReportIsTakenUnderAnotherNumberOnce) {
  Remembered memory;
  Taking taking;
  {
    Intake intake(memory, taking.function());
    const std::vector<Chunk> chunks{{1, made_batch({{"a", 1}})}, {2, tombstone("a", 2)}, {3, made_batch({{"a", 3}})}};
    ASSERT_EQ(intake.settle(chunks)->position, 3u);
    EXPECT_EQ(taking.taken, (Names{"a-1", "a-3"}));
  }
  Intake intake(memory, taking.function());
  const std::vector<Chunk> late{{9, sent_again("a", 2, 4)}};
  ASSERT_EQ(intake.settle(late)->position, 9u);
  EXPECT_EQ(taking.taken, (Names{"a-1", "a-3", "a-2"}));
  EXPECT_TRUE(memory.awaited.empty());
  const std::vector<Chunk> repeated{{10, sent_again("a", 2, 5)}};
  ASSERT_EQ(intake.settle(repeated)->position, 10u);
  EXPECT_EQ(taking.taken.size(), 3u) << "it is no longer awaited";
}

TEST(Intake, WhoTookAReportDoesNotTakeItAgainBecauseAnotherRefusedIt) {
  Remembered memory;
  Taking taking;
  Intake intake(memory, taking.function());
  const std::vector<Chunk> chunks{{1, made_batch({{"a", 1}, {"a", 2}})}, {2, sent_again("a", 1, 3)}};
  ASSERT_EQ(intake.settle(chunks)->position, 2u);
  EXPECT_EQ(taking.taken, (Names{"a-1", "a-2"}));
  const std::vector<Chunk> newcomer{{3, sent_again("z", 7, 9)}};
  ASSERT_EQ(intake.settle(newcomer)->position, 3u);
  EXPECT_EQ(taking.taken.back(), "z-7") << "a case that never came so far has not had it";
}

TEST(Intake, WhatCouldNotBeKeptIsNewsAgain) {
  Remembered memory;
  Taking taking;
  Intake intake(memory, taking.function());
  memory.broken = true;
  const std::vector<Chunk> chunks{{1, made_batch({{"a", 1}})}};
  const auto settled = intake.settle(chunks);
  ASSERT_FALSE(settled);
  EXPECT_EQ(settled.error().status, ALLIANCE_E_IO);
  EXPECT_EQ(memory.abandoned, 1);
  memory.broken = false;
  memory.marks.clear();
  EXPECT_EQ(intake.settle(chunks)->position, 1u);
  EXPECT_EQ(taking.asked.size(), 2u);
}

class Refusing {
 public:
  explicit Refusing(Taking& taking) : intake_(memory, taking.function()) {
    Server::Handlers handlers;
    handlers.settle = [this](const Hello&, std::span<const Chunk> chunks) {
      const std::lock_guard lock(mutex);
      return intake_.settle(chunks);
    };
    server_ = std::move(*Server::listen("tcp://127.0.0.1:0", std::move(handlers), {}));
    thread_ = std::thread([this] { EXPECT_TRUE(server_->run()); });
  }
  ~Refusing() {
    server_->stop();
    thread_.join();
  }
  std::string address() const { return server_->address(); }
  std::mutex mutex;
  Remembered memory;

 private:
  Intake intake_;
  std::unique_ptr<Server> server_;
  std::thread thread_;
};

TEST(Refusal, AfterAStatedNumberOfTriesATombstoneIsSentAndTheRestGoesOn) {
  Taking taking;
  taking.poison = {"a-2", "a-4"};
  Refusing receiver(taking);
  WithGraves outbox;
  outbox.put(1, made_batch({{"a", 1}, {"a", 2}, {"a", 3}}));
  outbox.put(2, made_batch({{"a", 4}}));
  outbox.put(3, made_batch({{"a", 5}}));
  auto pace = quick_pace();
  pace.tries = 4;
  auto delivery = Delivery::create(outbox, {}, pace);
  delivery->add("tcp", Lane::normal, link_to(receiver.address()), 0);
  ASSERT_TRUE(delivery->drain(ten, never));
  EXPECT_EQ(taking.taken, (Names{"a-1", "a-3", "a-5"}));
  EXPECT_EQ(std::count(taking.asked.begin(), taking.asked.end(), "a-2"), 4);
  EXPECT_EQ(std::count(taking.asked.begin(), taking.asked.end(), "a-4"), 4);
  EXPECT_EQ(outbox.tries(), 4u);
  EXPECT_EQ(outbox.buried().size(), 2u);
  EXPECT_EQ(receiver.memory.awaited.size(), 2u);
}

TEST(Refusal, AReceiverInTroubleLosesNoReportHoweverOftenItSaysNotNow) {
  Taking taking;
  taking.poison = {"a-1"};
  taking.status = ALLIANCE_E_IO;
  Refusing receiver(taking);
  WithGraves outbox;
  outbox.put(1, made_batch({{"a", 1}}));
  outbox.put(2, made_batch({{"a", 2}}));
  auto pace = quick_pace();
  pace.tries = 2;
  auto delivery = Delivery::create(outbox, {}, pace);
  delivery->add("tcp", Lane::normal, link_to(receiver.address()), 0);
  EXPECT_TRUE(comes_true([&] {
    const std::lock_guard lock(receiver.mutex);
    return taking.asked.size() >= 6;
  }));
  {
    const std::lock_guard lock(receiver.mutex);
    EXPECT_TRUE(taking.taken.empty());
    taking.poison.clear();
  }
  ASSERT_TRUE(delivery->drain(ten, never));
  EXPECT_EQ(taking.taken, (Names{"a-1", "a-2"}));
  EXPECT_TRUE(outbox.buried().empty());
}

TEST(Refusal, ADamagedPartOfTheOutboxIsPassedOverAlsoWhenItIsTheLast) {
  Taking taking;
  Refusing receiver(taking);
  WithGraves outbox;
  outbox.put(1, made_batch({{"a", 1}}));
  outbox.put(2, Bytes(40, 7));
  outbox.put(3, made_batch({{"a", 3}}));
  outbox.put(4, Bytes(40, 7));
  auto delivery = Delivery::create(outbox, {}, quick_pace());
  delivery->add("tcp", Lane::normal, link_to(receiver.address()), 0);
  ASSERT_TRUE(delivery->drain(ten, never));
  EXPECT_EQ(taking.taken, (Names{"a-1", "a-3"}));
  EXPECT_EQ(outbox.buried(), (std::set<std::pair<std::uint64_t, std::string>>{{2, ""}, {4, ""}}));
}

// A transport that says no without saying to which report.
class RefusingLink final : public Link {
 public:
  explicit RefusingLink(std::int32_t status) : status_(status) {}
  Result<void> open(Events events) override {
    events_ = std::move(events);
    events_.opened();
    return {};
  }
  Result<void> send(const Chunk& chunk) override {
    if (ids_of(chunk.batch)[0] == "a-1") return fail(status_, "no");
    events_.acknowledged(chunk.position);
    return {};
  }
  void close() override {}

 private:
  std::int32_t status_;
  Events events_;
};

TEST(Refusal, ATransportThatRefusesABatchGivesItUpAndOneWhosePasswordIsOldDoesNot) {
  for (const auto& [status, given_up] : {std::pair(ALLIANCE_E_BAD_INPUT, true), std::pair(ALLIANCE_E_DENIED, false)}) {
    WithGraves outbox;
    outbox.put(1, made_batch({{"a", 1}}));
    outbox.put(2, made_batch({{"a", 2}}));
    auto delivery = Delivery::create(outbox, {}, quick_pace());
    delivery->add("x", Lane::normal, std::make_unique<RefusingLink>(status), 0);
    EXPECT_EQ(delivery->drain(given_up ? ten : std::chrono::seconds(1), never), given_up);
    EXPECT_EQ(outbox.buried().contains({1, ""}), given_up);
  }
}

// A transport whose far side takes its time, and says so.
class SlowLink final : public Link {
 public:
  SlowLink(std::chrono::milliseconds takes, bool says_so) : takes_(takes), says_so_(says_so) {}
  ~SlowLink() override { close(); }
  Result<void> open(Events events) override {
    close();
    events_ = std::move(events);
    closed_ = false;
    events_.opened();
    return {};
  }
  Result<void> send(const Chunk& chunk) override {
    if (far_.joinable()) far_.join();
    far_ = std::thread([this, position = chunk.position] {
      const auto end = std::chrono::steady_clock::now() + takes_;
      while (!closed_ && std::chrono::steady_clock::now() < end) {
        if (says_so_) events_.under_way();
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
      }
      if (!closed_) events_.acknowledged(position);
    });
    return {};
  }
  void close() override {
    closed_ = true;
    if (far_.joinable()) far_.join();
  }

 private:
  const std::chrono::milliseconds takes_;
  const bool says_so_;
  std::atomic<bool> closed_ = false;
  Events events_;
  std::thread far_;
};

TEST(Delivery, PatienceLastsAsLongAsTheFarSideSaysThatItIsAtWork) {
  for (const bool says_so : {true, false}) {
    MemoryOutbox outbox;
    outbox.put(Lane::normal, made_batch({{"a", 1}}));
    auto pace = quick_pace();
    pace.acknowledge_within = 500'000;
    auto delivery = Delivery::create(outbox, {}, pace);
    delivery->add("x", Lane::normal, std::make_unique<SlowLink>(std::chrono::milliseconds(1500), says_so), 0);
    EXPECT_EQ(delivery->drain(says_so ? ten : std::chrono::seconds(3), never), says_so);
    EXPECT_EQ(delivery->sent() > 1, !says_so);
  }
}

TEST(Delivery, APasswordInAnAddressIsNotShown) {
  EXPECT_EQ(without_secrets("x://u:p@host/db"), "x://host/db");
  EXPECT_EQ(without_secrets("postgresql:host=a password=b c=d"), "postgresql:host=a password=... c=d");
}

TEST(Delivery, SaysHowEachLinkIsAndStopsWhereItIsTold) {
  Kept kept;
  Running server(kept, "tcp://127.0.0.1:0");
  MemoryOutbox outbox;
  outbox.put(Lane::normal, made_batch({{"a", 1}, {"a", 2}}));
  auto delivery = Delivery::create(outbox, {}, quick_pace());
  delivery->add("good", Lane::normal, link_to(server.address()), 0);
  delivery->add("gone", Lane::normal, link_to("tcp://127.0.0.1:1"), 0);
  EXPECT_TRUE(comes_true([&] {
    const auto all = delivery->status();
    return all.size() == 2 && all[0].connected && all[0].sent == 2 && all[0].trouble.empty() && !all[1].connected &&
           !all[1].trouble.empty();
  }));
  EXPECT_FALSE(delivery->drain(std::chrono::milliseconds(30), never));
  delivery->remove("gone");
  EXPECT_EQ(delivery->status().size(), 1u);
  EXPECT_TRUE(delivery->drain(ten, never));
}

}  // namespace
}  // namespace alliance::messaging
