// SPDX-License-Identifier: Apache-2.0
// What every adapter promises of a batch, whatever it was handed.
#pragma once

#include <alliance_schema/event_generated.h>

#include <set>
#include <string>
#include <vector>

#include "require.h"

namespace alliance::fuzz {

inline std::vector<std::uint8_t> pack(const fb::EventBatchT& batch) {
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(fb::EventBatch::Pack(builder, &batch), "ALEB");
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

// Holds the batch to what a host takes; its bytes.
inline std::vector<std::uint8_t> look(const fb::EventBatchT& batch) {
  std::set<std::string> ids;
  for (const auto& event : batch.events) {
    require(event != nullptr && !event->id.empty(), "an event has an id");
    require(!event->case_.empty() || !event->practitioner.empty(), "an event is about somebody");
    require(event->body.type != fb::EventBody::NONE, "an event has a body");
    require(ids.insert(event->id).second, "an id comes once in a batch: " + event->id);
  }
  for (const auto& one : batch.unmapped) require(!one->reason.empty(), "what is left out has a reason");
  for (const auto& one : batch.needs) require(!one->url.empty() && !one->reason.empty(), "what is needed is named");
  const auto bytes = pack(batch);
  flatbuffers::Verifier verifier(bytes.data(), bytes.size(), 32, 65'536);
  require(verifier.VerifyBuffer<fb::EventBatch>("ALEB"), "a batch passes the Verifier");
  return bytes;
}

}  // namespace alliance::fuzz
