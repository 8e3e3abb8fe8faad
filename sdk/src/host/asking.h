// SPDX-License-Identifier: Apache-2.0
// Answers receivers who ask for the body of a report, on a thread of its own: it is read from the log, and nothing
// that is sent waits for that.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "messaging/message.h"

namespace alliance::host {

class Asking {
 public:
  using Look = std::function<messaging::Reply(const messaging::Ask&)>;
  using Done = std::function<void(const messaging::Reply&)>;
  ~Asking();
  void ask(messaging::Ask ask, Look look, Done done);

 private:
  struct Question {
    messaging::Ask ask;
    Look look;
    Done done;
  };
  void run();

  std::mutex mutex_;
  std::condition_variable something_;
  std::deque<Question> questions_;
  bool stop_ = false;
  std::thread thread_;  // begins with the first question
};

}  // namespace alliance::host
