// SPDX-License-Identifier: Apache-2.0
// Bytes out: what they are, and sinks and errors that are not as usual.
#include <chrono>

#include "check/memory.h"
#include "check/question.h"
#include "check/tests.h"

namespace alliance::check {
namespace {

// A sink that takes `room` bytes and then answers `status`.
struct Narrow {
  std::uint64_t room = 0;
  std::int32_t status = ALLIANCE_OK;
  std::uint64_t calls = 0, taken = 0;
  bool null_piece = false;

  static std::int32_t write(void* context, const std::uint8_t* bytes, std::uint64_t length) noexcept {
    auto& self = *static_cast<Narrow*>(context);
    ++self.calls;
    if (bytes == nullptr && length > 0) self.null_piece = true;
    if (self.taken + length > self.room) return self.status;
    self.taken += length;
    return ALLIANCE_OK;
  }
  alliance_sink sink() { return {sizeof(alliance_sink), 0, this, &write}; }
};

std::int32_t ask_into(Session& session, const Instance& instance, const Question& question, const alliance_sink* sink,
                      alliance_error* error) {
  const Bytes& input = sample(session, question);
  at(called(question));
  session.host().in_call(true);
  const auto status = question.ask(session, instance.get(), input.data(), input.size(), sink, error);
  session.host().in_call(false);
  return status;
}

Outcome narrow(Session& session, const Instance& instance, const Question& question, std::uint64_t room) {
  if (ask(session, instance, question, sample(session, question)).bytes.size() <= room) return skipped("");
  for (const std::int32_t status : {ALLIANCE_E_IO, ALLIANCE_E_LIMIT, INT32_C(4242)}) {
    Narrow to{room, status};
    const alliance_sink sink = to.sink();
    const auto answer = ask_into(session, instance, question, &sink, nullptr);
    if (to.calls > 0 && answer != status) {
      return failed("the sink answered " + std::to_string(status) + " and the call " + std::to_string(answer));
    }
  }
  return passed();
}

// What no question can be about.
constexpr std::string_view rubbish = "these bytes are nothing that anybody could have meant";

}  // namespace

Outcome answers_are_tables(Session& session) {
  return for_each_question(session, false, [](Session& s, const Instance& instance, const Question& question) {
    const Answer answer = ask(s, instance, question, sample(s, question));
    if (answer.status == ALLIANCE_E_UNSUPPORTED) return skipped("");
    const bool own_sample = std::string_view(question.input) == "payload" && s.subject().payload.empty();
    if (answer.status == ALLIANCE_E_BAD_INPUT && own_sample) return passed();  // it need not know the checker's
    if (answer.status != ALLIANCE_OK) {
      return failed("status " + std::to_string(answer.status) + ": " + text_of(answer.error));
    }
    const std::string wrong = wrong_with(question, answer.bytes);
    return wrong.empty() ? passed() : failed(wrong);
  });
}

Outcome answers_in_time(Session& session) {
  using Clock = std::chrono::steady_clock;
  return for_each_question(session, false, [](Session& s, const Instance& instance, const Question& question) {
    const auto began = Clock::now();
    ask(s, instance, question, sample(s, question));
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began).count();
    if (took < (s.manifest().python ? 2000 : 500)) return passed();  // one in Python may take its time
    const std::string text = "it took " + std::to_string(took) + " ms";
    return took < 2000 ? warned(text) : failed(text);
  });
}

Outcome sink_failing(Session& session) {
  return for_each_question(session, false, [](Session& s, const Instance& instance, const Question& question) {
    return narrow(s, instance, question, 0);
  });
}

Outcome sink_failing_later(Session& session) {
  return for_each_question(session, false, [](Session& s, const Instance& instance, const Question& question) {
    for (const std::uint64_t room : {7, 64}) {
      const Outcome outcome = narrow(s, instance, question, room);
      if (outcome.verdict != Verdict::passed) return outcome;
    }
    return passed();
  });
}

Outcome sink_null(Session& session) {
  return for_each_question(session, false, [](Session& s, const Instance& instance, const Question& question) {
    if (ask(s, instance, question, sample(s, question)).bytes.empty()) return skipped("");
    if (ask_into(s, instance, question, nullptr, nullptr) == ALLIANCE_OK) return failed("it succeeds without a sink");
    const alliance_sink none = {sizeof none, 0, nullptr, nullptr};
    if (ask_into(s, instance, question, &none, nullptr) == ALLIANCE_OK)
      return failed("it succeeds with a sink of NULL");
    return passed();
  });
}

Outcome sink_not_kept(Session& session) {
  return for_each_question(session, false, [](Session& s, const Instance& instance, const Question& question) {
    {
      // The sink, what it points to and the input vanish when the call has returned.
      const Guarded place(sizeof(alliance_sink)), state(sizeof(Narrow)), input(sample(s, question));
      auto* to = new (state.data()) Narrow{UINT64_MAX, ALLIANCE_OK};
      *place.as<alliance_sink>() = to->sink();
      at(called(question));
      question.ask(s, instance.get(), input.data(), input.size(), place.as<alliance_sink>(), nullptr);
      if (to->null_piece) return failed("it hands NULL to the sink");
    }
    at(called(question) + " after the sink of the call before is gone");
    ask(s, instance, question, sample(s, question));
    return passed();
  });
}

Outcome output_untouched_on_failure(Session& session) {
  return for_each_question(session, false, [](Session& s, const Instance& instance, const Question& question) {
    if (*question.input == '\0') return skipped("");
    const Answer answer = ask(s, instance, question, bytes_of(rubbish));
    if (answer.status == ALLIANCE_OK || answer.bytes.empty()) return passed();
    return failed("it fails with status " + std::to_string(answer.status) + " and wrote " +
                  std::to_string(answer.bytes.size()) + " bytes before");
  });
}

Outcome error_text(Session& session) {
  return for_each_question(session, false, [](Session& s, const Instance& instance, const Question& question) {
    if (*question.input == '\0') return skipped("");
    Bytes input = bytes_of(rubbish);
    alliance_error error;
    std::memset(&error, 'x', sizeof error);
    error.size = sizeof error;
    Narrow to{UINT64_MAX, ALLIANCE_OK};
    const alliance_sink sink = to.sink();
    at(called(question));
    const auto status = question.ask(s, instance.get(), input.data(), input.size(), &sink, &error);
    if (status == ALLIANCE_OK) return passed();
    for (const char* text : {error.message, error.detail}) {
      if (std::memchr(text, '\0', ALLIANCE_TEXT_CAPACITY) == nullptr) return failed("a text of its error does not end");
      for (std::string_view rest = text; !rest.empty();) {
        const std::size_t length = glue::character(rest);
        if (length == 0) return failed("a text of its error is not UTF-8");
        rest.remove_prefix(length);
      }
    }
    if (error.code != status) {
      return failed("it returns " + std::to_string(status) + " and its error says " + std::to_string(error.code));
    }
    return error.message[0] == '\0' ? failed("it fails and gives no reason") : passed();
  });
}

Outcome error_null(Session& session) {
  return for_each_question(session, false, [](Session& s, const Instance& instance, const Question& question) {
    if (*question.input == '\0') return skipped("");
    const Bytes input = bytes_of(rubbish);
    Narrow to{UINT64_MAX, ALLIANCE_OK};
    const alliance_sink sink = to.sink();
    at(called(question) + " with an error of NULL");
    question.ask(s, instance.get(), input.data(), input.size(), &sink, nullptr);
    return passed();  // that it comes back is all
  });
}

Outcome error_older_struct(Session& session) {
  return for_each_question(session, false, [](Session& s, const Instance& instance, const Question& question) {
    if (*question.input == '\0') return skipped("");
    const Bytes input = bytes_of(rubbish);
    constexpr std::uint32_t shorter = offsetof(alliance_error, detail);
    const Guarded memory(shorter);
    auto* error = memory.as<alliance_error>();
    error->size = shorter;
    Narrow to{UINT64_MAX, ALLIANCE_OK};
    const alliance_sink sink = to.sink();
    at(called(question) + " with an error struct that ends before its detail");
    question.ask(s, instance.get(), input.data(), input.size(), &sink, error);
    return memory.front_is_whole() ? passed() : failed("it writes in front of the struct");
  });
}

}  // namespace alliance::check
