// SPDX-License-Identifier: Apache-2.0
#include <alliance_schema/envelope_generated.h>

#include "abi/face.h"

using namespace alliance;
using namespace alliance::abi;

namespace {

int32_t tell(const alliance_sink* safety, const std::vector<Bytes>& envelopes, int32_t format, alliance_error* error) {
  if (safety == nullptr || envelopes.empty()) return ALLIANCE_OK;
  fb::ReportListT list;
  for (const Bytes& bytes : envelopes) {
    const auto* envelope = flatbuffers::GetRoot<fb::Envelope>(bytes.data());
    auto entry = std::make_unique<fb::ReportEntryT>();
    entry->id = envelope->id()->str();
    entry->case_ = envelope->case_()->str();
    entry->time = envelope->time();
    entry->kind = envelope->kind()->str();
    entry->report = std::make_unique<fb::ReportT>();
    fb::GetReport(envelope->payload()->data())->UnPackTo(entry->report.get());
    list.reports.push_back(std::move(entry));
  }
  return table_out("ReportList", "ALRL", list, format, safety, error);
}

void sum_up(alliance_recorded* result, const host::Recorded& recorded) {
  if (!ALLIANCE_HAS(alliance_recorded, result, safety_flags)) return;
  result->repeated = static_cast<uint32_t>(recorded.repeated);
  result->reports = recorded.reports;
  result->safety_flags = recorded.flags;
}

}  // namespace

int32_t alliance_host_record(alliance_host* self, const uint8_t* event, uint64_t length, int32_t format,
                             const alliance_sink* safety, alliance_recorded* result, alliance_error* error) noexcept {
  return guarded(error, [&]() -> int32_t {
    if (self == nullptr) return answer(error, ALLIANCE_E_INVALID, "no host");
    const auto bytes = table_in("Event", event, length, format);
    if (!bytes) return answer(error, bytes.error());
    const fb::Event* one = fb::GetEvent(bytes->data());
    std::int32_t status = ALLIANCE_OK;
    const auto recorded = self->host->record({&one, 1}, {&status, 1});
    if (!recorded) return answer(error, recorded.error());
    const int32_t told = tell(safety, recorded->safety, format, error);
    if (recorded->first) return answer(error, *recorded->first);
    sum_up(result, *recorded);
    return told;
  });
}

int32_t alliance_host_record_many(alliance_host* self, const uint8_t* batch, uint64_t length, int32_t format,
                                  int32_t* statuses, uint64_t capacity, const alliance_sink* safety,
                                  alliance_recorded* result, alliance_error* error) noexcept {
  return guarded(error, [&]() -> int32_t {
    if (self == nullptr) return answer(error, ALLIANCE_E_INVALID, "no host");
    const auto bytes = table_in("EventBatch", batch, length, format);
    if (!bytes) return answer(error, bytes.error());
    const auto& list = *flatbuffers::GetRoot<fb::EventBatch>(bytes->data())->events();
    const std::vector<const fb::Event*> events(list.begin(), list.end());
    if (statuses != nullptr && capacity < events.size()) {
      return answer(
          error, ALLIANCE_E_INVALID,
          "statuses has room for " + std::to_string(capacity) + " of " + std::to_string(events.size()) + " events");
    }
    std::vector<int32_t> answers(events.size(), ALLIANCE_OK);
    const auto recorded = self->host->record(events, answers);
    if (!recorded) return answer(error, recorded.error());
    if (statuses != nullptr) std::copy(answers.begin(), answers.end(), statuses);
    sum_up(result, *recorded);
    const int32_t told = tell(safety, recorded->safety, format, error);
    if (recorded->first) {
      Failure failure = *recorded->first;
      failure.message = "events[" + std::to_string(recorded->first_at) + "]: " + failure.message;
      return answer(error, failure);
    }
    return told;
  });
}

int32_t alliance_host_advance(alliance_host* self, alliance_instant now, alliance_duration timeout,
                              const alliance_sink* safety, int32_t format, alliance_recorded* result,
                              alliance_error* error) noexcept {
  return guarded(error, [&]() -> int32_t {
    if (self == nullptr) return answer(error, ALLIANCE_E_INVALID, "no host");
    const auto recorded = self->host->advance(now, std::chrono::microseconds(timeout.microseconds));
    if (!recorded) return answer(error, recorded.error());
    sum_up(result, *recorded);
    return tell(safety, recorded->safety, format, error);
  });
}

int32_t alliance_host_ingest(alliance_host* self, const char* programme, const uint8_t* payload, uint64_t length,
                             int32_t format, const alliance_sink* out, alliance_error* error) noexcept {
  return guarded(error, [&]() -> int32_t {
    if (self == nullptr || programme == nullptr || (payload == nullptr && length > 0)) {
      return answer(error, ALLIANCE_E_INVALID, "ingest needs a host, a programme and a payload");
    }
    const auto bytes = self->host->ingest(programme, payload, length);
    if (!bytes) return answer(error, bytes.error());
    if (format == ALLIANCE_FLATBUFFERS) return put(out, bytes->data(), bytes->size(), error);
    if (format != ALLIANCE_JSON) {
      return answer(error, ALLIANCE_E_INVALID, "format must be ALLIANCE_FLATBUFFERS or ALLIANCE_JSON");
    }
    const auto json = schema::bytes_to_json("EventBatch", *bytes);
    if (!json) return answer(error, json.error());
    return put(out, reinterpret_cast<const uint8_t*>(json->data()), json->size(), error);
  });
}
