// SPDX-License-Identifier: Apache-2.0
// Serves one link of one endpoint and lane: asks the Sender what to do, and does it, one turn at a time. Waits for
// nothing itself; whoever turns it does (driver.h).
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>

#include "messaging/driver.h"
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
  void wake() { driver_->rouse(); }
  const std::string& endpoint() const { return place_.endpoint; }
  LinkStatus status();
  Lane lane() const { return place_.lane; }
  std::uint64_t acknowledged() const { return acknowledged_; }

 private:
  std::optional<std::int64_t> turn();  // when to turn again, if nothing rouses it before
  void heed();                         // what the link has said since
  void open();
  bool send_some();  // false: nothing to send, or no room
  void heed_opened();
  bool heed_acknowledged();  // false: they broke the link
  void went_forward(std::uint64_t position);
  void refused(const Refusal& refusal);
  Result<void> give_up(const Refusal& refusal, unsigned tries);
  void broken(const Failure& failure);
  Result<void> hand_over(const Chunk& chunk, std::size_t reports);
  void say(std::int32_t level, const std::string& what);

  Shared& shared_;
  const Place place_;
  const std::string name_;  // for the log
  std::unique_ptr<Link> link_;
  Sender sender_;
  std::deque<Chunk> fetched_;
  std::pair<std::pair<std::uint64_t, std::string>, unsigned> tries_;  // of the report that is being refused
  std::atomic<std::uint64_t> acknowledged_, sent_ = 0;
  std::atomic<bool> connected_ = false;

  std::mutex mutex_;  // what follows
  bool heard_opened_ = false, heard_under_way_ = false;
  std::uint64_t heard_ = 0;  // the furthest acknowledgement that came
  std::optional<Failure> heard_failure_;
  std::optional<Refusal> heard_refusal_;
  std::string last_failure_;
  std::unique_ptr<Driver> driver_;  // first to go
};

}  // namespace alliance::messaging
