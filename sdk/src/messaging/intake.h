// SPDX-License-Identifier: Apache-2.0
// What a receiver does with what came, without the link and without the file: drops what was there before, hands
// over the rest in order, and remembers. Serves one caller at a time.
#pragma once

#include "messaging/receiver.h"
#include "messaging/server.h"

namespace alliance::fb {
struct Envelope;
}

namespace alliance::messaging {

// What outlives the process. begin() ... commit() or abandon() enclose what came together.
class Memory {
 public:
  virtual ~Memory() = default;
  virtual Result<void> begin() = 0;
  virtual Result<std::uint64_t> mark(const HighWater::Key& key) = 0;  // 0: none yet
  virtual Result<void> set_mark(const HighWater::Key& key, std::uint64_t sequence) = 0;
  // Reports that were refused here, by their ids: the same id may come again under another number.
  virtual Result<bool> awaits(const std::string& tenant, const std::string& report) = 0;
  virtual Result<void> set_awaits(const std::string& tenant, const std::string& report, bool awaited) = 0;
  virtual Result<void> commit() = 0;  // all of it is on the disk when it returns
  virtual void abandon() = 0;
};

class Intake {
 public:
  // Takes charge of a report that is new. A failure refuses that report, or says "not now" (is_refusal()).
  using Take = std::function<Result<void>(const fb::Envelope& envelope)>;
  Intake(Memory& memory, Take take) : memory_(memory), take_(std::move(take)) {}

  // A failure is the memory's own: then nothing of it was kept. `verified`: a Conversation took these chunks.
  Result<Settled> settle(std::span<const Chunk> chunks, bool verified = false);
  std::uint64_t repeats() const { return repeats_; }

 private:
  Result<void> put(const fb::Envelope& envelope, std::optional<Failure>& refused);
  Result<void> keep();

  Memory& memory_;
  Take take_;
  HighWater marks_;
  std::map<std::pair<std::string, std::string>, bool> awaited_;  // changes since begin()
  std::uint64_t repeats_ = 0;
};

}  // namespace alliance::messaging
