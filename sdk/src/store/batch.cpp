// SPDX-License-Identifier: Apache-2.0
#include "store/batch.h"

#include <alliance_schema/envelope_generated.h>

#include "schema/verify.h"

namespace alliance::store {

Result<void> check_envelope(const Bytes& envelope, std::string_view tenant, Lane lane) {
  if (envelope.size() > max_envelope) {
    return fail(ALLIANCE_E_LIMIT, "a report of " + std::to_string(envelope.size()) +
                                      " bytes cannot be delivered: the limit is " + std::to_string(max_envelope));
  }
  auto table = schema::verified<fb::Envelope>(envelope, nullptr, 4);
  if (!table) return fail(ALLIANCE_E_BAD_INPUT, "a report's envelope is not well formed: nothing was recorded");
  if ((*table)->tenant()->string_view() != tenant) {
    return fail(ALLIANCE_E_INVALID, "a report of tenant '" + (*table)->tenant()->str() +
                                        "' was given to the store of '" + std::string(tenant) +
                                        "': nothing was recorded");
  }
  if (static_cast<std::uint8_t>((*table)->lane()) != static_cast<std::uint8_t>(lane)) {
    return fail(ALLIANCE_E_INVALID, "a report's envelope names another lane than the one it was put into");
  }
  if ((*table)->sequence() == 0) return fail(ALLIANCE_E_INVALID, "a report's envelope has no sequence number");
  return {};
}

struct BatchBuilder::State {
  flatbuffers::FlatBufferBuilder builder{4096};
  std::vector<flatbuffers::Offset<fb::Envelope>> offsets;
  fb::EnvelopeT scratch;  // through the object API, so that fields added later are copied too
  std::vector<Batch> done;
};

BatchBuilder::BatchBuilder() : state_(std::make_unique<State>()) {}
BatchBuilder::~BatchBuilder() = default;

void BatchBuilder::add(const Bytes& envelope) {
  auto& s = *state_;
  if (!s.offsets.empty() && s.builder.GetSize() + envelope.size() > batch_target) cut();
  s.scratch = fb::EnvelopeT{};
  flatbuffers::GetRoot<fb::Envelope>(envelope.data())->UnPackTo(&s.scratch);
  s.offsets.push_back(fb::CreateEnvelope(s.builder, &s.scratch));
}

void BatchBuilder::cut() {
  auto& s = *state_;
  if (s.offsets.empty()) return;
  s.builder.Finish(fb::CreateBatch(s.builder, s.builder.CreateVector(s.offsets)), fb::BatchIdentifier());
  const auto* data = s.builder.GetBufferPointer();
  s.done.push_back({Bytes(data, data + s.builder.GetSize()), s.offsets.size()});
  s.builder.Clear();
  s.offsets.clear();
}

std::vector<Batch> BatchBuilder::finish() {
  cut();
  return std::exchange(state_->done, {});
}

}  // namespace alliance::store
