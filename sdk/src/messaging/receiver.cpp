// SPDX-License-Identifier: Apache-2.0
#include "messaging/receiver.h"

#include <alliance_schema/envelope_generated.h>

namespace alliance::messaging {
namespace {

tl::unexpected<Failure> bad(std::string sentence) { return fail(ALLIANCE_E_BAD_INPUT, std::move(sentence)); }

}  // namespace

Result<Conversation::Step> Conversation::take(Message message) {
  if (auto* hello = std::get_if<Hello>(&message)) {
    if (hello_) return bad("a second greeting came on one connection");
    if (hello->protocol != protocol) {
      return fail(ALLIANCE_E_VERSION, "the sender speaks protocol " + std::to_string(hello->protocol) +
                                          " and this receiver " + std::to_string(protocol) +
                                          ": use the same version of the SDK on both sides");
    }
    hello_ = std::move(*hello);
    return Step{true, std::nullopt, std::nullopt};
  }
  if (!hello_) return bad("the sender did not greet first");
  if (auto* reply = std::get_if<Reply>(&message)) return Step{false, std::nullopt, std::move(*reply)};
  auto* chunk = std::get_if<Chunk>(&message);
  if (!chunk) return bad("a sender said what only a receiver says");
  if (chunk->position <= position_) {
    return bad("position " + std::to_string(chunk->position) + " came after " + std::to_string(position_) +
               " on one connection");
  }
  if (auto ok = check(*chunk); !ok) return tl::unexpected(std::move(ok).error());
  position_ = chunk->position;
  return Step{false, std::move(*chunk), std::nullopt};
}

Result<void> Conversation::check(const Chunk& chunk) const {
  const auto batch = read_batch(chunk.batch);
  if (!batch) return tl::unexpected(batch.error());
  for (const auto* envelope : *(*batch)->envelopes()) {
    if (envelope->tenant()->string_view() != hello_->tenant)
      return bad("a batch holds a report of another tenant than was greeted for");
    if (static_cast<Lane>(envelope->lane()) != hello_->lane)
      return bad("a batch holds a report of another lane than was greeted for");
  }
  return {};
}

std::uint64_t HighWater::mark(const Key& key) const {
  if (const auto found = raised_.find(key); found != raised_.end()) return found->second;
  const auto kept = marks_.find(key);
  return kept == marks_.end() ? 0 : kept->second;
}

bool HighWater::raise(const Key& key, std::uint64_t sequence) {
  if (sequence <= mark(key)) return false;
  raised_[key] = sequence;
  return true;
}

void HighWater::keep() {
  for (auto& [key, sequence] : raised_) marks_[key] = sequence;
  raised_.clear();
}

void HighWater::forget() { raised_.clear(); }

}  // namespace alliance::messaging
