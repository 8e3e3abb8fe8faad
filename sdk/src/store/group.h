// SPDX-License-Identifier: Apache-2.0
// Group commit by the callers: the first to arrive commits for all that wait. Nobody else's thread is needed,
// and one caller alone pays what a bare commit costs.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <span>
#include <vector>

#include "common/result.h"

namespace alliance::store {

inline constexpr std::size_t group_limit = 1024;  // entries in one transaction, unless one caller brings more

template <class Request>  // with a member `std::size_t weight() const`
class Group {
 public:
  // `write` takes all of them to the disk or none, and is never called twice at once.
  using Write = std::function<Result<void>(std::span<Request* const>)>;
  explicit Group(Write write) : write_(std::move(write)) {}

  Result<void> commit(Request& request) {
    Waiting self{&request, {}, {}, {}};
    std::unique_lock lock(mutex_);
    waiting_.push_back(&self);
    if (leading_) self.turn.wait(lock, [&] { return self.done || self.leads; });
    if (self.done) return self.result;

    leading_ = true;
    const std::vector<Waiting*> group = take();
    lock.unlock();
    std::vector<Request*> requests;
    requests.reserve(group.size());
    for (auto* one : group) requests.push_back(one->request);
    const Result<void> result = write_(requests);
    lock.lock();
    for (auto* one : group) {
      one->result = result;
      one->done = true;
      if (one != &self) one->turn.notify_one();  // under the lock: its stack frame may go as soon as it is let go
    }
    if (waiting_.empty()) {
      leading_ = false;
    } else {  // the next in line leads, so that nobody commits for others for ever
      waiting_.front()->leads = true;
      waiting_.front()->turn.notify_one();
    }
    return result;
  }

 private:
  struct Waiting {
    Request* request;
    Result<void> result;
    std::condition_variable turn;
    bool done = false;
    bool leads = false;
  };

  std::vector<Waiting*> take() {
    std::vector<Waiting*> group;
    std::size_t weight = 0;
    while (!waiting_.empty()) {
      const std::size_t more = waiting_.front()->request->weight();
      if (!group.empty() && weight + more > group_limit) break;
      weight += more;
      group.push_back(waiting_.front());
      waiting_.pop_front();
    }
    return group;
  }

  Write write_;
  std::mutex mutex_;
  std::deque<Waiting*> waiting_;
  bool leading_ = false;
};

}  // namespace alliance::store
