// SPDX-License-Identifier: Apache-2.0
#include "plugin/proxy.h"

#include <alliance/error.hpp>
#include <new>

#include "plugin/proxy_score.h"
#include "plugin/proxy_transport.h"
#include "told.h"

namespace alliance::plugin {
namespace {

using wire::Op;
using wire::Reader;
using wire::Writer;

constexpr std::uint64_t most_offered = 4096;  // things that one factory may say it makes

constexpr const char* call_failed = "the call to the plugin's process failed";

Process::Instance& instance_of(void* handle) { return *static_cast<Process::Instance*>(handle); }

// Calls that answer with bytes. They reach the caller's sink only when the plugin has said that it is done.
int32_t bytes_of_call(Op op, void* handle, const std::function<void(Writer&)>& add, const alliance_sink* out,
                      alliance_error* error) noexcept {
  return guarded(error, call_failed, [&]() -> int32_t {
    if (handle == nullptr || !ALLIANCE_HAS(alliance_sink, out, write) || out->write == nullptr) {
      return glue::tell(error, ALLIANCE_E_INVALID, "an instance and a sink are needed");
    }
    Process::Instance& instance = instance_of(handle);
    auto answer = instance.process->call(op, instance, add);
    if (!answer) return told(error, answer.error());
    const int32_t status = wire::get_error(*answer, error);
    if (status != ALLIANCE_OK) return status;
    const auto bytes = answer->array();
    if (!answer->good() || bytes.size() > wire::most_answer) {
      return glue::tell(error, ALLIANCE_E_INTERNAL, "its answer cannot be read");
    }
    return bytes.empty() ? ALLIANCE_OK : out->write(out->context, bytes.data(), bytes.size());
  });
}

// ---- What all kinds have ----------------------------------------------------------------------------------------

template <class Table>
Process& process_of(const Table* table) {
  return *static_cast<const Remote<Table>*>(table)->process;
}

template <class Table>
const char* kind_of() {
  if constexpr (std::is_same_v<Table, alliance_measure_factory>) return "measure";
  if constexpr (std::is_same_v<Table, alliance_timing_factory>) return "timing";
  if constexpr (std::is_same_v<Table, alliance_tailoring_factory>) return "tailoring";
  if constexpr (std::is_same_v<Table, alliance_transport_factory>) return "transport";
  return "programme";
}

template <class Table>
uint64_t count(const Table* table) noexcept {
  try {
    Writer body;
    auto answer = process_of(table).call(Op::count, body.text(kind_of<Table>()));
    if (!answer) return 0;
    const std::uint64_t many = answer->number();
    return answer->good() ? std::min(many, most_offered) : 0;
  } catch (...) {
    return 0;
  }
}

template <class Table>
int32_t describe(const Table* table, uint64_t index, alliance_descriptor* out, alliance_error* error) noexcept {
  return guarded(error, call_failed, [&]() -> int32_t {
    if (!ALLIANCE_HAS(alliance_descriptor, out, title)) {
      return glue::tell(error, ALLIANCE_E_INVALID, "a place for the description is needed");
    }
    Writer body;
    auto answer = process_of(table).call(Op::describe, body.text(kind_of<Table>()).number(index));
    if (!answer) return told(error, answer.error());
    const int32_t status = wire::get_error(*answer, error);
    if (status != ALLIANCE_OK) return status;
    const char* words[3] = {};
    for (const char*& word : words) {
      const bool there = answer->number() != 0;
      const std::string text = answer->text();
      word = there ? process_of(table).keep(text) : nullptr;
    }
    if (!answer->good()) return glue::tell(error, ALLIANCE_E_INTERNAL, "its answer cannot be read");
    out->id = words[0];
    out->version = words[1];
    out->title = words[2];
    return ALLIANCE_OK;
  });
}

template <class Table>
int32_t make(const Table* table, const char* id, const char* version, void** out, alliance_error* error) noexcept {
  return guarded(error, call_failed, [&]() -> int32_t {
    if (id == nullptr || out == nullptr) {
      return glue::tell(error, ALLIANCE_E_INVALID, "an id and a place for the instance are needed");
    }
    auto instance = std::make_unique<Process::Instance>();
    instance->process = &process_of(table);
    instance->kind = kind_of<Table>();
    instance->id = id;
    if (version != nullptr) instance->version = version;
    const auto made = instance->process->create(*instance, error);
    if (!made) return told(error, made.error());
    if (*made == ALLIANCE_OK) *out = instance.release();
    return *made;
  });
}

void destroy(void* handle) noexcept {
  if (handle == nullptr) return;
  const std::unique_ptr<Process::Instance> instance(&instance_of(handle));
  try {
    instance->process->destroy(*instance);
  } catch (...) {  // it goes with its process
  }
}

template <class Table, class Handle>
int32_t create(const Table* table, const alliance_services*, const char* id, Handle** out,
               alliance_error* error) noexcept {
  return make(table, id, nullptr, reinterpret_cast<void**>(out), error);
}

template <class Handle>
void destroy_one(Handle* handle) noexcept {
  destroy(handle);
}

// ---- What each kind has -----------------------------------------------------------------------------------------

int32_t create_measure(const alliance_measure_factory* table, const alliance_services*, const char* id,
                       const char* version, alliance_measure** out, alliance_error* error) noexcept {
  return make(table, id, version, reinterpret_cast<void**>(out), error);
}

int32_t definition(alliance_measure* measure, const alliance_sink* out, alliance_error* error) noexcept {
  return bytes_of_call(Op::definition, measure, [](Writer&) {}, out, error);
}

int32_t content(alliance_measure* measure, const char* language, const alliance_sink* out,
                alliance_error* error) noexcept {
  return bytes_of_call(
      Op::content, measure, [&](Writer& to) { to.text(language == nullptr ? "" : language); }, out, error);
}

template <Op op>
int32_t score(alliance_measure* measure, const alliance_sheets* sheets, const alliance_missing* missing,
              const alliance_scores* out, alliance_error* error) noexcept {
  return guarded(error, call_failed, [&]() -> int32_t {
    if (measure == nullptr || !ALLIANCE_HAS(alliance_sheets, sheets, states) ||
        !ALLIANCE_HAS(alliance_scores, out, bands)) {
      return glue::tell(error, ALLIANCE_E_INVALID, "an instance, sheets and a place for the scores are needed");
    }
    return score_there(op, instance_of(measure), *sheets, missing, *out, error);
  });
}

template <Op op>
int32_t of_case(alliance_timing* timing, const uint8_t* state, uint64_t length, alliance_instant now,
                const alliance_sink* out, alliance_error* error) noexcept {
  return bytes_of_call(
      op, timing, [&](Writer& to) { to.number(static_cast<std::uint64_t>(now)).bytes(state, length); }, out, error);
}

int32_t propose(alliance_tailoring* tailoring, const uint8_t* state, uint64_t state_length, const uint8_t* programme,
                uint64_t programme_length, alliance_instant now, const alliance_sink* out,
                alliance_error* error) noexcept {
  const auto add = [&](Writer& to) {
    to.number(static_cast<std::uint64_t>(now)).bytes(state, state_length);
    to.number(programme == nullptr ? 0 : 1).bytes(programme, programme == nullptr ? 0 : programme_length);
  };
  return bytes_of_call(Op::propose, tailoring, add, out, error);
}

int32_t catalogue(alliance_programme* programme, const alliance_sink* out, alliance_error* error) noexcept {
  return bytes_of_call(Op::catalogue, programme, [](Writer&) {}, out, error);
}

int32_t ingest(alliance_programme* programme, const uint8_t* payload, uint64_t length, const alliance_sink* out,
               alliance_error* error) noexcept {
  return bytes_of_call(Op::ingest, programme, [&](Writer& to) { to.bytes(payload, length); }, out, error);
}

int32_t apply(alliance_programme* programme, const char* case_id, const uint8_t* proposal, uint64_t length,
              alliance_instant when, const alliance_sink* out, alliance_error* error) noexcept {
  const auto add = [&](Writer& to) {
    to.number(static_cast<std::uint64_t>(when)).number(case_id == nullptr ? 0 : 1);
    to.text(case_id == nullptr ? "" : case_id).bytes(proposal, length);
  };
  return bytes_of_call(Op::apply, programme, add, out, error);
}

int32_t open_transport(const alliance_transport_factory* table, const alliance_services*, const char* id,
                       const char* endpoint, const alliance_transport_events* events, alliance_transport** out,
                       alliance_error* error) noexcept {
  return guarded(error, call_failed, [&]() -> int32_t {
    if (id == nullptr || endpoint == nullptr || out == nullptr ||
        !ALLIANCE_HAS(alliance_transport_events, events, failed)) {
      return glue::tell(error, ALLIANCE_E_INVALID,
                        "an id, an endpoint, events and a place for the transport are needed");
    }
    return open_there(process_of(table), id, endpoint, *events, out, error);
  });
}

template <class Table>
void common(Remote<Table>& to, Process& process) {
  to.size = sizeof(Table);
  to.process = &process;
  to.count = &count<Table>;
  to.describe = &describe<Table>;
}

}  // namespace

void fill(Proxies& to, Process& process) {
  common(to.measure, process);
  to.measure.create = &create_measure;
  to.measure.destroy = &destroy_one<alliance_measure>;
  to.measure.definition = &definition;
  to.measure.score = &score<Op::score>;
  to.measure.score_batch = &score<Op::score_batch>;
  to.measure.content = &content;

  common(to.timing, process);
  to.timing.create = &create<alliance_timing_factory, alliance_timing>;
  to.timing.destroy = &destroy_one<alliance_timing>;
  to.timing.plan = &of_case<Op::plan>;
  to.timing.account = &of_case<Op::account>;

  common(to.tailoring, process);
  to.tailoring.create = &create<alliance_tailoring_factory, alliance_tailoring>;
  to.tailoring.destroy = &destroy_one<alliance_tailoring>;
  to.tailoring.propose = &propose;

  common(to.programme, process);
  to.programme.create = &create<alliance_programme_factory, alliance_programme>;
  to.programme.destroy = &destroy_one<alliance_programme>;
  to.programme.catalogue = &catalogue;
  to.programme.ingest = &ingest;
  to.programme.apply = &apply;

  common(to.transport, process);
  to.transport.open = &open_transport;
  to.transport.send = &send_there;
  to.transport.close = &close_there;
}

}  // namespace alliance::plugin
