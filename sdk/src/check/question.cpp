// SPDX-License-Identifier: Apache-2.0
#include "check/question.h"

#include "check/samples.h"
#include "plugin/registry.h"
#include "schema/json.h"
#include "schema/roots.h"
#include "schema/verify.h"

namespace alliance::check {
namespace {

#define ASK                                                                                                        \
  [](Session & session, void* instance, const std::uint8_t* bytes, std::uint64_t length, const alliance_sink* out, \
     alliance_error* error) -> std::int32_t

// A catalogue of the plugin's own goes with the case where it has one.
constexpr Question question_table[] = {
    {"measure", "definition", "", "Instrument", true, ASK{static_cast<void>(bytes), static_cast<void>(length);
return session.tables().measure.definition(static_cast<alliance_measure*>(instance), out, error);
}  // namespace
}  // namespace alliance::check
, {"timing", "plan", "Case", "Plan", false,
   ASK{return session.tables().timing.plan(static_cast<alliance_timing*>(instance), bytes, length, asked_at, out,
                                           error);
}
}
, {"timing", "account", "Case", "Report", false,
   ASK{return session.tables().timing.account(static_cast<alliance_timing*>(instance), bytes, length, asked_at, out,
                                              error);
}
}
, {"tailoring", "propose", "Case", "Proposals", false, ASK{const Bytes& programme = sample_programme();
return session.tables().tailoring.propose(static_cast<alliance_tailoring*>(instance), bytes, length, programme.data(),
                                          programme.size(), asked_at, out, error);
}
}
, {"programme", "catalogue", "", "Programme", true, ASK{static_cast<void>(bytes), static_cast<void>(length);
return session.tables().programme.catalogue(static_cast<alliance_programme*>(instance), out, error);
}
}
, {"programme", "ingest", "payload", "EventBatch", false,
   ASK{return session.tables().programme.ingest(static_cast<alliance_programme*>(instance), bytes, length, out, error);
}
}
, {"programme", "apply", "Proposals", "", false,
   ASK{return session.tables().programme.apply(static_cast<alliance_programme*>(instance), "case-1", bytes, length,
                                               asked_at, out, error);
}
}
,
}
;

Bytes made(const char* table, const char* json) {
  auto bytes = schema::json_to_bytes(table, json);
  if (!bytes) return {};  // the checker's own test sees that none is empty
  return std::move(*bytes);
}

}  // namespace

std::span<const Question> questions() { return question_table; }

const Bytes& sample_programme() {
  static const Bytes bytes = made("Programme", programme_json);
  return bytes;
}

const Bytes& sample(const Session& session, const Question& question) {
  static const Bytes a_case = made("Case", case_json), proposals = made("Proposals", proposals_json);
  static const Bytes payload = session.subject().payload.empty() ? bytes_of(std::string_view(payload_text))
                                                                 : bytes_of(session.subject().payload);
  static const Bytes nothing;
  const std::string_view input = question.input;
  return input == "Case" ? a_case : input == "Proposals" ? proposals : input == "payload" ? payload : nothing;
}

Answer ask(Session& session, const Instance& instance, const Question& question, ByteView bytes) {
  Answer answer;
  plugin::Gather out;
  session.host().in_call(true);
  at(called(question));
  answer.status = question.ask(session, instance.get(), bytes.data(), bytes.size(), out.sink(), &answer.error);
  session.host().in_call(false);
  answer.bytes = out.take();
  return answer;
}

std::string wrong_with(const Question& question, ByteView bytes) {
  if (*question.output == '\0') return "";
  const auto good = schema::verify(question.output, bytes);
  return good ? "" : "its bytes are no " + std::string(question.output) + ": " + good.error().message;
}

std::string badly_built(const Question& question, ByteView bytes) {
  if (*question.output == '\0') return "";
  const schema::Root* root = schema::find_root(question.output);
  flatbuffers::Verifier verifier(bytes.data(), bytes.size(), schema::max_depth, schema::max_tables);
  const bool good = root != nullptr && bytes.size() >= 8 && root->verify(verifier, root->identifier);
  return good ? "" : "its bytes are no " + std::string(question.output);
}

Outcome for_each_question(Session& session, bool any_thread_only, Asked asked) {
  bool any = false;
  for (const Offered& what : session.offered()) {
    for (const Question& question : questions()) {
      if (what.kind != question.kind || (any_thread_only && !question.any_thread)) continue;
      auto instance = Instance::make(session, what);
      if (!instance) continue;  // create-each says so
      Outcome outcome = asked(session, *instance, question);
      if (outcome.verdict == Verdict::skipped) continue;
      any = true;
      if (outcome.verdict == Verdict::passed) continue;
      outcome.text = called(question) + " of '" + what.id + "': " + outcome.text;
      return outcome;
    }
  }
  return any ? passed() : skipped("the plugin offers nothing that this asks of");
}

}  // namespace alliance::check
