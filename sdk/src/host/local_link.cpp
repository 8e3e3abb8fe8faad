// SPDX-License-Identifier: Apache-2.0
#include "host/local_link.h"

#include "messaging/message.h"

namespace alliance::host {
namespace {

class LocalLink final : public messaging::Link {
 public:
  explicit LocalLink(const Taker& taker) : taker_(taker) {}

  Result<void> open(Events events) override {
    events_ = std::move(events);
    refused_ = false;
    events_.opened();
    return {};
  }

  Result<void> send(const messaging::Chunk& chunk) override {
    if (refused_) return {};  // what stands behind a refusal waits until the link is opened again
    const auto batch = messaging::read_batch(chunk.batch);
    if (!batch) return tl::unexpected(batch.error());
    if (chunk.position != position_) {
      position_ = chunk.position;
      taken_ = 0;
    }
    const auto* envelopes = (*batch)->envelopes();
    for (; taken_ < envelopes->size(); ++taken_) {  // what was taken before a refusal is not handed over again
      const auto& envelope = *envelopes->Get(taken_);
      if (envelope.tombstone_of() != nullptr) continue;
      if (auto ok = hand(taker_, envelope); !ok) {
        refused_ = true;
        events_.refused({chunk.position, envelope.id()->str(), std::move(ok).error()});
        return {};
      }
    }
    events_.acknowledged(chunk.position);
    return {};
  }

  void close() override {}

 private:
  const Taker taker_;
  Events events_;
  std::uint64_t position_ = 0;
  flatbuffers::uoffset_t taken_ = 0;
  bool refused_ = false;
};

}  // namespace

std::unique_ptr<messaging::Link> local_link(const Taker& taker) { return std::make_unique<LocalLink>(taker); }

}  // namespace alliance::host
