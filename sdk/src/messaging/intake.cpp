// SPDX-License-Identifier: Apache-2.0
#include "messaging/intake.h"

#include <alliance_schema/envelope_generated.h>

namespace alliance::messaging {

Result<Settled> Intake::settle(std::span<const Chunk> chunks) {
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
    const auto batch = read_batch(chunk.batch);
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
  const HighWater::Key key{envelope.tenant()->str(), envelope.case_()->str(), envelope.epoch(),
                           static_cast<Lane>(envelope.lane())};
  const auto sequence = envelope.sequence();
  if (sequence > INT64_MAX) {
    refused = Failure{ALLIANCE_E_BAD_INPUT, "a report has a sequence number out of range", {}};
    return {};
  }
  if (!marks_.knows(key)) {
    const auto mark = memory_.mark(key);
    if (!mark) return tl::unexpected(mark.error());
    if (*mark > 0) marks_.restore(key, *mark);
  }
  const auto mark = marks_.mark(key);
  if (sequence <= mark) {
    ++repeats_;
    return {};
  }
  if (const auto* gone = envelope.tombstone_of()) {
    awaited_[{key.tenant, gone->str()}] = true;
    marks_.raise(key, sequence);
    return {};
  }
  const std::pair name(key.tenant, envelope.id()->str());
  if (envelope.first_sequence() > 0 && envelope.first_sequence() <= mark) {
    // Sent again because somebody refused it. Was it us?
    const auto changed = awaited_.find(name);
    const auto awaited =
        changed != awaited_.end() ? Result<bool>(changed->second) : memory_.awaits(name.first, name.second);
    if (!awaited) return tl::unexpected(awaited.error());
    if (!*awaited) {
      ++repeats_;
      marks_.raise(key, sequence);
      return {};
    }
  }
  if (auto ok = take_(envelope); !ok) {
    refused = std::move(ok).error();
    return {};
  }
  marks_.raise(key, sequence);
  if (envelope.first_sequence() > 0) awaited_[name] = false;
  return {};
}

Result<void> Intake::keep() {
  for (const auto& [key, sequence] : marks_.raised()) {
    if (auto ok = memory_.set_mark(key, sequence); !ok) return ok;
  }
  for (const auto& [name, awaited] : awaited_) {
    if (auto ok = memory_.set_awaits(name.first, name.second, awaited); !ok) return ok;
  }
  return memory_.commit();
}

}  // namespace alliance::messaging
