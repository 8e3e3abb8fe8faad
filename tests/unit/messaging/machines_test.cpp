// SPDX-License-Identifier: Apache-2.0
// Sender and receiver without a socket, and both of them over a line that loses, cuts and repeats.
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "making.h"
#include "messaging/receiver.h"
#include "messaging/sender.h"

namespace alliance::messaging {
namespace {

Sender open_sender(Pace pace, std::uint64_t acknowledged = 0) {
  Sender sender(pace, 1, acknowledged);
  sender.opening();
  sender.opened();
  return sender;
}

TEST(Sender, KeepsToItsWindowOfChunksAndBytes) {
  Pace pace;
  pace.window_chunks = 3;
  pace.window_bytes = 100;
  auto sender = open_sender(pace);
  ASSERT_TRUE(sender.sending(1, 1000, 0)) << "one chunk of any size may always be under way";
  EXPECT_FALSE(sender.has_room());
  ASSERT_TRUE(*sender.on_acknowledged(1, 0));
  for (std::uint64_t p = 2; p <= 4; ++p) {
    EXPECT_TRUE(sender.has_room());
    ASSERT_TRUE(sender.sending(p, 10, 0));
  }
  EXPECT_FALSE(sender.has_room());
  ASSERT_TRUE(*sender.on_acknowledged(3, 0)) << "one number stands for all before it";
  EXPECT_TRUE(sender.has_room());
  EXPECT_FALSE(*sender.on_acknowledged(2, 0)) << "a late one changes nothing";
}

TEST(Sender, TakesNoAcknowledgementOfWhatItDidNotSend) {
  auto sender = open_sender({}, 10);
  EXPECT_FALSE(sender.on_acknowledged(11, 0));
  ASSERT_TRUE(sender.sending(12, 1, 0));
  EXPECT_FALSE(sender.on_acknowledged(13, 0));
  EXPECT_EQ(sender.acknowledged(), 10u);
  EXPECT_FALSE(sender.sending(12, 1, 0)) << "positions only grow";
}

TEST(Sender, SendsEverythingUnacknowledgedAgainAfterAFailure) {
  auto sender = open_sender({});
  for (std::uint64_t p = 1; p <= 5; ++p) ASSERT_TRUE(sender.sending(p, 1, 0));
  ASSERT_TRUE(*sender.on_acknowledged(2, 0));
  const auto resume = sender.failed(1000);
  EXPECT_EQ(sender.sent(), 2u);
  EXPECT_FALSE(sender.may_open(resume - 1));
  EXPECT_TRUE(sender.may_open(resume));
  EXPECT_FALSE(sender.has_room());
}

TEST(Sender, LosesPatienceWithAReceiverThatStaysSilent) {
  Pace pace;
  pace.acknowledge_within = 100;
  auto sender = open_sender(pace);
  EXPECT_EQ(sender.wake_at(), std::nullopt) << "nothing under way, nothing to wait for";
  ASSERT_TRUE(sender.sending(1, 1, 50));
  ASSERT_TRUE(sender.sending(2, 1, 120));
  EXPECT_FALSE(sender.out_of_patience(149));
  EXPECT_TRUE(sender.out_of_patience(150));
  ASSERT_TRUE(*sender.on_acknowledged(1, 140));
  EXPECT_FALSE(sender.out_of_patience(239)) << "progress renews it";
  EXPECT_EQ(sender.wake_at(), 240);
}

TEST(BackOff, DoublesWithinItsJitterUpToItsLongestAndBeginsAnewAfterSuccess) {
  Pace pace;
  pace.first_pause = 1000;
  pace.longest_pause = 6000;
  BackOff back_off(pace, 42);
  for (const std::int64_t whole : {1000, 2000, 4000, 6000, 6000, 6000}) {
    const auto pause = back_off.next();
    EXPECT_GE(pause, whole / 2);
    EXPECT_LE(pause, whole);
  }
  back_off.reset();
  EXPECT_LE(back_off.next(), 1000);
  BackOff other(pace, 43), same(pace, 42), again(pace, 42);
  EXPECT_EQ(same.next(), again.next());
  std::set<std::int64_t> pauses;
  for (std::uint64_t seed = 0; seed < 50; ++seed) pauses.insert(BackOff(pace, seed).next());
  EXPECT_GT(pauses.size(), 20u) << "many senders would come back at once";
}

TEST(Sender, AGreetingAloneDoesNotResetTheBackOff) {
  Pace pace;
  pace.first_pause = 1000;
  pace.longest_pause = 1'000'000;
  Sender sender(pace, 1, 0);
  std::int64_t at = 0;
  for (int i = 0; i < 8; ++i) {
    sender.opening();
    sender.opened();
    at = sender.failed(0);
  }
  EXPECT_GE(at, 64'000);
}

Message batch_at(std::uint64_t position, const std::vector<MadeEnvelope>& envelopes) {
  return Chunk{position, made_batch(envelopes)};
}

TEST(Conversation, TakesAGreetingAndThenBatchesThatGrow) {
  Conversation talk;
  EXPECT_TRUE(talk.take(Hello{1, "clinic", Lane::normal, ""})->greet);
  EXPECT_EQ(talk.take(batch_at(3, {{}}))->chunk->position, 3u);
  EXPECT_EQ(talk.take(batch_at(9, {{}}))->chunk->position, 9u);
  EXPECT_FALSE(talk.take(batch_at(9, {{}})));
}

TEST(Conversation, RefusesWhatIsOutOfTurn) {
  EXPECT_FALSE(Conversation().take(batch_at(1, {{}})));
  EXPECT_FALSE(Conversation().take(Acknowledge{1}));
  EXPECT_FALSE(Conversation().take(Hello{2, "clinic", Lane::normal, ""}));
  for (const Message& message : {Message(Hello{1, "clinic", Lane::normal, ""}), Message(Welcome{}),
                                 Message(Acknowledge{1}), batch_at(1, {{"c", 1, Lane::safety}}),
                                 batch_at(1, {{"c", 1, Lane::normal, "other"}}), Message(Chunk{1, {1, 2, 3}})}) {
    Conversation talk;
    ASSERT_TRUE(talk.take(Hello{1, "clinic", Lane::normal, ""}));
    const auto step = talk.take(message);
    EXPECT_FALSE(step);
    if (!step) {
      EXPECT_FALSE(step.error().message.empty());
    }
  }
}

TEST(HighWater, TellsRepeatsFromNewsPerCaseEpochAndLane) {
  HighWater marks;
  const HighWater::Key key{"clinic", "a", 1, Lane::normal};
  EXPECT_TRUE(marks.raise(key, 1));
  EXPECT_FALSE(marks.raise(key, 1));
  EXPECT_TRUE(marks.raise(key, 5));
  EXPECT_FALSE(marks.raise(key, 3));
  EXPECT_TRUE(marks.raise({"clinic", "b", 1, Lane::normal}, 1));
  EXPECT_TRUE(marks.raise({"clinic", "a", 2, Lane::normal}, 1)) << "a new epoch begins anew";
  EXPECT_TRUE(marks.raise({"clinic", "a", 1, Lane::safety}, 2)) << "the safety lane travels ahead";
  EXPECT_TRUE(marks.raise({"other", "a", 1, Lane::normal}, 1));
}

TEST(HighWater, WhatWasNotKeptIsNewsAgain) {
  HighWater marks;
  const HighWater::Key key{"clinic", "a", 1, Lane::normal};
  EXPECT_TRUE(marks.raise(key, 1));
  marks.keep();
  EXPECT_TRUE(marks.raise(key, 2));
  marks.forget();
  EXPECT_TRUE(marks.raise(key, 2));
  EXPECT_FALSE(marks.raise(key, 1));
}

// The line loses what is under way, acknowledgements too, each time it breaks; the receiver may forget what
// it has not yet kept. Time is a number.
TEST(Machines, OverALineThatBreaksEverythingArrivesOnceAndInOrder) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    std::mt19937_64 random(seed);
    Pace pace;
    pace.window_chunks = 1 + random() % 6;
    pace.acknowledge_within = 50;
    pace.first_pause = 2;
    pace.longest_pause = 20;
    Sender sender(pace, seed, 0);
    HighWater marks;
    std::optional<Conversation> talk;
    std::deque<Chunk> forth;
    std::deque<std::uint64_t> back;
    std::vector<std::uint64_t> kept;
    constexpr std::uint64_t last = 60;
    std::int64_t now = 0;
    const HighWater::Key key{"clinic", "case-1", 7, Lane::normal};
    const auto breaks = [&] {
      talk.reset();
      forth.clear();
      back.clear();
      marks.forget();
      sender.failed(now);
    };
    for (int steps = 0; sender.acknowledged() < last; ++steps) {
      ASSERT_LT(steps, 100'000) << "seed " << seed << " stands still";
      ++now;
      if (sender.out_of_patience(now)) breaks();
      if (sender.may_open(now)) {
        sender.opening();
        if (random() % 4) {
          talk.emplace();
          ASSERT_TRUE(talk->take(Hello{1, "clinic", Lane::normal, ""}));
          sender.opened();
        } else {
          breaks();
        }
      }
      if (sender.has_room() && sender.sent() < last && random() % 2) {
        const auto next = sender.sent() + 1;
        ASSERT_TRUE(sender.sending(next, 10, now));
        forth.push_back({next, made_batch({{"case-1", next}})});
      }
      if (!forth.empty() && talk && random() % 2) {
        const auto step = talk->take(forth.front());
        ASSERT_TRUE(step) << step.error().message;
        forth.pop_front();
        const auto sequence = step->chunk->position;
        const bool news = marks.raise(key, sequence);
        if (random() % 10 == 0) {  // killed before the commit
          breaks();
          continue;
        }
        marks.keep();
        if (news) kept.push_back(sequence);
        if (random() % 8) back.push_back(sequence);  // else: killed between the commit and the answer
      }
      if (!back.empty() && random() % 2) {
        ASSERT_TRUE(sender.on_acknowledged(back.front(), now));
        back.pop_front();
      }
      if (random() % 40 == 0 && sender.state() == Sender::State::open) breaks();
    }
    ASSERT_EQ(kept.size(), last) << "seed " << seed;
    for (std::uint64_t i = 0; i < last; ++i) ASSERT_EQ(kept[i], i + 1) << "seed " << seed;
  }
}

}  // namespace
}  // namespace alliance::messaging
