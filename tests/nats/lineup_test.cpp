// SPDX-License-Identifier: Apache-2.0
// What decides in the transport nats, without a server.
#include "lineup.h"

#include <gtest/gtest.h>

#include "durability.h"
#include "unit/messaging/making.h"

namespace alliance::nats {
namespace {

using messaging::ids_of;
using messaging::made_batch;
using Ids = std::vector<std::string>;

Ids ids(const Outgoing& message) { return ids_of(messaging::Bytes(message.batch.begin(), message.batch.end())); }

TEST(Lineup, OfACaseOneMessageIsUnderWayAndWhatWaitsTogetherTravelsTogether) {
  Lineup lineup("alliance", 100'000);
  lineup.add(1, made_batch({{"a", 1}, {"b", 1}}));
  const auto a = lineup.next(), b = lineup.next();
  ASSERT_TRUE(a && b);
  EXPECT_EQ(a->subject, "alliance.report.clinic.a.custom");
  EXPECT_EQ(a->id, "a-1");
  EXPECT_EQ(ids(*b), (Ids{"b-1"}));
  lineup.add(2, made_batch({{"a", 2}}));
  lineup.add(3, made_batch({{"a", 3}}));
  EXPECT_FALSE(lineup.next()) << "a has a message under way";
  EXPECT_EQ(lineup.taken("a-1"), std::nullopt) << "b-1 of the same batch is not there yet";
  const auto rest = lineup.next();
  ASSERT_TRUE(rest);
  EXPECT_EQ(ids(*rest), (Ids{"a-2", "a-3"}));
  EXPECT_EQ(lineup.taken(rest->id), std::nullopt);
  EXPECT_EQ(lineup.taken("b-1"), std::optional<std::uint64_t>(3));
  EXPECT_EQ(lineup.taken("b-1"), std::nullopt);
}

TEST(Lineup, OtherContentHasAnotherIdAndTheSameContentTheSame) {
  const auto id_of = [](const messaging::Bytes& batch) {
    Lineup lineup("alliance", 100'000);
    lineup.add(1, batch);
    return lineup.next()->id;
  };
  const auto two = made_batch({{"a", 1}, {"a", 2}}), three = made_batch({{"a", 1}, {"a", 2}, {"a", 3}});
  EXPECT_EQ(id_of(two), id_of(two));
  EXPECT_NE(id_of(two), id_of(three));
  EXPECT_NE(id_of(two), id_of(made_batch({{"a", 1}})));
}

TEST(Lineup, KeepsMessagesBelowTheirLimitAndToldApartByKind) {
  Lineup lineup("alliance", 3'000);
  lineup.add(1, made_batch({{"a", 1, messaging::Lane::normal, "clinic", 7, 900},
                            {"a", 2, messaging::Lane::normal, "clinic", 7, 900},
                            {"a", 3, messaging::Lane::normal, "clinic", 7, 900}}));
  auto first = lineup.next();
  ASSERT_TRUE(first);
  EXPECT_EQ(ids(*first), (Ids{"a-1", "a-2"}));
  lineup.taken(first->id);
  EXPECT_EQ(ids(*lineup.next()), (Ids{"a-3"}));
}

TEST(Lineup, ABatchOfNothingIsPassed) {
  Lineup lineup("alliance", 3'000);
  lineup.add(4, made_batch({}));
  EXPECT_EQ(lineup.forward(), std::optional<std::uint64_t>(4));
  EXPECT_THROW(lineup.add(5, messaging::Bytes(64, 9)), Error);
}

TEST(NatsAddress, EveryTextIsOneTokenOfASubjectAndNoTwoAreTheSame) {
  EXPECT_EQ(token("practitioner/p 1"), "practitioner=2fp=201");
  EXPECT_EQ(token("a.b*>"), "a=2eb=2a=3e");
  EXPECT_EQ(token("a=2eb"), "a=3d2eb");
  EXPECT_EQ(token(""), "=");
}

TEST(NatsAddress, SaysWhatIsWrongAndTakesNoSecret) {
  const auto said = [](const std::string& endpoint) -> std::string {
    try {
      address_of(endpoint);
      return "taken";
    } catch (const Error& error) {
      return error.what();
    }
  };
  EXPECT_EQ(said("nats://127.0.0.1:4222,nats://localhost:4223?stream=S&ack=stream&hold=3"), "taken");
  EXPECT_EQ(said("tls://broker.example.org:4222?ca=/x/ca.pem&creds=/x/y.creds"), "taken");
  EXPECT_EQ(said("nats://broker.example.org:4222?insecure"), "taken");
  EXPECT_NE(said("nats://broker.example.org:4222").find("use tls://"), std::string::npos);
  EXPECT_NE(said("nats://u:p@127.0.0.1").find("creds="), std::string::npos);
  EXPECT_NE(said("127.0.0.1:4222").find("nats://HOST:PORT"), std::string::npos);
  EXPECT_NE(said("nats://127.0.0.1?strem=S").find("'strem'"), std::string::npos);
  EXPECT_NE(said("nats://127.0.0.1?hold=1x").find("seconds"), std::string::npos);
  EXPECT_NE(said("nats://127.0.0.1?stream=a.b").find("words"), std::string::npos);
}

TEST(NatsDurability, UnknownCountsAsNotDurable) {
  const std::string old_server = "{\n  \"config\": {\n    \"max_memory\": 1,\n    \"store_dir\": \"/x\"\n  }\n}";
  const std::string usual =
      "{\n  \"config\": {\n    \"store_dir\": \"/x\",\n    \"sync_interval\": 120000000000\n  }\n}";
  const std::string always = "{\"config\": {\"sync_interval\": 1, \"sync_always\": true}}";
  EXPECT_FALSE(durability({}, {}).after_seconds);
  EXPECT_FALSE(durability({}, {old_server}).after_seconds);
  EXPECT_NE(durability({}, {old_server}).sentence.find("not durable"), std::string::npos);
  EXPECT_EQ(durability({}, {usual}).after_seconds, std::optional<double>(120));
  EXPECT_EQ(durability({false, false, 3}, {usual}).sentence,
            "the stream has 3 copies in files, on the disk up to 120 s after it acknowledges");
  EXPECT_EQ(durability({}, {always}).after_seconds, std::optional<double>(0));
  EXPECT_EQ(durability({}, {always, usual, always}).after_seconds, std::optional<double>(120)) << "the slowest";
  EXPECT_FALSE(durability({}, {usual, old_server}).after_seconds) << "one of them does not say";
  EXPECT_FALSE(durability({true, false, 3}, {always}).after_seconds) << "in memory";
}

}  // namespace
}  // namespace alliance::nats
