// SPDX-License-Identifier: Apache-2.0
#include "host/tombstones.h"

#include <alliance_schema/envelope_generated.h>

#include <algorithm>

#include "host/envelopes.h"
#include "messaging/message.h"

namespace alliance::host {

store::Bytes with_tombstones(const store::Bytes& batch, std::span<const std::string> reports) {
  if (std::find(reports.begin(), reports.end(), "") != reports.end()) return {};
  const auto read = messaging::read_batch(batch);
  if (!read) return {};
  fb::BatchT out;
  (*read)->UnPackTo(&out);
  for (auto& envelope : out.envelopes) {
    if (std::find(reports.begin(), reports.end(), envelope->id) == reports.end()) continue;
    envelope->tombstone_of = envelope->id;
    // An id of its own: whoever drops repeats by id must not drop the report when it comes after all.
    envelope->id = report_id(envelope->tenant, envelope->case_, "tombstone", envelope->tombstone_of,
                             static_cast<std::size_t>(envelope->sequence), {});
    envelope->payload.clear();
  }
  flatbuffers::FlatBufferBuilder builder(batch.size());
  builder.Finish(fb::CreateBatch(builder, &out), fb::BatchIdentifier());
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

std::vector<store::DeadLetter> dead_letters_of(const store::Bytes& batch, const std::string& report) {
  std::vector<store::DeadLetter> out;
  const auto read = messaging::read_batch(batch);
  if (!read) {
    store::DeadLetter damaged;
    damaged.kind = "damaged";
    damaged.envelope = batch;
    out.push_back(std::move(damaged));
    return out;
  }
  for (const auto* one : *(*read)->envelopes()) {
    if (one->tombstone_of() != nullptr || (!report.empty() && one->id()->string_view() != report)) continue;
    fb::EnvelopeT envelope;
    one->UnPackTo(&envelope);
    flatbuffers::FlatBufferBuilder builder;
    builder.Finish(fb::Envelope::Pack(builder, &envelope), "ALEN");
    store::DeadLetter letter;
    letter.report = envelope.id;
    letter.case_id = envelope.case_;
    letter.kind = envelope.kind;
    letter.epoch = envelope.epoch;
    letter.sequence = envelope.sequence;
    letter.time = envelope.time;
    letter.envelope.assign(builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize());
    out.push_back(std::move(letter));
  }
  return out;
}

}  // namespace alliance::host
