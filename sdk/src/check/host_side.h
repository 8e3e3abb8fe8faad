// SPDX-License-Identifier: Apache-2.0
// The host that the checker is to a plugin: every service works, in memory, and what was misused is written down.
#pragma once

#include <alliance/plugin.h>

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "common/result.h"

namespace alliance::check {

class HostSide {
 public:
  HostSide(std::string folder, std::string settings);
  HostSide(const HostSide&) = delete;  // the C tables point into it
  HostSide& operator=(const HostSide&) = delete;

  const alliance_services* services() const { return &services_; }

  void offer_nothing() { nothing_ = true; }
  void now(alliance_instant instant) { now_ = instant; }
  // Calls of the host are under way from here to there; the store and reports are open only then.
  void in_call(bool yes);
  // From here on whoever calls is at fault.
  void close() { closed_ = true; }

  // What was done that the contract forbids, each a sentence.
  std::vector<std::string> misuse() const;

 private:
  static HostSide& self(void* context) { return *static_cast<HostSide*>(context); }
  static const void* find(void* context, const char* id) noexcept;
  static void log(void* context, std::int32_t level, const char* message) noexcept;
  static alliance_instant read_clock(void* context) noexcept;
  static std::int32_t encode(void* context, const char* table, const std::uint8_t* json, std::uint64_t length,
                             const alliance_sink* out, alliance_error* error) noexcept;
  static std::int32_t decode(void* context, const char* table, const std::uint8_t* bytes, std::uint64_t length,
                             const alliance_sink* out, alliance_error* error) noexcept;
  static std::int32_t get(void* context, const char* key, std::uint32_t* version, const alliance_sink* out,
                          alliance_error* error) noexcept;
  static std::int32_t put(void* context, const char* key, std::uint32_t version, const std::uint8_t* bytes,
                          std::uint64_t length, alliance_error* error) noexcept;
  static std::int32_t report(void* context, const std::uint8_t* bytes, std::uint64_t length,
                             alliance_error* error) noexcept;
  static std::int32_t is_control(void* context) noexcept;

  void used(const char* service);
  void note(std::string sentence);

  const std::thread::id control_ = std::this_thread::get_id();
  std::string folder_, settings_;
  bool nothing_ = false;
  std::atomic<bool> closed_ = false, in_call_ = false;
  std::atomic<alliance_instant> now_ = 1'700'000'000'000'000;
  mutable std::mutex mutex_;
  std::vector<std::string> misuse_;
  std::map<std::string, std::pair<std::uint32_t, std::vector<std::uint8_t>>> kept_;

  alliance_services services_;
  alliance_log_service log_;
  alliance_clock_service clock_;
  alliance_codec_service codec_;
  alliance_store_service store_;
  alliance_report_service report_;
  alliance_thread_check_service thread_check_;
};

}  // namespace alliance::check
