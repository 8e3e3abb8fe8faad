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

HighWater::Mark* HighWater::find(const Name& name) {
  if (last_ != nullptr && Name(last_->first) == name) return last_;
  const auto found = marks_.find(name);
  if (found == marks_.end()) return nullptr;
  return last_ = &*found;
}

bool HighWater::raise(Mark& mark, std::uint64_t sequence) {
  if (sequence <= mark.second.now()) return false;
  if (mark.second.raised == 0) raised_.push_back(&mark);
  mark.second.raised = sequence;
  return true;
}

bool HighWater::raise(const Key& key, std::uint64_t sequence) {
  Mark* known = find(key);
  return raise(known != nullptr ? *known : add(key, 0), sequence);
}

void HighWater::keep() {
  for (Mark* mark : raised_) mark->second = {mark->second.raised, 0};
  raised_.clear();
}

void HighWater::forget() {
  for (Mark* mark : raised_) mark->second.raised = 0;
  raised_.clear();
}

}  // namespace alliance::messaging
