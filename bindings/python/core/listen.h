// SPDX-License-Identifier: Apache-2.0
// Reports on their way to a program in Python. The host's threads wait here and never for the GIL, so that an
// interpreter that ends, or is busy, cannot hang them: a file descriptor says that there is something to take.
#pragma once

#include <condition_variable>
#include <deque>

#include "core.h"

namespace alliance::python {

class Inbox {
 public:
  Inbox();
  ~Inbox();
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  static std::int32_t take(void* self, const alliance_report* report, alliance_error* error) noexcept;

  int descriptor() const { return event_; }
  void begin();         // somebody listens
  void end() noexcept;  // nobody does: what waits comes again
  // The next report that nobody has seen yet, as a tuple, or None.
  nb::object next();
  // 0: kept; another status: refused, or not now. False when the host no longer waits for an answer.
  bool settle(std::uint64_t ticket, std::int32_t status, const std::string& message);

 private:
  struct Waiting {
    alliance_report report;
    std::string id, tenant, case_id, kind;
    std::vector<std::uint8_t> body;
    bool seen = false;
    std::optional<std::pair<std::int32_t, std::string>> answer;
  };
  std::int32_t wait(const alliance_report& report, alliance_error* error);
  void ring() noexcept;

  std::mutex mutex_;
  std::condition_variable settled_;
  std::map<std::uint64_t, Waiting> waiting_;  // by ticket: at most one per lane
  std::uint64_t tickets_ = 0, listener_ = 0;
  bool listening_ = false;
  int event_ = -1;
};

}  // namespace alliance::python
