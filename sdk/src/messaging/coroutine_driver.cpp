// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>
#include <chrono>

#include "messaging/driver.h"
#include "messaging/io_thread.h"

namespace alliance::messaging {
namespace {

namespace asio = boost::asio;
constexpr auto quiet = asio::as_tuple(asio::use_awaitable);

// Lives on the io thread, for as long as something there still speaks of it.
class Turning : public std::enable_shared_from_this<Turning> {
 public:
  Turning(asio::io_context& context, Driver::Work work) : work_(std::move(work)), timer_(context) {}

  std::future<void> start() {
    asio::co_spawn(timer_.get_executor(), run(), asio::detached);
    return ended_.get_future();
  }
  void rouse() {
    if (called_.exchange(true)) return;  // a call that has not been answered stands for all
    asio::post(timer_.get_executor(), [self = shared_from_this()] {
      self->called_ = false;
      self->roused_ = true;
      self->timer_.cancel();
    });
  }
  void stop() {
    asio::post(timer_.get_executor(), [self = shared_from_this()] {
      self->stop_ = true;
      self->timer_.cancel();
    });
  }

 private:
  using Clock = asio::steady_timer::clock_type;

  asio::awaitable<void> run() {
    const auto self = shared_from_this();
    while (!stop_) {
      roused_ = false;
      const auto until = work_.turn();
      timer_.expires_at(until ? Clock::time_point(std::chrono::microseconds(*until)) : Clock::time_point::max());
      if (!stop_ && !roused_) co_await timer_.async_wait(quiet);  // even of no length: others have their turn
    }
    work_.end();
    work_ = {};
    ended_.set_value();
  }

  Driver::Work work_;
  asio::steady_timer timer_;
  std::promise<void> ended_;
  std::atomic<bool> called_ = false;
  bool roused_ = false, stop_ = false;
};

class CoroutineDriver final : public Driver {
 public:
  CoroutineDriver() : io_(IoThread::shared()) {}
  ~CoroutineDriver() override {
    if (!turning_) return;
    turning_->stop();
    ended_.wait();
  }
  void start(Work work) override {
    turning_ = std::make_shared<Turning>(io_->context(), std::move(work));
    ended_ = turning_->start();
  }
  void rouse() override { turning_->rouse(); }

 private:
  std::shared_ptr<IoThread> io_;
  std::shared_ptr<Turning> turning_;
  std::future<void> ended_;
};

}  // namespace

std::unique_ptr<Driver> coroutine_driver() { return std::make_unique<CoroutineDriver>(); }

}  // namespace alliance::messaging
