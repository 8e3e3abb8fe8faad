// SPDX-License-Identifier: Apache-2.0
// Serves one link of one endpoint and lane, on a thread of its own: asks the Sender what to do, and does it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "messaging/sender.h"

namespace alliance::messaging {

class Courier {
 public:
  struct Place {
    std::string endpoint;
    Lane lane;
    std::uint64_t acknowledged;
  };
  struct Shared {  // by all couriers of a Delivery
    Outbox& outbox;
    Delivery::Log log;
    Pace pace;
    std::atomic<std::uint64_t> reports_sent = 0;
    std::mutex mutex;
    std::condition_variable progress;  // some courier's acknowledged() has risen
  };

  Courier(Shared& shared, Place place, std::unique_ptr<Link> link, std::uint64_t seed);
  ~Courier();
  void wake();
  Lane lane() const { return place_.lane; }
  std::uint64_t acknowledged() const { return acknowledged_; }

 private:
  void run();
  void heed();  // what the link has said since
  void open();
  bool send_some();  // false: nothing to send, or no room
  void broken(const Failure& failure);
  void wait();
  Result<void> hand_over(const Chunk& chunk);
  void say(std::int32_t level, const std::string& what);

  Shared& shared_;
  const Place place_;
  const std::string name_;  // for the log
  std::unique_ptr<Link> link_;
  Sender sender_;
  std::deque<Chunk> fetched_;
  std::string last_failure_;
  std::atomic<std::uint64_t> acknowledged_;

  std::mutex mutex_;  // what follows
  std::condition_variable something_;
  std::uint64_t heard_ = 0;  // the furthest acknowledgement that came
  std::optional<Failure> heard_failure_;
  bool woken_ = false, stop_ = false;
  std::thread thread_;
};

}  // namespace alliance::messaging
