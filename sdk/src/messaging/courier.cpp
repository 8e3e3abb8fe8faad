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

LinkStatus Courier::status() {
  const std::lock_guard lock(mutex_);
  return {place_.endpoint, place_.lane, connected_, sent_, last_failure_};
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
  if (!heed_acknowledged()) return;
  std::optional<Failure> failure;
  std::optional<Refusal> refusal;
  {
    const std::lock_guard lock(mutex_);
    if (heard_ > 0) return;  // came just now, and goes first: the next round hears the rest
    if (std::exchange(heard_under_way_, false)) sender_.on_under_way(now());
    failure = std::exchange(heard_failure_, std::nullopt);
    refusal = std::exchange(heard_refusal_, std::nullopt);
  }
  if (refusal) return refused(*refusal);
  if (failure) broken(*failure);
}

bool Courier::heed_acknowledged() {
  std::uint64_t position = 0;
  {
    const std::lock_guard lock(mutex_);
    position = std::exchange(heard_, 0);
  }
  if (position == 0) return true;
  const auto forward = sender_.on_acknowledged(position, now());
  if (!forward) {
    broken(forward.error());
    return false;
  }
  if (*forward) went_forward(position);
  return true;
}

void Courier::went_forward(std::uint64_t position) {
  if (auto ok = shared_.outbox.acknowledged(place_.endpoint, place_.lane, position); !ok) {
    say(ALLIANCE_LOG_ERROR, "the place cannot be kept: " + ok.error().message);
  }
  acknowledged_ = position;
  {
    const std::lock_guard lock(mutex_);
    last_failure_.clear();
  }
  const std::lock_guard lock(shared_.mutex);
  shared_.progress.notify_all();
}

// Counted only when it is about the data: a receiver in trouble must not empty the outbox into dead letters.
void Courier::refused(const Refusal& refusal) {
  if (refusal.position <= sender_.acknowledged() || refusal.position > sender_.sent()) {
    return broken({ALLIANCE_E_BAD_INPUT, "the receiver refused a batch that it was not sent", {}});
  }
  const auto what = std::pair(refusal.position, refusal.report);
  if (is_refusal(refusal.why.status)) {
    if (tries_.first != what) tries_ = {what, 0};
    if (++tries_.second >= shared_.pace.tries) {
      if (auto ok = give_up(refusal, tries_.second); !ok) return broken(ok.error());
      sender_.got_through();
    }
  }
  broken({refusal.why.status,
          (refusal.report.empty() ? "a batch" : "report " + refusal.report) + " was refused: " + refusal.why.message,
          {}});
}

Result<void> Courier::give_up(const Refusal& refusal, unsigned tries) {
  auto ok = shared_.outbox.give_up(place_.endpoint, place_.lane, refusal, tries);
  if (ok) fetched_.clear();
  return ok;
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
  events.refused = [this](Refusal refusal) {
    {
      const std::lock_guard lock(mutex_);
      if (!heard_refusal_) heard_refusal_ = std::move(refusal);
    }
    something_.notify_one();
  };
  events.under_way = [this] {
    const std::lock_guard lock(mutex_);
    heard_under_way_ = true;  // heard in time when patience would end
  };
  if (auto ok = link_->open(std::move(events)); !ok) return broken(ok.error());
  sender_.opened();
  connected_ = true;
  bool again = false;
  {
    const std::lock_guard lock(mutex_);
    again = !last_failure_.empty();
  }
  say(again ? ALLIANCE_LOG_INFO : ALLIANCE_LOG_DEBUG, "connected");
}

bool Courier::send_some() {
  if (!sender_.has_room()) return false;
  if (fetched_.empty()) {
    auto chunks = shared_.outbox.after(place_.endpoint, place_.lane, sender_.sent(), fetch_at_once);
    if (!chunks) {
      broken(chunks.error());
      return false;
    }
    for (auto& chunk : *chunks) fetched_.push_back(std::move(chunk));
    if (fetched_.empty()) return false;
  }
  while (!fetched_.empty() && sender_.has_room()) {
    const auto& next = fetched_.front();
    if (next.batch.empty()) {  // given up as a whole: passed over, in its turn
      if (sender_.sent() > sender_.acknowledged()) return false;
      if (auto ok = sender_.sending(next.position, 0, now()).and_then([&] {
            return sender_.on_acknowledged(next.position, now());
          });
          !ok) {
        broken(ok.error());
        return false;
      }
      went_forward(next.position);
      fetched_.pop_front();
      continue;
    }
    const auto batch = read_batch(next.batch);
    if (!batch) {
      const Refusal damaged{
          next.position,
          {},
          {ALLIANCE_E_BAD_INPUT,
           "position " + std::to_string(next.position) + " of the outbox is damaged: " + batch.error().message,
           {}}};
      if (give_up(damaged, 1)) return true;
      broken(damaged.why);
      return false;
    }
    if (auto ok = hand_over(next, (*batch)->envelopes()->size()); !ok) {
      const auto position = next.position;
      if (!heed_acknowledged()) return false;  // what the link took before it failed
      // Two statuses alone say that it is the batch: a transport whose password is out of date must not empty the
      // outbox into dead letters.
      if (ok.error().status == ALLIANCE_E_BAD_INPUT || ok.error().status == ALLIANCE_E_LIMIT) {
        refused({position, {}, ok.error()});
      } else {
        broken(ok.error());
      }
      return false;
    }
    fetched_.pop_front();
  }
  return true;
}

Result<void> Courier::hand_over(const Chunk& chunk, std::size_t reports) {
  if (auto ok = sender_.sending(chunk.position, chunk.batch.size(), now()); !ok) return ok;
  if (auto ok = link_->send(chunk); !ok) return ok;
  shared_.reports_sent += reports;
  sent_ += reports;
  return {};
}

void Courier::broken(const Failure& failure) {
  link_->close();
  connected_ = false;
  fetched_.clear();
  bool news = false;
  {
    // What came before the end counts; what came with it of the old link does not.
    const std::lock_guard lock(mutex_);
    heard_ = 0;
    heard_failure_.reset();
    heard_refusal_.reset();
    news = failure.message != last_failure_;
    last_failure_ = failure.message;
  }
  const auto pause = sender_.failed(now()) - now();
  say(news ? ALLIANCE_LOG_WARNING : ALLIANCE_LOG_DEBUG,
      failure.message + "; trying again in " + std::to_string(std::max<std::int64_t>(pause, 0) / 1000) + " ms");
}

void Courier::wait() {
  const auto until = sender_.wake_at();
  const auto ready = [this] { return stop_ || woken_ || heard_ > 0 || heard_failure_ || heard_refusal_; };
  std::unique_lock lock(mutex_);
  if (!until) return something_.wait(lock, ready);
  const auto left = *until - now();
  if (left > 0) something_.wait_for(lock, std::chrono::microseconds(left), ready);
}

void Courier::say(std::int32_t level, const std::string& what) {
  if (shared_.log) shared_.log(level, name_ + ": " + what);
}

}  // namespace alliance::messaging
