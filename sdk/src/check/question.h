// SPDX-License-Identifier: Apache-2.0
// What can be asked of an instance, of any kind: bytes in, bytes out. Tests that hold for all of them walk this table.
#pragma once

#include <alliance/error.hpp>

#include "check/session.h"

namespace alliance::check {

struct Question {
  const char* kind;
  const char* name;    // of the slot
  const char* input;   // table of the schema, "payload" for what a programme exports, "" for nothing
  const char* output;  // table of the schema, "" for bytes that only the programme understands
  bool any_thread;
  std::int32_t (*ask)(Session& session, void* instance, const std::uint8_t* bytes, std::uint64_t length,
                      const alliance_sink* out, alliance_error* error);
};
std::span<const Question> questions();

inline constexpr alliance_instant asked_at = 1'700'600'000'000'000;  // a week into the sample case

struct Answer {
  std::int32_t status = ALLIANCE_OK;
  Bytes bytes;
  alliance_error error = ALLIANCE_ERROR_INIT;
};
Answer ask(Session& session, const Instance& instance, const Question& question, ByteView bytes);

// Good bytes for a question: the same in every process.
const Bytes& sample(const Session& session, const Question& question);
const Bytes& sample_programme();

// An empty answer where the bytes are what the question promises; else what is wrong.
std::string wrong_with(const Question& question, ByteView bytes);
// The same of its structure alone: texts may be as bad as those that were handed over.
std::string badly_built(const Question& question, ByteView bytes);

inline std::string called(const Question& question) { return std::string(question.kind) + "." + question.name + "()"; }

// Walks every question for every thing that the plugin offers, each with an instance of its own; stops at the first
// outcome that is not a pass. Says "skipped" where there was nothing to ask.
using Asked = Outcome (*)(Session& session, const Instance& instance, const Question& question);
Outcome for_each_question(Session& session, bool any_thread_only, Asked asked);

template <Asked Body>
Outcome every_question(Session& session) {
  return for_each_question(session, false, Body);
}
template <Asked Body>
Outcome every_any_thread_question(Session& session) {
  return for_each_question(session, true, Body);
}
// Only those that are given bytes.
template <Asked Body>
Outcome every_question_with_bytes(Session& session) {
  return for_each_question(session, false, [](Session& s, const Instance& instance, const Question& question) {
    return *question.input == '\0' ? skipped("") : Body(s, instance, question);
  });
}

}  // namespace alliance::check
