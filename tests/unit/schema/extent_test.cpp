// SPDX-License-Identifier: Apache-2.0
// Bytes that are short and say much are refused before anything reads all that they say.
#include <alliance_schema/report_generated.h>
#include <gtest/gtest.h>

#include <random>

#include "schema/json.h"

namespace fb = alliance::fb;

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes finished(flatbuffers::FlatBufferBuilder& builder, flatbuffers::Offset<fb::Scored> scored) {
  builder.Finish(fb::CreateReport(builder, fb::ReportBody::Scored, scored.Union()), fb::ReportIdentifier());
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

// `tables` scores that are one and the same, with a list of `roles` texts that are one and the same.
Bytes repeated(std::size_t tables, std::size_t roles, std::size_t length) {
  flatbuffers::FlatBufferBuilder builder;
  const auto name = builder.CreateString(std::string(length, 'a'));
  const auto list = builder.CreateVector(std::vector<flatbuffers::Offset<flatbuffers::String>>(roles, name));
  const auto one = fb::CreateScore(builder, name, list, 1.0, fb::ScoreState::scored, 1, 1);
  const auto scores = builder.CreateVector(std::vector<flatbuffers::Offset<fb::Score>>(tables, one));
  return finished(builder, fb::CreateScored(builder, name, name, 0, fb::Rater::client, fb::Target::none, 1, scores, 0,
                                            false, name));
}

std::string refusal(const Bytes& bytes) {
  const auto done = alliance::schema::verify("Report", bytes);
  return done ? "" : done.error().message;
}

TEST(Extent, ManyTablesThatPointAtOneListAreRefused) {
  for (const auto& bytes : {repeated(8'000, 7'500, 4), repeated(200, 200, 1'000), repeated(2, 10'000, 20'000)}) {
    EXPECT_LT(bytes.size(), 100'000u);
    EXPECT_NE(refusal(bytes).find("says the same many times over"), std::string::npos) << refusal(bytes);
  }
}

TEST(Extent, ATextThatIsSharedNowAndThenIsTaken) { EXPECT_EQ(refusal(repeated(4, 2, 30)), ""); }

TEST(Extent, ManyShortTablesOfTheirOwnAreTaken) {
  flatbuffers::FlatBufferBuilder builder;
  std::vector<flatbuffers::Offset<fb::Score>> scores;
  for (int i = 0; i < 5'000; ++i) scores.push_back(fb::CreateScore(builder, builder.CreateString("s")));
  const auto all = builder.CreateVector(scores);
  const auto name = builder.CreateString("n");
  const auto bytes = finished(
      builder, fb::CreateScored(builder, name, name, 0, fb::Rater::client, fb::Target::none, 1, all, 0, false, name));
  EXPECT_EQ(refusal(bytes), "");
}

TEST(Extent, NoChangeOfAByteLeadsOutside) {
  const Bytes good = repeated(3, 3, 12);
  std::mt19937 random(5);
  for (int i = 0; i < 20'000; ++i) {
    Bytes bytes = good;
    bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
    bytes.resize(bytes.size() - random() % 3);  // under the sanitizers, whoever reads on is named
    static_cast<void>(refusal(bytes));
  }
  EXPECT_EQ(refusal(good), "");
}

}  // namespace
