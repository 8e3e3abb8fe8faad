// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <thread>

#include "messaging/driver.h"

namespace alliance::messaging {
namespace {

class ThreadDriver final : public Driver {
 public:
  ~ThreadDriver() override {
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
    }
    something_.notify_one();
    if (thread_.joinable()) thread_.join();
  }

  void start(Work work) override {
    thread_ = std::thread([this, work = std::move(work)] {
      sigset_t all;  // signals are the embedding program's, for its own threads
      sigfillset(&all);
      pthread_sigmask(SIG_BLOCK, &all, nullptr);
      while (begin_turn()) wait(work.turn());
      work.end();
    });
  }

  void rouse() override {
    {
      const std::lock_guard lock(mutex_);
      roused_ = true;
    }
    something_.notify_one();
  }

 private:
  bool begin_turn() {
    const std::lock_guard lock(mutex_);
    roused_ = false;
    return !stop_;
  }

  void wait(std::optional<std::int64_t> until) {
    const auto ready = [this] { return stop_ || roused_; };
    std::unique_lock lock(mutex_);
    if (!until) return something_.wait(lock, ready);
    const auto left = std::chrono::microseconds(*until) - std::chrono::steady_clock::now().time_since_epoch();
    if (left.count() > 0) something_.wait_for(lock, left, ready);
  }

  std::mutex mutex_;
  std::condition_variable something_;
  bool roused_ = false, stop_ = false;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<Driver> thread_driver() { return std::make_unique<ThreadDriver>(); }

}  // namespace alliance::messaging
