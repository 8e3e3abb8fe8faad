// SPDX-License-Identifier: Apache-2.0
#include "host/services.h"

#include <cstring>

#include "host/errors.h"
#include "schema/json.h"

namespace alliance::host {
namespace {

thread_local CallScope* current_scope = nullptr;

int32_t write(const alliance_sink* sink, const std::uint8_t* bytes, std::size_t length, alliance_error* error) {
  if (sink == nullptr || sink->write == nullptr) return answer(error, ALLIANCE_E_INVALID, "no sink was given");
  return sink->write(sink->context, bytes, length);
}

std::string full_key(const CallScope& scope, const char* key) { return scope.plugin + "/" + key; }

}  // namespace

InScope::InScope(CallScope& scope) : before_(current_scope) { current_scope = &scope; }
InScope::~InScope() { current_scope = before_; }

struct Services::Tables {
  Services* services;
  std::string plugin;
  alliance_log_service log{};
  alliance_clock_service clock{};
  alliance_codec_service codec{};
  alliance_store_service store{};
  alliance_report_service report{};
  alliance_thread_check_service thread_check{};

  Tables(Services* owner, std::string name) : services(owner), plugin(std::move(name)) {
    log = {sizeof log, 0, this, &write_log};
    clock = {sizeof clock, 0, this, &now};
    codec = {sizeof codec, 0, this, &encode, &decode};
    store = {sizeof store, 0, this, &get, &put};
    report = {sizeof report, 0, this, &add_report};
    thread_check = {sizeof thread_check, 0, this, &is_control};
  }

  static Tables& self(void* context) { return *static_cast<Tables*>(context); }

  static void write_log(void* context, int32_t level, const char* message) noexcept {
    if (message == nullptr) return;
    try {
      self(context).services->outside_.log(level, "plugin " + self(context).plugin + ": " + message);
    } catch (...) {  // a log line that cannot be written must not end the call that wrote it
    }
  }

  static alliance_instant now(void* context) noexcept { return self(context).services->outside_.now(); }

  static int32_t encode(void*, const char* table, const uint8_t* json, uint64_t length, const alliance_sink* out,
                        alliance_error* error) noexcept {
    return guarded(error, [&]() -> int32_t {
      if (table == nullptr || (json == nullptr && length > 0)) {
        return answer(error, ALLIANCE_E_INVALID, "encode needs a table and JSON");
      }
      const auto bytes = schema::json_to_bytes(table, {reinterpret_cast<const char*>(json), length});
      if (!bytes) return answer(error, bytes.error());
      return write(out, bytes->data(), bytes->size(), error);
    });
  }

  static int32_t decode(void*, const char* table, const uint8_t* bytes, uint64_t length, const alliance_sink* out,
                        alliance_error* error) noexcept {
    return guarded(error, [&]() -> int32_t {
      if (table == nullptr || bytes == nullptr) {
        return answer(error, ALLIANCE_E_INVALID, "decode needs a table and bytes");
      }
      const std::vector<std::uint8_t> aligned(bytes, bytes + length);
      if (auto fine = schema::verify(table, aligned); !fine) return answer(error, fine.error());
      const auto json = schema::bytes_to_json(table, aligned);
      if (!json) return answer(error, json.error());
      return write(out, reinterpret_cast<const std::uint8_t*>(json->data()), json->size(), error);
    });
  }

  static int32_t get(void* context, const char* key, uint32_t* version, const alliance_sink* out,
                     alliance_error* error) noexcept {
    return guarded(error, [&]() -> int32_t {
      const CallScope* scope = current_scope;
      if (scope == nullptr || scope->plugin != self(context).plugin || key == nullptr) {
        return answer(error, ALLIANCE_E_STATE, "the store answers only while the host's call is under way");
      }
      const std::string wanted = full_key(*scope, key);
      const store::PluginValue* found = nullptr;
      for (const auto& value : scope->puts) {
        if (value.key == wanted) found = &value;
      }
      if (found == nullptr && scope->known != nullptr) {
        const auto known = scope->known->find(wanted);
        if (known != scope->known->end()) found = &known->second;
      }
      if (found == nullptr) return answer(error, ALLIANCE_E_NOT_FOUND, "this key was never put");
      if (version != nullptr) *version = found->version;
      return write(out, found->bytes.data(), found->bytes.size(), error);
    });
  }

  static int32_t put(void* context, const char* key, uint32_t version, const uint8_t* bytes, uint64_t length,
                     alliance_error* error) noexcept {
    return guarded(error, [&]() -> int32_t {
      CallScope* scope = current_scope;
      if (scope == nullptr || scope->plugin != self(context).plugin || key == nullptr) {
        return answer(error, ALLIANCE_E_STATE, "the store takes values only while the host's call is under way");
      }
      if (length > (1u << 20)) return answer(error, ALLIANCE_E_LIMIT, "a stored value may have 1 MiB");
      store::PluginValue value{full_key(*scope, key), version, {}};
      if (length > 0) value.bytes.assign(bytes, bytes + length);
      scope->puts.push_back(std::move(value));
      return ALLIANCE_OK;
    });
  }

  static int32_t add_report(void* context, const uint8_t* bytes, uint64_t length, alliance_error* error) noexcept {
    return guarded(error, [&]() -> int32_t {
      CallScope* scope = current_scope;
      if (scope == nullptr || scope->plugin != self(context).plugin || bytes == nullptr) {
        return answer(error, ALLIANCE_E_STATE, "reports are taken only while the host's call is under way");
      }
      const std::vector<std::uint8_t> aligned(bytes, bytes + length);
      if (auto fine = schema::verify("Report", aligned); !fine) return answer(error, fine.error());
      fb::ReportT report;
      fb::GetReport(aligned.data())->UnPackTo(&report);
      if (report.body.type != fb::ReportBody::Custom) {
        return answer(error, ALLIANCE_E_DENIED, "a plugin's own report must be of the kind Custom");
      }
      scope->reports.push_back(std::move(report));
      return ALLIANCE_OK;
    });
  }

  static int32_t is_control(void* context) noexcept {
    return std::this_thread::get_id() == self(context).services->control_ ? 1 : 0;
  }
};

Services::Services(Outside outside) : outside_(std::move(outside)), control_(std::this_thread::get_id()) {}
Services::~Services() = default;

const void* Services::find(const std::string& plugin, const char* service) {
  if (service == nullptr) return nullptr;
  const std::lock_guard lock(mutex_);
  auto& tables = tables_[plugin];
  if (!tables) tables = std::make_unique<Tables>(this, plugin);
  const std::string_view id = service;
  if (id == ALLIANCE_SERVICE_LOG) return &tables->log;
  if (id == ALLIANCE_SERVICE_CLOCK) return &tables->clock;
  if (id == ALLIANCE_SERVICE_CODEC) return &tables->codec;
  if (id == ALLIANCE_SERVICE_STORE) return &tables->store;
  if (id == ALLIANCE_SERVICE_REPORT) return &tables->report;
  if (id == ALLIANCE_SERVICE_THREAD_CHECK) return &tables->thread_check;
  return nullptr;
}

}  // namespace alliance::host
