// SPDX-License-Identifier: Apache-2.0
// What the host offers to a plugin, as C++. A Services is a borrowed pointer: copy it freely, keep it
// until the plugin ends. A service that this host does not offer is an Error with
// ALLIANCE_E_UNSUPPORTED; only log() is silent then.
#pragma once

#include <alliance/plugin.h>
#include <alliance/error.hpp>

#include <optional>

namespace alliance {

class Services {
 public:
  explicit Services(const alliance_services* raw) : raw_(raw) {
    if (!ALLIANCE_HAS(alliance_services, raw, get_service) || raw->get_service == nullptr) {
      throw Error(ALLIANCE_E_INVALID, "the host handed over no services");
    }
  }

  // Where the plugin's own data lie; empty when it is linked in.
  std::string folder() const { return raw_->folder == nullptr ? "" : raw_->folder; }
  // A JSON object.
  std::string config() const { return raw_->config == nullptr ? "{}" : raw_->config; }

  // One line without a name, an answer or any free text of a person.
  void log(std::int32_t level, const std::string& line) const noexcept {
    const auto* service = look<alliance_log_service>(ALLIANCE_SERVICE_LOG);
    if (ALLIANCE_HAS(alliance_log_service, service, log)) service->log(service->context, level, line.c_str());
  }

  alliance_instant now() const {
    const auto* service = need<alliance_clock_service>(ALLIANCE_SERVICE_CLOCK, offsetof(alliance_clock_service, now));
    return service->now(service->context);
  }

  // JSON to the bytes of a schema table ("Instrument", "Programme", ...).
  Bytes encode(const char* table, std::string_view json) const {
    const auto* service =
        need<alliance_codec_service>(ALLIANCE_SERVICE_CODEC, offsetof(alliance_codec_service, decode));
    glue::Collector out;
    alliance_error error = ALLIANCE_ERROR_INIT;
    glue::throw_if(service->encode(service->context, table, reinterpret_cast<const std::uint8_t*>(json.data()),
                                   json.size(), out.sink(), &error),
                   error, "encoding JSON");
    return out.take();
  }

  // The bytes of a schema table, verified, to one line of JSON.
  std::string decode(const char* table, ByteView bytes) const {
    const auto* service =
        need<alliance_codec_service>(ALLIANCE_SERVICE_CODEC, offsetof(alliance_codec_service, decode));
    glue::Collector out;
    alliance_error error = ALLIANCE_ERROR_INIT;
    glue::throw_if(service->decode(service->context, table, bytes.data(), bytes.size(), out.sink(), &error), error,
                   "decoding to JSON");
    return out.text();
  }

  // The plugin's own keys, kept per case, usable only while a call of the host is under way.
  struct Kept {
    std::uint32_t version;  // the plugin's own number of the format
    Bytes bytes;
  };
  std::optional<Kept> get(const char* key) const {
    const auto* service = need<alliance_store_service>(ALLIANCE_SERVICE_STORE, offsetof(alliance_store_service, put));
    glue::Collector out;
    std::uint32_t version = 0;
    alliance_error error = ALLIANCE_ERROR_INIT;
    const std::int32_t status = service->get(service->context, key, &version, out.sink(), &error);
    if (status == ALLIANCE_E_NOT_FOUND) return std::nullopt;
    glue::throw_if(status, error, "reading from the store");
    return Kept{version, out.take()};
  }
  void put(const char* key, std::uint32_t version, ByteView bytes) const {
    const auto* service = need<alliance_store_service>(ALLIANCE_SERVICE_STORE, offsetof(alliance_store_service, put));
    alliance_error error = ALLIANCE_ERROR_INIT;
    glue::throw_if(service->put(service->context, key, version, bytes.data(), bytes.size(), &error), error,
                   "writing to the store");
  }

  // Bytes of a Report.
  void report(ByteView bytes) const {
    const auto* service =
        need<alliance_report_service>(ALLIANCE_SERVICE_REPORT, offsetof(alliance_report_service, report));
    alliance_error error = ALLIANCE_ERROR_INIT;
    glue::throw_if(service->report(service->context, bytes.data(), bytes.size(), &error), error, "reporting");
  }

  bool on_control() const {
    const auto* service = need<alliance_thread_check_service>(ALLIANCE_SERVICE_THREAD_CHECK,
                                                              offsetof(alliance_thread_check_service, is_control));
    return service->is_control(service->context) == 1;
  }

  // The table of any service, a vendor's own among them, or null.
  template <class Table>
  const Table* look(const char* id) const noexcept {
    return static_cast<const Table*>(raw_->get_service(raw_->context, id));
  }

  const alliance_services* raw() const noexcept { return raw_; }

 private:
  template <class Table>
  const Table* need(const char* id, std::size_t last_slot) const {
    const auto* service = look<Table>(id);
    if (service == nullptr || service->size < last_slot + sizeof(void (*)())) {
      throw Error(ALLIANCE_E_UNSUPPORTED, std::string("this host does not offer ") + id);
    }
    return service;
  }

  const alliance_services* raw_;
};

}  // namespace alliance
