// SPDX-License-Identifier: Apache-2.0
#include "host/taken_back.h"

namespace alliance::host {
namespace {

std::unique_ptr<fb::EventT> taken(const fb::TakenBackT& one, const std::string& stream) {
  auto event = std::make_unique<fb::EventT>();
  event->id = one.by;
  event->time = one.time;
  event->source = "taken back by its source";
  if (of_practitioner(stream)) {
    event->practitioner = stream.substr(practitioner_prefix.size());
  } else {
    event->case_ = stream;
  }
  fb::EventTakenBackT body;
  body.event = one.event;
  event->body.Set(std::move(body));
  return event;
}

}  // namespace

Result<std::vector<std::uint8_t>> with_those_taken_back(Streams& streams, const std::vector<std::uint8_t>& batch) {
  fb::EventBatchT made;
  flatbuffers::GetRoot<fb::EventBatch>(batch.data())->UnPackTo(&made);
  std::vector<std::unique_ptr<fb::TakenBackT>> unknown;
  const auto all = streams.all();
  if (!all) return tl::unexpected(all.error());
  for (auto& one : made.taken_back) {
    bool found = false;
    for (Stream* stream : *all) {
      streams.let_go();
      const std::lock_guard lock(stream->mutex);
      if (auto loaded = streams.load(*stream); !loaded) return tl::unexpected(loaded.error());
      if (!stream->seen.contains(one->event)) continue;
      made.events.push_back(taken(*one, stream->head.id));
      found = true;
    }
    if (!found) unknown.push_back(std::move(one));
  }
  made.taken_back = std::move(unknown);
  flatbuffers::FlatBufferBuilder builder(batch.size());
  builder.Finish(fb::EventBatch::Pack(builder, &made), "ALEB");
  return std::vector<std::uint8_t>(builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize());
}

}  // namespace alliance::host
