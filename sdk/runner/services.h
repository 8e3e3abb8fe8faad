// SPDX-License-Identifier: Apache-2.0
// The host's services as the plugin sees them here. What needs the host is asked over the socket, on the thread that
// the host called and only while it waits; JSON becomes bytes in this process.
#pragma once

#include <alliance/plugin.h>

#include <atomic>
#include <chrono>
#include <deque>
#include <mutex>
#include <string>
#include <thread>

#include "plugin/wire.h"

namespace alliance::runner {

class Services {
 public:
  Services(int socket, std::string folder, std::string config, std::uint64_t offered);
  Services(const Services&) = delete;  // the C tables point into it
  Services& operator=(const Services&) = delete;

  const alliance_services* table() const { return &services_; }

  // From here on, on this thread: the host hears at any time what is said over this socket. -1: nobody does.
  void speak_over(int socket);
  Result<plugin::wire::Frame> receive() { return inlet_.receive(plugin::wire::no_deadline); }
  void say(plugin::wire::Op op, const plugin::wire::Writer& body);

  // The host's call is under way from here until the reply has left.
  void begin();
  Result<void> reply(const plugin::wire::Writer& body);

 private:
  struct Line {
    std::int32_t level;
    std::string text;
  };
  static Services& self(void* context) { return *static_cast<Services*>(context); }
  static const void* find(void* context, const char* id) noexcept;
  static void log(void* context, std::int32_t level, const char* message) noexcept;
  static alliance_instant now(void* context) noexcept;
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

  bool may_ask() const { return in_call_ && std::this_thread::get_id() == called_; }
  plugin::wire::Reader ask(plugin::wire::Op op, const plugin::wire::Writer& body);
  void send_line(const Line& line);

  int socket_;
  plugin::wire::Inlet inlet_;  // of this socket
  const std::string folder_, config_;
  const std::uint64_t offered_;
  std::atomic<std::thread::id> called_ = std::this_thread::get_id();
  std::mutex mutex_;    // of what is sent, and of the lines
  bool heard_ = false;  // between calls too
  std::atomic<bool> in_call_ = false;
  std::deque<Line> lines_;  // written while nobody listened
  std::atomic<alliance_instant> last_now_ = 0;
  std::atomic<std::chrono::steady_clock::rep> last_at_ = 0;

  alliance_services services_;
  alliance_log_service log_;
  alliance_clock_service clock_;
  alliance_codec_service codec_;
  alliance_store_service store_;
  alliance_report_service report_;
  alliance_thread_check_service thread_check_;
};

}  // namespace alliance::runner
