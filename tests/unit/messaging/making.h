// SPDX-License-Identifier: Apache-2.0
// Chunks, outboxes and patience for the tests of delivery.
#pragma once

#include <alliance_schema/envelope_generated.h>
#include <alliance_schema/report_generated.h>

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "messaging/delivery.h"

namespace alliance::messaging {

inline Bytes made_report(const std::string& json) {
  fb::ReportT report;
  fb::CustomT custom;
  custom.kind = "org.example.number";
  custom.json = json;
  report.body.Set(std::move(custom));
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(fb::CreateReport(builder, &report), fb::ReportIdentifier());
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

struct MadeEnvelope {
  std::string case_id = "case-1";
  std::uint64_t sequence = 1;
  Lane lane = Lane::normal;
  std::string tenant = "clinic";
  std::int64_t epoch = 7;
  std::size_t padding = 0;
};

inline Bytes made_batch(const std::vector<MadeEnvelope>& envelopes) {
  fb::BatchT batch;
  for (const auto& one : envelopes) {
    auto envelope = std::make_unique<fb::EnvelopeT>();
    envelope->id = one.case_id + "-" + std::to_string(one.sequence);
    envelope->tenant = one.tenant;
    envelope->case_ = one.case_id;
    envelope->epoch = one.epoch;
    envelope->sequence = one.sequence;
    envelope->time = 1'700'000'000'000'000;
    envelope->kind = "custom";
    envelope->lane = static_cast<fb::Lane>(one.lane);
    envelope->payload = made_report("{\"n\":0.5}" + std::string(one.padding, ' '));
    batch.envelopes.push_back(std::move(envelope));
  }
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(fb::CreateBatch(builder, &batch), fb::BatchIdentifier());
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

inline std::vector<std::string> ids_of(const Bytes& batch) {
  std::vector<std::string> ids;
  for (const auto* envelope : *flatbuffers::GetRoot<fb::Batch>(batch.data())->envelopes()) {
    ids.push_back(envelope->id()->str());
  }
  return ids;
}

// What the store would be.
class MemoryOutbox final : public Outbox {
 public:
  std::uint64_t put(Lane lane, Bytes batch) {
    const std::lock_guard lock(mutex_);
    chunks_[lane][++last_] = std::move(batch);
    return last_;
  }
  Result<std::vector<Chunk>> after(const std::string&, Lane lane, std::uint64_t position, std::size_t most) override {
    const std::lock_guard lock(mutex_);
    std::vector<Chunk> out;
    for (auto it = chunks_[lane].upper_bound(position); it != chunks_[lane].end() && out.size() < most; ++it) {
      out.push_back({it->first, it->second});
    }
    return out;
  }
  Result<void> acknowledged(const std::string&, Lane lane, std::uint64_t position) override {
    const std::lock_guard lock(mutex_);
    places_[lane] = std::max(places_[lane], position);
    return {};
  }
  std::uint64_t place(Lane lane) {
    const std::lock_guard lock(mutex_);
    return places_[lane];
  }

 private:
  std::mutex mutex_;
  std::map<Lane, std::map<std::uint64_t, Bytes>> chunks_;
  std::map<Lane, std::uint64_t> places_;
  std::uint64_t last_ = 0;
};

template <class Condition>
bool comes_true(Condition condition, std::chrono::milliseconds within = std::chrono::seconds(10)) {
  const auto deadline = std::chrono::steady_clock::now() + within;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

inline Pace quick_pace() {
  Pace pace;
  pace.first_pause = 5'000;
  pace.longest_pause = 40'000;
  pace.acknowledge_within = 300'000;
  pace.seed = 11;
  return pace;
}

}  // namespace alliance::messaging
