// SPDX-License-Identifier: Apache-2.0
// Waits for a signal on a thread of its own; what a signal handler may do is too little to end a server in order.
#pragma once

#include <pthread.h>

#include <csignal>
#include <functional>
#include <thread>

namespace alliance::tools {

class EndOnSignal {
 public:
  // Before any other thread begins: they inherit that these signals wait for us.
  EndOnSignal() {
    sigemptyset(&signals_);
    for (const int signal : {SIGTERM, SIGINT, SIGUSR1}) sigaddset(&signals_, signal);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  }
  EndOnSignal(const EndOnSignal&) = delete;
  EndOnSignal& operator=(const EndOnSignal&) = delete;
  void begin(std::function<void()> stop) {
    thread_ = std::thread([this, stop = std::move(stop)] {
      int signal = 0;
      sigwait(&signals_, &signal);
      stop();
    });
  }
  ~EndOnSignal() { end(); }
  void end() {
    if (!thread_.joinable()) return;
    pthread_kill(thread_.native_handle(), SIGUSR1);
    thread_.join();
  }

 private:
  sigset_t signals_{};
  std::thread thread_;
};

}  // namespace alliance::tools
