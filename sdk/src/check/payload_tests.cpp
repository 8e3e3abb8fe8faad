// SPDX-License-Identifier: Apache-2.0
// Bytes in that nobody meant: a plugin may refuse them or make something of them, but not fall over.

#include "check/form.h"
#include "check/memory.h"
#include "check/question.h"
#include "check/tests.h"

namespace alliance::check {
namespace {

// Whatever it answers to them, what it writes must be what it promises.
Outcome hostile(Session& session, const Instance& instance, const Question& question, ByteView bytes,
                const char* what) {
  const Guarded input(bytes);
  input.read_only();
  const Answer answer = ask(session, instance, question, {input.data(), input.size()});
  if (answer.status != ALLIANCE_OK) return passed();
  const std::string wrong = badly_built(question, answer.bytes);
  return wrong.empty() ? passed() : failed(std::string("given ") + what + ", it succeeds, and " + wrong);
}

template <class Each>
Outcome with_bytes(Session& session, Each) {
  return for_each_question(session, false, [](Session& s, const Instance& instance, const Question& question) {
    return *question.input == '\0' ? skipped("") : Each{}(s, instance, question);
  });
}

std::size_t step_of(std::size_t size, std::size_t most) { return std::max<std::size_t>(1, size / most); }

}  // namespace

Outcome payload_empty(Session& session) {
  return with_bytes(session, [](Session& s, const Instance& instance, const Question& question) {
    const Answer nothing = ask(s, instance, question, {});
    if (nothing.status == ALLIANCE_OK && !wrong_with(question, nothing.bytes).empty()) {
      return failed("given no bytes, it succeeds, and " + wrong_with(question, nothing.bytes));
    }
    const std::uint8_t zeros[8] = {};
    return hostile(s, instance, question, zeros, "eight zeros");
  });
}

Outcome payload_random(Session& session) {
  return with_bytes(session, [](Session& s, const Instance& instance, const Question& question) {
    auto dice = dice_of_one_kind();
    for (std::size_t round = 0; round < 200; ++round) {
      Bytes bytes(8 * (dice() % 64));
      for (auto& byte : bytes) byte = static_cast<std::uint8_t>(dice());
      const Outcome outcome = hostile(s, instance, question, bytes, "random bytes");
      if (outcome.verdict != Verdict::passed) return outcome;
    }
    return passed();
  });
}

Outcome payload_truncated(Session& session) {
  return with_bytes(session, [](Session& s, const Instance& instance, const Question& question) {
    const ByteView whole = sample(s, question);
    for (std::size_t length = 0; length < whole.size(); length += step_of(whole.size(), 200)) {
      const Outcome outcome = hostile(s, instance, question, whole.first(length), "bytes that were cut short");
      if (outcome.verdict != Verdict::passed) return outcome;
    }
    return passed();
  });
}

Outcome payload_flipped(Session& session) {
  return with_bytes(session, [](Session& s, const Instance& instance, const Question& question) {
    Bytes bytes = sample(s, question);
    for (std::size_t at = 0; at < bytes.size(); at += step_of(bytes.size(), 400)) {
      const std::uint8_t before = bytes[at];
      bytes[at] ^= static_cast<std::uint8_t>(1u << (at % 8));
      const Outcome outcome = hostile(s, instance, question, bytes, "bytes with a flipped bit");
      if (outcome.verdict != Verdict::passed) return outcome;
      bytes[at] = before;
    }
    return passed();
  });
}

Outcome payload_unaligned(Session& session) {
  return with_bytes(session, [](Session& s, const Instance& instance, const Question& question) {
    const Bytes& whole = sample(s, question);
    for (std::size_t shift = 1; shift < 8; ++shift) {
      Bytes room(whole.size() + 8);
      std::copy(whole.begin(), whole.end(), room.begin() + static_cast<std::ptrdiff_t>(shift));
      const Answer answer = ask(s, instance, question, {room.data() + shift, whole.size()});
      if (answer.status == ALLIANCE_OK && !wrong_with(question, answer.bytes).empty()) {
        return failed("given bytes that are not aligned, it succeeds, and " + wrong_with(question, answer.bytes));
      }
    }
    return passed();
  });
}

Outcome payload_oversized(Session& session) {
  return with_bytes(session, [](Session& s, const Instance& instance, const Question& question) {
    constexpr std::size_t beyond = (16u << 20) + 8;  // one more than the schema's own limit
    Bytes bytes(beyond, std::string_view(question.input) == "payload" ? ' ' : 0);
    const Bytes& whole = sample(s, question);
    std::copy(whole.begin(), whole.end(), bytes.begin());
    const Answer answer = ask(s, instance, question, bytes);
    if (answer.status == ALLIANCE_OK && !wrong_with(question, answer.bytes).empty()) {
      return failed("given 16 MiB, it succeeds, and " + wrong_with(question, answer.bytes));
    }
    return passed();
  });
}

Outcome payload_read_in_bounds(Session& session) {
  return with_bytes(session, [](Session& s, const Instance& instance, const Question& question) {
    const Answer usual = ask(s, instance, question, sample(s, question));
    const Guarded input(sample(s, question));  // it ends at a page that nobody may read
    input.read_only();
    const Answer guarded = ask(s, instance, question, {input.data(), input.size()});
    const bool same = usual.status == guarded.status && usual.bytes == guarded.bytes;
    return same ? passed() : failed("the same bytes in read-only memory get another answer");
  });
}

}  // namespace alliance::check
