// SPDX-License-Identifier: Apache-2.0
// What turns a courier: again and again, when it is roused and when its time has come.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

namespace alliance::messaging {

class Driver {
 public:
  struct Work {
    // Says when to turn again if nothing rouses it before: microseconds of the steady clock.
    std::function<std::optional<std::int64_t>()> turn;
    std::function<void()> end;
  };
  virtual ~Driver() = default;  // returns when end() has returned
  virtual void start(Work work) = 0;
  virtual void rouse() = 0;  // any thread, does not block
};

std::unique_ptr<Driver> thread_driver();     // a thread of its own: its work may block
std::unique_ptr<Driver> coroutine_driver();  // a coroutine on the thread that serves all sockets

}  // namespace alliance::messaging
