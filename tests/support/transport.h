// SPDX-License-Identifier: Apache-2.0
// A transport plugin as a host drives it, and what it said back.
#pragma once

#include <alliance/transport.h>

#include <mutex>
#include <string>
#include <vector>

#include "loopback.h"
#include "test_services.h"

namespace alliance::test {

class OpenTransport {
 public:
  OpenTransport(const plugin::Plugin& plugin, const std::string& id, const std::string& endpoint) : plugin_(plugin) {
    status = plugin.transport->open(plugin.transport, &plugin.services, id.c_str(), endpoint.c_str(), &events_,
                                    &transport_, &error);
  }
  ~OpenTransport() { close(); }
  OpenTransport(const OpenTransport&) = delete;
  OpenTransport& operator=(const OpenTransport&) = delete;

  std::int32_t send(std::uint64_t position, const std::vector<std::uint8_t>& batch) {
    return plugin_.transport->send(transport_, position, batch.data(), batch.size(), &error);
  }
  void close() {
    if (transport_ != nullptr) plugin_.transport->close(transport_);
    transport_ = nullptr;
  }

  struct Heard {
    std::uint64_t acknowledged = 0, refused_position = 0;
    std::int32_t failed = 0, refused = 0;
    std::string sentence, refused_report;
    unsigned under_way = 0;
  };
  Heard heard() const {
    const std::lock_guard lock(mutex_);
    return heard_;
  }
  bool acknowledges(std::uint64_t position) {
    return eventually(
               [&] { return heard().acknowledged >= position || heard().failed != 0 || heard().refused != 0; }) &&
           heard().acknowledged >= position;
  }

  std::int32_t status = 0;
  alliance_error error = ALLIANCE_ERROR_INIT;

 private:
  template <class Note>
  static void note(void* context, Note how) noexcept {
    auto& self = *static_cast<OpenTransport*>(context);
    const std::lock_guard lock(self.mutex_);
    how(self.heard_);
  }

  const plugin::Plugin& plugin_;
  mutable std::mutex mutex_;
  Heard heard_;
  alliance_transport_events events_ = {
      sizeof events_,
      0,
      this,
      [](void* self, std::uint64_t position) noexcept {
        note(self, [&](Heard& heard) { heard.acknowledged = position; });
      },
      [](void* self, std::int32_t why, const char* sentence) noexcept {
        note(self, [&](Heard& heard) { heard.failed = why, heard.sentence = sentence; });
      },
      [](void* self, std::uint64_t position, const char* report, std::int32_t why, const char* sentence) noexcept {
        note(self, [&](Heard& heard) {
          heard.refused = why, heard.refused_position = position, heard.sentence = sentence;
          heard.refused_report = report == nullptr ? "" : report;
        });
      },
      [](void* self) noexcept { note(self, [](Heard& heard) { ++heard.under_way; }); }};
  alliance_transport* transport_ = nullptr;
};

}  // namespace alliance::test
