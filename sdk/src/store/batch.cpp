// SPDX-License-Identifier: Apache-2.0
#include "store/batch.h"

#include <alliance_schema/envelope_generated.h>

#include <algorithm>

#include "schema/embed.h"
#include "schema/verify.h"
#include "store/places.h"

namespace alliance::store {

Result<void> check_envelope(const Bytes& envelope, std::string_view tenant, std::string_view stream, Lane lane) {
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
  if ((*table)->case_()->string_view() != stream) {
    return fail(ALLIANCE_E_INVALID, "a report's envelope names another case than the event: nothing was recorded");
  }
  if (static_cast<std::uint8_t>((*table)->lane()) != static_cast<std::uint8_t>(lane)) {
    return fail(ALLIANCE_E_INVALID, "a report's envelope names another lane than the one it was put into");
  }
  if ((*table)->sequence() == 0) return fail(ALLIANCE_E_INVALID, "a report's envelope has no sequence number");
  return {};
}

namespace {

const fb::Batch* read(const Bytes& batch) {
  const auto table = schema::verified<fb::Batch>(batch, "ALBT");
  return table ? *table : nullptr;
}

Bytes packed(const fb::BatchT& batch, std::size_t about) {
  flatbuffers::FlatBufferBuilder builder(about);
  builder.Finish(fb::CreateBatch(builder, &batch), fb::BatchIdentifier());
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

}  // namespace

Bytes opened(const Vault& vault, const Bytes& batch) {
  const auto* table = vault.sealed() ? read(batch) : nullptr;
  if (table == nullptr) return batch;
  fb::BatchT out;
  table->UnPackTo(&out);
  std::erase_if(out.envelopes, [&](const auto& envelope) {
    auto plain = vault.unseal(report_place(*envelope), envelope->payload);
    if (!plain && plain.error().status == ALLIANCE_E_DENIED) return true;
    envelope->payload = plain ? std::move(*plain) : Bytes();
    return false;
  });
  return out.envelopes.empty() ? Bytes() : packed(out, batch.size());
}

Result<Bytes> sealed(const Vault& vault, const Bytes& batch) {
  const auto* table = vault.sealed() ? read(batch) : nullptr;
  if (table == nullptr) return batch;
  fb::BatchT out;
  table->UnPackTo(&out);
  for (auto& envelope : out.envelopes) {
    auto bytes = vault.seal(report_place(*envelope), envelope->payload);
    if (!bytes) return bytes;
    envelope->payload = std::move(*bytes);
  }
  return packed(out, batch.size() + out.envelopes.size() * seal_overhead);
}

std::optional<Bytes> without(const Bytes& batch, const std::string& stream) {
  const auto* table = read(batch);
  if (table == nullptr) return std::nullopt;
  const auto of_it = [&](const fb::Envelope* one) { return one->case_()->string_view() == stream; };
  if (std::none_of(table->envelopes()->begin(), table->envelopes()->end(), of_it)) return std::nullopt;
  fb::BatchT out;
  table->UnPackTo(&out);
  std::erase_if(out.envelopes, [&](const auto& envelope) { return envelope->case_ == stream; });
  return out.envelopes.empty() ? Bytes() : packed(out, batch.size());
}

namespace {

// Leaves both as they were when they were new, with their memory.
Bytes finished(flatbuffers::FlatBufferBuilder& builder, std::vector<flatbuffers::Offset<fb::Envelope>>& offsets) {
  builder.Finish(fb::CreateBatch(builder, builder.CreateVector(offsets)), fb::BatchIdentifier());
  Bytes bytes(builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize());
  builder.Clear();
  offsets.clear();
  return bytes;
}

}  // namespace

struct BatchBuilder::State {
  explicit State(const Vault& of) : vault(of) {}
  const Vault& vault;
  bool plain_wanted = false;
  flatbuffers::FlatBufferBuilder builder{4096}, plain{4096};
  std::vector<flatbuffers::Offset<fb::Envelope>> offsets, plain_offsets;
  fb::EnvelopeT scratch;  // through the object API, so that fields added later are copied too
  std::vector<Batch> done;
};

BatchBuilder::BatchBuilder(const Vault& vault) : state_(std::make_unique<State>(vault)) {}
BatchBuilder::BatchBuilder(BatchBuilder&&) noexcept = default;
BatchBuilder::~BatchBuilder() = default;

void BatchBuilder::begin(bool plain_too) {
  auto& s = *state_;
  s.plain_wanted = plain_too && s.vault.sealed();
  s.done.clear();
  for (auto* builder : {&s.builder, &s.plain}) builder->Clear();
  s.offsets.clear();
  s.plain_offsets.clear();
}

Result<void> BatchBuilder::add(const Bytes& envelope, const KeyId* key) {
  auto& s = *state_;
  if (!s.offsets.empty() && s.builder.GetSize() + envelope.size() > batch_target) cut();
  if (!s.vault.sealed()) {
    s.offsets.push_back(schema::embed<fb::Envelope>(s.builder, envelope));
    return {};
  }
  s.scratch = fb::EnvelopeT{};
  flatbuffers::GetRoot<fb::Envelope>(envelope.data())->UnPackTo(&s.scratch);
  const auto place = report_place(s.scratch);
  if (key == nullptr && s.vault.erased(place)) return {};
  auto bytes =
      key != nullptr ? s.vault.seal_with(*key, place, s.scratch.payload) : s.vault.seal(place, s.scratch.payload);
  if (!bytes) return tl::unexpected(std::move(bytes).error());
  s.scratch.payload = std::move(*bytes);
  s.offsets.push_back(fb::CreateEnvelope(s.builder, &s.scratch));
  if (s.plain_wanted) s.plain_offsets.push_back(schema::embed<fb::Envelope>(s.plain, envelope));
  return {};
}

void BatchBuilder::cut() {
  auto& s = *state_;
  if (s.offsets.empty()) return;
  const auto reports = s.offsets.size();
  s.done.push_back({finished(s.builder, s.offsets), reports});
  if (s.plain_wanted) s.done.back().plain = finished(s.plain, s.plain_offsets);
}

std::vector<Batch> BatchBuilder::finish() {
  cut();
  return std::exchange(state_->done, {});
}

}  // namespace alliance::store
