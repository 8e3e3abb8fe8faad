// SPDX-License-Identifier: Apache-2.0
// What a peer sends down a link. The first byte says how large the pieces are in which the rest arrives: pieces
// must make no difference, and after a refusal there is nothing but that refusal.
#include "messaging/frame.h"

#include <algorithm>

#include "messaging/receiver.h"
#include "require.h"

namespace {

using namespace alliance;
using messaging::Bytes;

struct Heard {
  std::vector<Bytes> messages;
  std::string refusal;
};

Heard listen(std::span<const std::uint8_t> bytes, std::size_t piece) {
  messaging::Decoder decoder(messaging::max_message);
  Heard heard;
  while (!bytes.empty()) {
    auto part = bytes.first(std::min(piece, bytes.size()));
    bytes = bytes.subspan(part.size());
    while (!part.empty()) {
      const auto before = part.size();
      auto message = decoder.take(part);
      if (!message) {
        heard.refusal = message.error().message;
        fuzz::require(!heard.refusal.empty(), "a refusal has a sentence");
        auto more = bytes;
        fuzz::require(!decoder.take(more), "after a refusal nothing is taken");
        return heard;
      }
      fuzz::require(part.size() < before || message->has_value(), "a decoder that is fed goes forward");
      if (*message) heard.messages.emplace_back((*message)->begin(), (*message)->end());
    }
  }
  return heard;
}

// A batch that was taken can be read, and what reads it again reads the same.
void converse(const std::vector<Bytes>& messages) {
  messaging::Conversation conversation;
  for (const auto& bytes : messages) {
    auto message = messaging::read_message(bytes);
    if (!message) {
      fuzz::require(!message.error().message.empty(), "a refusal has a sentence");
      return;
    }
    const auto again = messaging::framed(*message);
    const auto heard = listen(again, again.size());
    fuzz::require(heard.messages.size() == 1, "a message that was read can be sent on: " + heard.refusal);
    fuzz::require(messaging::read_message(heard.messages[0]).has_value(), "a message that was sent on can be read");
    auto step = conversation.take(std::move(*message));
    if (!step) {
      fuzz::require(!step.error().message.empty(), "a refusal has a sentence");
      return;
    }
    fuzz::require(conversation.greeted(), "nothing is taken before a greeting");
    if (step->chunk) (void)messaging::read_batch(step->chunk->batch);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::span<const std::uint8_t> rest(data + 1, size - 1);
  const auto heard = listen(rest, std::size_t{1} + data[0]);
  const auto whole = listen(rest, std::max<std::size_t>(1, rest.size()));
  fuzz::require(heard.messages == whole.messages && heard.refusal == whole.refusal, "pieces make no difference");
  converse(heard.messages);
  // A fuzzer seldom hits a checksum: what it sends is also taken for the inside of a frame.
  if (!rest.empty()) {
    const Bytes inside(rest.begin(), rest.end());
    const auto framed = messaging::frame(inside);
    const auto out = listen(framed, std::size_t{1} + data[0]);
    fuzz::require(out.messages.size() == 1 && out.messages[0] == inside, "a frame gives back what was put in");
    converse(out.messages);
    (void)messaging::read_batch(inside);
  }
  return 0;
}
