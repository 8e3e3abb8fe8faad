// SPDX-License-Identifier: Apache-2.0
#include "services.h"

#include <unistd.h>

#include <alliance/error.hpp>
#include <string_view>

#include "plugin/asked.h"
#include "plugin/told.h"
#include "schema/json.h"

namespace alliance::runner {
namespace {

using plugin::wire::Op;
using plugin::wire::Reader;
using plugin::wire::Writer;

constexpr std::size_t most_lines = 256;

using plugin::guarded;
using plugin::told;

constexpr const char* asking_failed = "the host could not be asked";

int32_t write(const alliance_sink* out, const void* bytes, std::size_t length, alliance_error* error) {
  if (out == nullptr || out->write == nullptr) return glue::tell(error, ALLIANCE_E_INVALID, "no sink was given");
  return out->write(out->context, static_cast<const std::uint8_t*>(bytes), length);
}

}  // namespace

Services::Services(int socket, std::string folder, std::string config, std::uint64_t offered)
    : socket_(socket),
      inlet_(socket, plugin::wire::Inlet::Descriptors::taken),
      folder_(std::move(folder)),
      config_(std::move(config)),
      offered_(offered),
      services_{sizeof services_, ALLIANCE_ABI_MINOR, this, folder_.c_str(), config_.c_str(), &find},
      log_{sizeof log_, 0, this, &log},
      clock_{sizeof clock_, 0, this, &now},
      codec_{sizeof codec_, 0, this, &encode, &decode},
      store_{sizeof store_, 0, this, &get, &put},
      report_{sizeof report_, 0, this, &report},
      thread_check_{sizeof thread_check_, 0, this, &is_control} {}

const void* Services::find(void* context, const char* id) noexcept {
  if (id == nullptr) return nullptr;
  const Services& own = self(context);
  const std::string_view wanted = id;
  const auto offers = [&](std::uint64_t bit, const void* table) { return (own.offered_ & bit) != 0 ? table : nullptr; };
  if (wanted == ALLIANCE_SERVICE_LOG) return offers(plugin::offers_log, &own.log_);
  if (wanted == ALLIANCE_SERVICE_CLOCK) return offers(plugin::offers_clock, &own.clock_);
  if (wanted == ALLIANCE_SERVICE_CODEC) return offers(plugin::offers_codec, &own.codec_);
  if (wanted == ALLIANCE_SERVICE_STORE) return offers(plugin::offers_store, &own.store_);
  if (wanted == ALLIANCE_SERVICE_REPORT) return offers(plugin::offers_report, &own.report_);
  if (wanted == ALLIANCE_SERVICE_THREAD_CHECK) return offers(plugin::offers_thread_check, &own.thread_check_);
  return nullptr;
}

void Services::speak_over(int socket) {
  const std::lock_guard lock(mutex_);
  socket_ = socket;
  inlet_ = plugin::wire::Inlet(socket);
  heard_ = socket >= 0;
  in_call_ = false;
  called_ = std::this_thread::get_id();
}

void Services::say(Op op, const Writer& body) {
  const std::lock_guard lock(mutex_);
  if (heard_) static_cast<void>(plugin::wire::send(socket_, op, body, plugin::wire::no_deadline));
}

void Services::begin() {
  const std::lock_guard lock(mutex_);
  in_call_ = true;
  for (const Line& line : lines_) send_line(line);
  lines_.clear();
}

Result<void> Services::reply(const Writer& body) {
  const std::lock_guard lock(mutex_);
  in_call_ = false;
  return plugin::wire::send(socket_, Op::reply, body, plugin::wire::no_deadline);
}

void Services::send_line(const Line& line) {
  Writer body;
  body.number(static_cast<std::uint64_t>(std::int64_t{line.level})).text(line.text);
  static_cast<void>(plugin::wire::send(socket_, Op::log, body, plugin::wire::no_deadline));
}

void Services::log(void* context, std::int32_t level, const char* message) noexcept {
  if (message == nullptr) return;
  try {
    Services& own = self(context);
    const std::lock_guard lock(own.mutex_);
    if (own.in_call_ || own.heard_) return own.send_line({level, message});
    own.lines_.push_back({level, message});
    if (own.lines_.size() > most_lines) own.lines_.pop_front();
  } catch (...) {  // a log line that cannot be written must not end the call that wrote it
  }
}

// Without the host there is nothing left to do.
Reader Services::ask(Op op, const Writer& body) {
  {
    const std::lock_guard lock(mutex_);
    if (auto sent = plugin::wire::send(socket_, op, body, plugin::wire::no_deadline); !sent) _exit(0);
  }
  auto answer = receive();
  if (!answer || answer->op != Op::answer) _exit(0);
  return std::move(answer->body);
}

alliance_instant Services::now(void* context) noexcept {
  Services& own = self(context);
  const auto at = std::chrono::steady_clock::now().time_since_epoch();
  if (!own.may_ask()) {  // a thread of the plugin's own: the host's last word, and what has passed since
    const auto since = at - std::chrono::steady_clock::duration(own.last_at_);
    return own.last_now_ + std::chrono::duration_cast<std::chrono::microseconds>(since).count();
  }
  try {
    own.last_now_ = static_cast<alliance_instant>(own.ask(Op::now, Writer()).number());
    own.last_at_ = at.count();
  } catch (...) {  // no memory: the last word stands
  }
  return own.last_now_;
}

std::int32_t Services::encode(void*, const char* table, const std::uint8_t* json, std::uint64_t length,
                              const alliance_sink* out, alliance_error* error) noexcept {
  return guarded(error, asking_failed, [&]() -> int32_t {
    if (table == nullptr || (json == nullptr && length > 0)) {
      return glue::tell(error, ALLIANCE_E_INVALID, "encode needs a table and JSON");
    }
    const auto bytes = schema::json_to_bytes(table, {reinterpret_cast<const char*>(json), length});
    if (!bytes) return told(error, bytes.error());
    return write(out, bytes->data(), bytes->size(), error);
  });
}

std::int32_t Services::decode(void*, const char* table, const std::uint8_t* bytes, std::uint64_t length,
                              const alliance_sink* out, alliance_error* error) noexcept {
  return guarded(error, asking_failed, [&]() -> int32_t {
    if (table == nullptr || bytes == nullptr) {
      return glue::tell(error, ALLIANCE_E_INVALID, "decode needs a table and bytes");
    }
    const std::vector<std::uint8_t> aligned(bytes, bytes + length);
    if (auto fine = schema::verify(table, aligned); !fine) return told(error, fine.error());
    const auto json = schema::bytes_to_json(table, aligned);
    if (!json) return told(error, json.error());
    return write(out, json->data(), json->size(), error);
  });
}

std::int32_t Services::get(void* context, const char* key, std::uint32_t* version, const alliance_sink* out,
                           alliance_error* error) noexcept {
  return guarded(error, asking_failed, [&]() -> int32_t {
    Services& own = self(context);
    if (!own.may_ask() || key == nullptr) {
      return glue::tell(error, ALLIANCE_E_STATE, "the store answers only while the host's call is under way");
    }
    auto answer = own.ask(Op::get, Writer().text(key));
    const auto status = plugin::wire::get_error(answer, error);
    const auto kept_version = static_cast<std::uint32_t>(answer.number());
    const auto bytes = answer.array();
    if (status != ALLIANCE_OK) return status;
    if (version != nullptr) *version = kept_version;
    return write(out, bytes.data(), bytes.size(), error);
  });
}

std::int32_t Services::put(void* context, const char* key, std::uint32_t version, const std::uint8_t* bytes,
                           std::uint64_t length, alliance_error* error) noexcept {
  return guarded(error, asking_failed, [&]() -> int32_t {
    Services& own = self(context);
    if (!own.may_ask() || key == nullptr) {
      return glue::tell(error, ALLIANCE_E_STATE, "the store takes values only while the host's call is under way");
    }
    if (length > (1u << 20)) return glue::tell(error, ALLIANCE_E_LIMIT, "a stored value may have 1 MiB");
    auto answer = own.ask(Op::put, Writer().text(key).number(version).bytes(bytes, length));
    return plugin::wire::get_error(answer, error);
  });
}

std::int32_t Services::report(void* context, const std::uint8_t* bytes, std::uint64_t length,
                              alliance_error* error) noexcept {
  return guarded(error, asking_failed, [&]() -> int32_t {
    Services& own = self(context);
    if (!own.may_ask() || bytes == nullptr) {
      return glue::tell(error, ALLIANCE_E_STATE, "reports are taken only while the host's call is under way");
    }
    if (length > plugin::wire::most_answer) return glue::tell(error, ALLIANCE_E_LIMIT, "a report may have 16 MiB");
    auto answer = own.ask(Op::report, Writer().bytes(bytes, length));
    return plugin::wire::get_error(answer, error);
  });
}

std::int32_t Services::is_control(void* context) noexcept {
  Services& own = self(context);
  if (!own.may_ask()) return 0;
  try {
    return own.ask(Op::is_control, Writer()).number() != 0 ? 1 : 0;
  } catch (...) {
    return 0;
  }
}

}  // namespace alliance::runner
