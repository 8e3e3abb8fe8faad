// SPDX-License-Identifier: Apache-2.0
#include "messaging/frame.h"

#include <gtest/gtest.h>

#include <random>

#include "making.h"
#include "messaging/crc32c.h"
#include "messaging/message.h"

namespace alliance::messaging {
namespace {

Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

TEST(Crc32c, GivesTheStandardsOwnExamples) {  // RFC 3720, appendix B.4
  EXPECT_EQ(crc32c(bytes_of("123456789")), 0xe3069283u);
  EXPECT_EQ(crc32c(Bytes(32, 0x00)), 0x8a9136aau);
  EXPECT_EQ(crc32c(Bytes(32, 0xff)), 0x62a8ab43u);
  const auto text = bytes_of("one checksum over two pieces");
  const std::span all(text);
  for (std::size_t cut = 0; cut <= all.size(); ++cut) {
    EXPECT_EQ(crc32c_by_tables(all.first(cut)), crc32c(all.first(cut)));
    EXPECT_EQ(crc32c(all.subspan(cut), crc32c(all.first(cut))), crc32c(all));
  }
}

TEST(Crc32c, IsTheSameInEveryWayOfComputingIt) {
  std::mt19937 random(1);
  Bytes bytes(7000);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
  for (std::size_t length = 0; length <= 1500; ++length) {
    const auto some = std::span<const std::uint8_t>(bytes).subspan(length % 9, length);
    ASSERT_EQ(crc32c(some, 7), crc32c_by_tables(some, 7)) << length;
  }
  EXPECT_EQ(crc32c(bytes, 7), crc32c_by_tables(bytes, 7));
}

std::vector<Bytes> decode_in_pieces(const Bytes& stream, const std::function<std::size_t()>& piece) {
  Decoder decoder(1 << 20);
  std::vector<Bytes> out;
  for (std::size_t at = 0; at < stream.size();) {
    const auto length = std::min(piece(), stream.size() - at);
    std::span<const std::uint8_t> bytes(stream.data() + at, length);
    while (!bytes.empty()) {
      auto message = decoder.take(bytes);
      EXPECT_TRUE(message) << message.error().message;
      if (!message) return out;
      if (*message) out.emplace_back((*message)->begin(), (*message)->end());
    }
    at += length;
  }
  EXPECT_FALSE(decoder.midway());
  return out;
}

TEST(Decoder, GivesTheSameMessagesHoweverTheBytesAreCut) {
  std::mt19937 random(3);
  std::vector<Bytes> messages;
  Bytes stream;
  for (const std::size_t size : {1u, 7u, 8u, 15u, 16u, 17u, 300u, 70'000u, 2u}) {
    Bytes message(size);
    for (auto& byte : message) byte = static_cast<std::uint8_t>(random());
    const auto framed_message = frame(message);
    stream.insert(stream.end(), framed_message.begin(), framed_message.end());
    messages.push_back(std::move(message));
  }
  EXPECT_EQ(decode_in_pieces(stream, [] { return 1; }), messages);
  EXPECT_EQ(decode_in_pieces(stream, [&] { return stream.size(); }), messages);
  for (int round = 0; round < 200; ++round) {
    EXPECT_EQ(decode_in_pieces(stream, [&] { return 1 + random() % (round % 2 ? 40 : 40'000); }), messages);
  }
}

TEST(Decoder, RefusesEverySingleFlippedBit) {
  const auto good = frame(bytes_of("a message of some length"));
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    auto bad = good;
    bad[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
    Decoder decoder(1 << 20);
    std::span<const std::uint8_t> bytes(bad);
    const auto message = decoder.take(bytes);
    // A longer length leaves the decoder waiting for bytes that do not come; nothing else may pass.
    if (message) {
      EXPECT_FALSE(message->has_value()) << "bit " << bit;
      EXPECT_TRUE(bit / 8 >= 8 && bit / 8 < 12) << "bit " << bit;
    } else {
      EXPECT_FALSE(message.error().message.empty());
    }
  }
}

TEST(Decoder, RefusesForeignSpeechAtItsFirstBytes) {
  for (const auto* text : {"GET / HTTP/1.1\r\n", "\x16\x03\x01", "X", "ALF_"}) {
    Decoder decoder(100);
    const auto said = bytes_of(text);
    std::span<const std::uint8_t> bytes(said);
    EXPECT_FALSE(decoder.take(bytes)) << text;
  }
}

TEST(Decoder, RefusesWhatIsTooLargeBeforeItHasCome) {
  Decoder decoder(10);
  auto big = frame(Bytes(11));
  big.resize(frame_heading);
  std::span<const std::uint8_t> bytes(big);
  const auto message = decoder.take(bytes);
  ASSERT_FALSE(message);
  EXPECT_EQ(message.error().status, ALLIANCE_E_LIMIT);
  EXPECT_NE(message.error().message.find("11"), std::string::npos);
  const auto good = frame(Bytes(1));
  bytes = good;
  EXPECT_FALSE(decoder.take(bytes)) << "after a refusal nothing is taken";
}

TEST(Decoder, RefusesAnEmptyMessageAndAnotherVersion) {
  for (const std::size_t at : {4u, 6u, 8u}) {
    auto bad = frame(Bytes(1));
    bad[at] = at == 8 ? 0 : 9;
    Decoder decoder(10);
    std::span<const std::uint8_t> bytes(bad);
    EXPECT_FALSE(decoder.take(bytes));
  }
}

std::span<const std::uint8_t> inside(const Bytes& framed_message) {
  return std::span(framed_message).subspan(frame_heading);
}

TEST(Message, ComesBackAsItWas) {
  const auto hello = read_message(inside(framed(Message(Hello{1, "clinic", Lane::safety, "tcp://here"}))));
  ASSERT_TRUE(hello);
  EXPECT_EQ(std::get<Hello>(*hello).tenant, "clinic");
  EXPECT_EQ(std::get<Hello>(*hello).lane, Lane::safety);
  const auto batch = made_batch({{}, {"case-2", 5}});
  const auto chunk = read_message(inside(framed(Chunk{77, batch})));
  ASSERT_TRUE(chunk);
  EXPECT_EQ(std::get<Chunk>(*chunk).position, 77u);
  EXPECT_EQ(std::get<Chunk>(*chunk).batch, batch);
  EXPECT_EQ(std::get<Acknowledge>(*read_message(inside(framed(Message(Acknowledge{9}))))).position, 9u);
  EXPECT_EQ(std::get<Refuse>(*read_message(inside(framed(Message(Refuse{"no"}))))).sentence, "no");
  const auto ask = read_message(inside(framed(Message(Ask{4, "case-1", "id-1", 2, "p1"}))));
  ASSERT_TRUE(ask);
  EXPECT_EQ(std::get<Ask>(*ask).number, 4u);
  EXPECT_EQ(std::get<Ask>(*ask).case_id, "case-1");
  EXPECT_EQ(std::get<Ask>(*ask).report, "id-1");
  EXPECT_EQ(std::get<Ask>(*ask).role, 2);
  EXPECT_EQ(std::get<Ask>(*ask).viewer, "p1");
  EXPECT_FALSE(read_message(inside(framed(Message(Ask{4, "", "id-1", 2, "p1"}))))) << "of no case";
  EXPECT_FALSE(read_message(inside(framed(Message(Ask{4, "case-1", "id-1", 2, ""}))))) << "in nobody's name";
  const auto reply = read_message(inside(framed(Message(Reply{4, 7, "because", made_report("{}")}))));
  ASSERT_TRUE(reply);
  EXPECT_EQ(std::get<Reply>(*reply).status, 7);
  EXPECT_EQ(std::get<Reply>(*reply).sentence, "because");
  EXPECT_EQ(std::get<Reply>(*reply).payload, made_report("{}"));
}

TEST(Message, BytesThatAreNoneAreRefusedAndNeverCrash) {
  std::mt19937 random(5);
  const std::vector<Bytes> good = {framed(Message(Hello{})), framed(Chunk{1, made_batch({{}, {}})}),
                                   framed(Message(Refuse{"reason"})), framed(Message(Ask{1, "c", "r", 2, "v"})),
                                   framed(Message(Reply{1, 0, "", made_report("{}")}))};
  for (int round = 0; round < 20'000; ++round) {
    const auto& one = good[random() % good.size()];
    Bytes bad(one.begin() + frame_heading, one.end());
    if (round % 3 == 0) bad.resize(random() % bad.size());
    for (unsigned changes = 1 + random() % 4; changes > 0 && !bad.empty(); --changes) {
      bad[random() % bad.size()] = static_cast<std::uint8_t>(random());
    }
    if (const auto message = read_message(bad)) {
      if (const auto* chunk = std::get_if<Chunk>(&*message)) static_cast<void>(read_batch(chunk->batch));
    }
  }
}

TEST(Batch, IsRefusedWhenAnEnvelopeDoesNotHold) {
  EXPECT_TRUE(read_batch(made_batch({{}})));
  EXPECT_FALSE(read_batch(made_batch({})));
  EXPECT_FALSE(read_batch(made_batch({{"case-1", 0}})));
  EXPECT_FALSE(read_batch(made_batch({{"", 1}})));
  EXPECT_FALSE(read_batch(made_batch({{"line\nbreak", 1}})));
  EXPECT_FALSE(read_batch(made_batch({{"\xc0\xaf", 1}})));
  EXPECT_FALSE(read_batch(made_batch({{std::string(600, 'x'), 1}})));
  EXPECT_FALSE(read_batch(made_batch({{"case-1", 1, static_cast<Lane>(9)}})));
}

TEST(Batch, ANotificationHasNoReportAndNothingElseIsWithoutOne) {
  const auto made = [](bool withheld, Bytes payload) {
    fb::BatchT batch;
    auto one = std::make_unique<fb::EnvelopeT>();
    one->id = one->tenant = one->case_ = one->kind = "x";
    one->sequence = 1;
    one->withheld = withheld;
    one->payload = std::move(payload);
    batch.envelopes.push_back(std::move(one));
    flatbuffers::FlatBufferBuilder builder;
    builder.Finish(fb::CreateBatch(builder, &batch), fb::BatchIdentifier());
    return Bytes(builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize());
  };
  EXPECT_TRUE(read_batch(made(true, {})));
  EXPECT_FALSE(read_batch(made(true, {1})));
  EXPECT_FALSE(read_batch(made(false, {})));
}

TEST(Batch, ThatPointsManyTimesAtOneEnvelopeIsRefused) {
  const auto many = [](std::size_t times) {
    flatbuffers::FlatBufferBuilder builder;
    fb::EnvelopeT one;
    one.id = one.tenant = one.case_ = one.kind = "x";
    one.sequence = 1;
    one.payload = {1};
    const std::vector<flatbuffers::Offset<fb::Envelope>> offsets(times, fb::CreateEnvelope(builder, &one));
    builder.Finish(fb::CreateBatch(builder, builder.CreateVector(offsets)), fb::BatchIdentifier());
    return Bytes(builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize());
  };
  EXPECT_TRUE(read_batch(many(1)));
  EXPECT_FALSE(read_batch(many(10'000)));
}

TEST(Batch, OfTheSmallestEnvelopesStaysBelowTheLimitOfTables) {
  fb::BatchT batch;
  for (int i = 0; i < 5000; ++i) {
    auto one = std::make_unique<fb::EnvelopeT>();
    one->id = one->tenant = one->case_ = one->kind = "x";
    one->sequence = 1;
    one->payload = {1};
    batch.envelopes.push_back(std::move(one));
  }
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(fb::CreateBatch(builder, &batch), fb::BatchIdentifier());
  EXPECT_TRUE(read_batch(Bytes(builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize())));
}

}  // namespace
}  // namespace alliance::messaging
