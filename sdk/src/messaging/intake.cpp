// SPDX-License-Identifier: Apache-2.0
#include "messaging/intake.h"

#include <alliance_schema/envelope_generated.h>

namespace alliance::messaging {

Result<Settled> Intake::settle(std::span<const Chunk> chunks, bool verified) {
  if (auto ok = memory_.begin(); !ok) return tl::unexpected(std::move(ok).error());
  const auto before = repeats_;
  Settled out;
  const auto give_back = [&](Failure failure) -> Result<Settled> {
    memory_.abandon();
    marks_.forget();
    awaited_.clear();
    repeats_ = before;
    return tl::unexpected(std::move(failure));
  };
  for (const auto& chunk : chunks) {
    const auto batch = verified ? Result<const fb::Batch*>(flatbuffers::GetRoot<fb::Batch>(chunk.batch.data()))
                                : read_batch(chunk.batch);
    if (!batch) {
      out.refused = Refusal{chunk.position, {}, batch.error()};
      break;
    }
    for (const auto* envelope : *(*batch)->envelopes()) {
      std::optional<Failure> refused;
      if (auto ok = put(*envelope, refused); !ok) return give_back(std::move(ok).error());
      if (refused) {
        out.refused = Refusal{chunk.position, envelope->id()->str(), std::move(*refused)};
        break;  // what stands behind it waits, so that order is kept
      }
    }
    if (out.refused) break;
    out.position = chunk.position;
  }
  if (auto ok = keep(); !ok) return give_back(std::move(ok).error());
  marks_.keep();
  awaited_.clear();
  return out;
}

Result<void> Intake::put(const fb::Envelope& envelope, std::optional<Failure>& refused) {
  const HighWater::Name of{envelope.tenant()->string_view(), envelope.case_()->string_view(), envelope.epoch(),
                           static_cast<Lane>(envelope.lane())};
  const auto sequence = envelope.sequence();
  if (sequence > INT64_MAX) {
    refused = Failure{ALLIANCE_E_BAD_INPUT, "a report has a sequence number out of range", {}};
    return {};
  }
  auto* known = marks_.find(of);
  if (known == nullptr) {
    HighWater::Key key{std::string(of.tenant), std::string(of.case_id), of.epoch, of.lane};
    const auto kept = memory_.mark(key);
    if (!kept) return tl::unexpected(kept.error());
    known = &marks_.add(std::move(key), *kept);
  }
  const auto mark = known->second.now();
  if (sequence <= mark) {
    ++repeats_;
    return {};
  }
  if (const auto* gone = envelope.tombstone_of()) {
    awaited_[{std::string(of.tenant), gone->str()}] = true;
    marks_.raise(*known, sequence);
    return {};
  }
  const bool again = envelope.first_sequence() > 0;
  std::pair<std::string, std::string> name;
  if (again) name = {std::string(of.tenant), envelope.id()->str()};
  if (again && envelope.first_sequence() <= mark) {
    // Sent again because somebody refused it. Was it us?
    const auto changed = awaited_.find(name);
    const auto awaited =
        changed != awaited_.end() ? Result<bool>(changed->second) : memory_.awaits(name.first, name.second);
    if (!awaited) return tl::unexpected(awaited.error());
    if (!*awaited) {
      ++repeats_;
      marks_.raise(*known, sequence);
      return {};
    }
  }
  if (auto ok = take_(envelope); !ok) {
    refused = std::move(ok).error();
    return {};
  }
  marks_.raise(*known, sequence);
  if (again) awaited_[name] = false;
  return {};
}

Result<void> Intake::keep() {
  for (const auto* mark : marks_.raised()) {
    if (auto ok = memory_.set_mark(mark->first, mark->second.raised); !ok) return ok;
  }
  for (const auto& [name, awaited] : awaited_) {
    if (auto ok = memory_.set_awaits(name.first, name.second, awaited); !ok) return ok;
  }
  return memory_.commit();
}

}  // namespace alliance::messaging
