// SPDX-License-Identifier: Apache-2.0
#include "messaging/courier.h"

#include <alliance/plugin.h>
#include <alliance_schema/envelope_generated.h>

#include <csignal>

#include "messaging/message.h"

namespace alliance::messaging {
namespace {

constexpr std::size_t fetch_at_once = 16;

std::int64_t now() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// A vendor's endpoint may carry a password or a token; neither belongs into a log.
std::string without_secrets(const std::string& endpoint) {
  std::string out = endpoint.substr(0, endpoint.find('?'));
  const auto slashes = out.find("://");
  const auto at = out.rfind('@');
  if (slashes != std::string::npos && at != std::string::npos && at > slashes) out.erase(slashes + 3, at - slashes - 2);
  return out;
}

}  // namespace

Courier::Courier(Shared& shared, Place place, std::unique_ptr<Link> link, std::uint64_t seed)
    : shared_(shared),
      place_(std::move(place)),
      name_(without_secrets(place_.endpoint) + (place_.lane == Lane::safety ? " (safety lane)" : " (normal lane)")),
      link_(std::move(link)),
      sender_(shared.pace, seed, place_.acknowledged),
      acknowledged_(place_.acknowledged),
      thread_([this] {
        sigset_t all;  // signals are the embedding program's, for its own threads
        sigfillset(&all);
        pthread_sigmask(SIG_BLOCK, &all, nullptr);
        run();
      }) {}

Courier::~Courier() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  something_.notify_one();
  thread_.join();
}

void Courier::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  something_.notify_one();
}

void Courier::run() {
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      if (stop_) break;
      woken_ = false;
    }
    heed();
    if (sender_.out_of_patience(now())) {
      broken({ALLIANCE_E_TIMEOUT, "the receiver takes batches and acknowledges none of them", {}});
    }
    if (sender_.may_open(now())) open();
    if (!send_some()) wait();
  }
  link_->close();
}

void Courier::heed() {
  std::uint64_t position = 0;
  std::optional<Failure> failure;
  {
    const std::lock_guard lock(mutex_);
    position = std::exchange(heard_, 0);
    failure = std::exchange(heard_failure_, std::nullopt);
  }
  if (position > 0) {
    const auto forward = sender_.on_acknowledged(position, now());
    if (!forward) return broken(forward.error());
    if (*forward) {
      last_failure_.clear();
      if (auto ok = shared_.outbox.acknowledged(place_.endpoint, place_.lane, position); !ok) {
        say(ALLIANCE_LOG_ERROR, "the place cannot be kept: " + ok.error().message);
      }
      acknowledged_ = position;
      const std::lock_guard lock(shared_.mutex);
      shared_.progress.notify_all();
    }
  }
  if (failure) broken(*failure);
}

void Courier::open() {
  sender_.opening();
  Link::Events events;
  events.acknowledged = [this](std::uint64_t position) {
    {
      const std::lock_guard lock(mutex_);
      heard_ = std::max(heard_, position);
    }
    something_.notify_one();
  };
  events.failed = [this](Failure failure) {
    {
      const std::lock_guard lock(mutex_);
      if (!heard_failure_) heard_failure_ = std::move(failure);
    }
    something_.notify_one();
  };
  if (auto ok = link_->open(std::move(events)); !ok) return broken(ok.error());
  sender_.opened();
  say(last_failure_.empty() ? ALLIANCE_LOG_DEBUG : ALLIANCE_LOG_INFO, "connected");
}

bool Courier::send_some() {
  if (!sender_.has_room()) return false;
  if (fetched_.empty()) {
    auto chunks = shared_.outbox.after(place_.lane, sender_.sent(), fetch_at_once);
    if (!chunks) {
      broken(chunks.error());
      return false;
    }
    for (auto& chunk : *chunks) fetched_.push_back(std::move(chunk));
    if (fetched_.empty()) return false;
  }
  while (!fetched_.empty() && sender_.has_room()) {
    if (auto ok = hand_over(fetched_.front()); !ok) {
      broken(ok.error());
      return false;
    }
    fetched_.pop_front();
  }
  return true;
}

Result<void> Courier::hand_over(const Chunk& chunk) {
  const auto batch = read_batch(chunk.batch);
  if (!batch) {
    return fail(ALLIANCE_E_BAD_INPUT,
                "position " + std::to_string(chunk.position) + " of the outbox is damaged: " + batch.error().message);
  }
  const auto reports = (*batch)->envelopes()->size();
  if (auto ok = sender_.sending(chunk.position, chunk.batch.size(), now()); !ok) return ok;
  if (auto ok = link_->send(chunk); !ok) return ok;
  shared_.reports_sent += reports;
  return {};
}

void Courier::broken(const Failure& failure) {
  link_->close();
  fetched_.clear();
  {
    // What came before the end counts; what came with it of the old link does not.
    const std::lock_guard lock(mutex_);
    heard_ = 0;
    heard_failure_.reset();
  }
  const auto pause = sender_.failed(now()) - now();
  const bool news = failure.message != last_failure_;
  last_failure_ = failure.message;
  say(news ? ALLIANCE_LOG_WARNING : ALLIANCE_LOG_DEBUG,
      failure.message + "; trying again in " + std::to_string(std::max<std::int64_t>(pause, 0) / 1000) + " ms");
}

void Courier::wait() {
  const auto until = sender_.wake_at();
  const auto ready = [this] { return stop_ || woken_ || heard_ > 0 || heard_failure_; };
  std::unique_lock lock(mutex_);
  if (!until) return something_.wait(lock, ready);
  const auto left = *until - now();
  if (left > 0) something_.wait_for(lock, std::chrono::microseconds(left), ready);
}

void Courier::say(std::int32_t level, const std::string& what) {
  if (shared_.log) shared_.log(level, name_ + ": " + what);
}

}  // namespace alliance::messaging
