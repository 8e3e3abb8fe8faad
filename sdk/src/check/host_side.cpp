// SPDX-License-Identifier: Apache-2.0
#include "check/host_side.h"

#include <algorithm>
#include <alliance/error.hpp>
#include <cstring>

#include "schema/json.h"

namespace alliance::check {
namespace {

constexpr std::size_t most_notes = 8;

std::int32_t refuse(alliance_error* error, const Failure& failure) {
  return glue::tell(error, failure.status, failure.message, failure.detail);
}

bool can_write(const alliance_sink* out) { return ALLIANCE_HAS(alliance_sink, out, write) && out->write != nullptr; }

bool is_text(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = glue::character(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace

HostSide::HostSide(std::string folder, std::string settings)
    : folder_(std::move(folder)),
      settings_(std::move(settings)),
      services_{sizeof services_, ALLIANCE_ABI_MINOR, this, folder_.c_str(), settings_.c_str(), &find},
      log_{sizeof log_, 0, this, &log},
      clock_{sizeof clock_, 0, this, &read_clock},
      codec_{sizeof codec_, 0, this, &encode, &decode},
      store_{sizeof store_, 0, this, &get, &put},
      report_{sizeof report_, 0, this, &report},
      thread_check_{sizeof thread_check_, 0, this, &is_control} {}

void HostSide::in_call(bool yes) {
  in_call_ = yes;
  const std::lock_guard lock(mutex_);
  if (yes) kept_.clear();  // each call begins with a case of which nothing was kept
}

std::vector<std::string> HostSide::misuse() const {
  const std::lock_guard lock(mutex_);
  return misuse_;
}

void HostSide::note(std::string sentence) {
  const std::lock_guard lock(mutex_);
  if (misuse_.size() < most_notes && std::find(misuse_.begin(), misuse_.end(), sentence) == misuse_.end()) {
    misuse_.push_back(std::move(sentence));
  }
}

void HostSide::used(const char* service) {
  if (closed_) note(std::string("the host's ") + service + " was used after deinit()");
}

const void* HostSide::find(void* context, const char* id) noexcept {
  HostSide& host = self(context);
  if (host.closed_) host.note("the host's services were looked up after deinit()");
  if (id == nullptr || host.nothing_) return nullptr;
  const std::pair<const char*, const void*> all[] = {
      {ALLIANCE_SERVICE_LOG, &host.log_},       {ALLIANCE_SERVICE_CLOCK, &host.clock_},
      {ALLIANCE_SERVICE_CODEC, &host.codec_},   {ALLIANCE_SERVICE_STORE, &host.store_},
      {ALLIANCE_SERVICE_REPORT, &host.report_}, {ALLIANCE_SERVICE_THREAD_CHECK, &host.thread_check_},
  };
  for (const auto& [name, table] : all) {
    if (std::strcmp(id, name) == 0) return table;
  }
  return nullptr;
}

void HostSide::log(void* context, std::int32_t level, const char* message) noexcept {
  HostSide& host = self(context);
  host.used("log");
  if (message == nullptr) return host.note("a log line is NULL");
  const std::string_view line = message;
  if (level < ALLIANCE_LOG_DEBUG || level > ALLIANCE_LOG_ERROR) {
    host.note("a log line has the level " + std::to_string(level) + ", which there is not");
  }
  if (!is_text(line)) host.note("a log line is not UTF-8");
  if (line.find('\n') != std::string_view::npos) host.note("a log line has several lines");
}

alliance_instant HostSide::read_clock(void* context) noexcept {
  self(context).used("clock");
  return self(context).now_;
}

std::int32_t HostSide::encode(void* context, const char* table, const std::uint8_t* json, std::uint64_t length,
                              const alliance_sink* out, alliance_error* error) noexcept {
  self(context).used("codec");
  if (table == nullptr || (json == nullptr && length > 0) || !can_write(out)) {
    return glue::tell(error, ALLIANCE_E_INVALID, "encode needs a table, JSON and a sink");
  }
  const auto bytes =
      schema::json_to_bytes(table, {reinterpret_cast<const char*>(json), static_cast<std::size_t>(length)});
  if (!bytes) return refuse(error, bytes.error());
  return out->write(out->context, bytes->data(), bytes->size());
}

std::int32_t HostSide::decode(void* context, const char* table, const std::uint8_t* bytes, std::uint64_t length,
                              const alliance_sink* out, alliance_error* error) noexcept {
  self(context).used("codec");
  if (table == nullptr || (bytes == nullptr && length > 0) || !can_write(out)) {
    return glue::tell(error, ALLIANCE_E_INVALID, "decode needs a table, bytes and a sink");
  }
  const std::vector<std::uint8_t> aligned(bytes, bytes + length);
  if (const auto good = schema::verify(table, aligned); !good) return refuse(error, good.error());
  const auto json = schema::bytes_to_json(table, aligned);
  if (!json) return refuse(error, json.error());
  return out->write(out->context, reinterpret_cast<const std::uint8_t*>(json->data()), json->size());
}

std::int32_t HostSide::get(void* context, const char* key, std::uint32_t* version, const alliance_sink* out,
                           alliance_error* error) noexcept {
  HostSide& host = self(context);
  host.used("store");
  if (!can_write(out)) return glue::tell(error, ALLIANCE_E_INVALID, "no sink was given");
  if (!host.in_call_ || key == nullptr) {
    return glue::tell(error, ALLIANCE_E_STATE, "the store answers only while the host's call is under way");
  }
  std::pair<std::uint32_t, std::vector<std::uint8_t>> kept;
  {
    const std::lock_guard lock(host.mutex_);
    const auto found = host.kept_.find(key);
    if (found == host.kept_.end()) return glue::tell(error, ALLIANCE_E_NOT_FOUND, "this key was never put");
    kept = found->second;
  }
  if (version != nullptr) *version = kept.first;
  return out->write(out->context, kept.second.data(), kept.second.size());
}

std::int32_t HostSide::put(void* context, const char* key, std::uint32_t version, const std::uint8_t* bytes,
                           std::uint64_t length, alliance_error* error) noexcept {
  HostSide& host = self(context);
  host.used("store");
  if (!host.in_call_ || key == nullptr) {
    return glue::tell(error, ALLIANCE_E_STATE, "the store takes values only while the host's call is under way");
  }
  const std::lock_guard lock(host.mutex_);
  host.kept_[key] = {version, std::vector<std::uint8_t>(bytes, bytes + length)};
  return ALLIANCE_OK;
}

std::int32_t HostSide::report(void* context, const std::uint8_t* bytes, std::uint64_t length,
                              alliance_error* error) noexcept {
  HostSide& host = self(context);
  host.used("report service");
  const std::vector<std::uint8_t> aligned(bytes, bytes + length);
  if (const auto good = schema::verify("Report", aligned); !good) {
    host.note("a report of its own is no Report: " + good.error().message);
    return refuse(error, good.error());
  }
  if (!host.in_call_) {
    return glue::tell(error, ALLIANCE_E_STATE, "reports are taken only while the host's call is under way");
  }
  return ALLIANCE_OK;
}

std::int32_t HostSide::is_control(void* context) noexcept {
  self(context).used("thread check");
  return std::this_thread::get_id() == self(context).control_ ? 1 : 0;
}

}  // namespace alliance::check
