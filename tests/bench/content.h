// SPDX-License-Identifier: Apache-2.0
// One report as plain values, what it is in FlatBuffers, and a batch of such.
#pragma once

#include <alliance_schema/envelope_generated.h>
#include <alliance_schema/report_generated.h>

#include <cstdint>
#include <string>
#include <vector>

namespace bench {

namespace fb = alliance::fb;
using Bytes = std::vector<std::uint8_t>;

struct ScaleContent {
  std::string scale, role;
  double value;
  std::uint32_t answered, items;
};
struct Content {
  std::string instrument = "wai-sr-c", version = "1.0.0", event = "answers-2026-03-02-00017";
  std::uint16_t session = 4;
  std::vector<ScaleContent> scales = {{"total", "alliance.total", 44, 12, 12},
                                      {"task", "alliance.task", 13, 4, 4},
                                      {"bond", "alliance.bond", 17, 4, 4},
                                      {"goal", "alliance.goal", 14, 4, 4}};
};

inline void encode(const Content& from, flatbuffers::FlatBufferBuilder& builder) {
  flatbuffers::Offset<fb::Score> scores[256];
  std::size_t count = 0;
  for (const auto& scale : from.scales) {
    const auto name = builder.CreateString(scale.scale);
    const auto role = builder.CreateString(scale.role);
    const auto roles = builder.CreateVector(&role, 1);
    scores[count++] =
        fb::CreateScore(builder, name, roles, scale.value, fb::ScoreState::scored, scale.answered, scale.items);
  }
  const auto all = builder.CreateVector(scores, count);
  const auto instrument = builder.CreateString(from.instrument);
  const auto version = builder.CreateString(from.version);
  const auto event = builder.CreateString(from.event);
  const auto scored = fb::CreateScored(builder, instrument, version, 0, fb::Rater::client, fb::Target::practitioner,
                                       from.session, all, 0, false, event);
  builder.Finish(fb::CreateReport(builder, fb::ReportBody::Scored, scored.Union()), fb::ReportIdentifier());
}

inline Bytes bytes_of(const flatbuffers::FlatBufferBuilder& builder) {
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}
inline Bytes report(const Content& from = {}) {
  flatbuffers::FlatBufferBuilder builder;
  encode(from, builder);
  return bytes_of(builder);
}

// About 300 bytes on the wire: one score.
inline Content short_content() {
  Content content;
  content.scales.resize(1);
  return content;
}

inline flatbuffers::Offset<fb::Envelope> envelope(flatbuffers::FlatBufferBuilder& builder, const std::string& of,
                                                  std::uint64_t sequence, const Bytes& payload) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string id(32, '0');
  std::uint64_t left = sequence * 0x9e3779b97f4a7c15u;
  for (auto& digit : id) digit = digits[left & 15], left = left >> 4 | left << 60;
  const auto id_at = builder.CreateString(id), tenant = builder.CreateString("bench"), name = builder.CreateString(of),
             kind = builder.CreateString("scored");
  builder.ForceVectorAlignment(payload.size(), 1, 8);
  const auto bytes = builder.CreateVector(payload);
  return fb::CreateEnvelope(builder, id_at, tenant, name, 1, sequence, 1'772'409'600'000'000, kind, 1, fb::Lane::normal,
                            bytes);
}
inline Bytes one_envelope(const std::string& of, std::uint64_t sequence, const Bytes& payload) {
  flatbuffers::FlatBufferBuilder builder(512);
  builder.Finish(envelope(builder, of, sequence, payload), "ALEN");
  return bytes_of(builder);
}
inline Bytes batch(std::size_t reports, const Bytes& payload, std::uint64_t first = 1) {
  flatbuffers::FlatBufferBuilder builder(reports * 512 + 64);
  std::vector<flatbuffers::Offset<fb::Envelope>> all;
  for (std::size_t i = 0; i < reports; ++i) all.push_back(envelope(builder, "case-17", first + i, payload));
  builder.Finish(fb::CreateBatch(builder, builder.CreateVector(all)), fb::BatchIdentifier());
  return bytes_of(builder);
}

}  // namespace bench
