// SPDX-License-Identifier: Apache-2.0
// Entries, envelopes and folders for the store's tests.
#pragma once

#include <alliance_schema/envelope_generated.h>
#include <alliance_schema/report_generated.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "store/store.h"

namespace alliance::store {

inline Bytes made_report(const std::string& text) {
  fb::ReportT report;
  fb::CustomT custom;
  custom.kind = "org.example.number";
  custom.json = text;
  report.body.Set(std::move(custom));
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(fb::CreateReport(builder, &report), fb::ReportIdentifier());
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

inline Bytes made_envelope(const std::string& stream, std::uint64_t sequence, Lane lane = Lane::normal,
                           const std::string& tenant = "clinic", std::size_t padding = 0,
                           const std::string& text = {}) {
  fb::EnvelopeT envelope;
  envelope.id = stream + "-" + std::to_string(sequence);
  envelope.tenant = tenant;
  envelope.case_ = stream;
  envelope.epoch = 7;
  envelope.sequence = sequence;
  envelope.time = 1'000'000;
  envelope.kind = "custom";
  envelope.lane = static_cast<fb::Lane>(lane);
  envelope.payload = made_report("{\"n\":" + std::to_string(sequence) + "}" + text + std::string(padding, ' '));
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(fb::CreateEnvelope(builder, &envelope));
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

inline Entry made_entry(const std::string& stream, std::uint64_t sequence) {
  Entry entry;
  entry.stream = stream;
  entry.event_id = "e" + std::to_string(sequence);
  entry.time = static_cast<std::int64_t>(sequence) * 1000;
  entry.event = {1, 2, 3};
  entry.derived = {4, 5};
  entry.normal = {made_envelope(stream, sequence)};
  entry.next_sequence = sequence + 1;
  return entry;
}

inline std::vector<std::string> ids_of(const Chunk& chunk) {
  std::vector<std::string> ids;
  for (const auto* envelope : *flatbuffers::GetRoot<fb::Batch>(chunk.batch.data())->envelopes()) {
    ids.push_back(envelope->id()->str());
  }
  return ids;
}

inline std::string contents(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "alliance-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace alliance::store
