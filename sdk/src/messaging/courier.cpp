// SPDX-License-Identifier: Apache-2.0
#include "messaging/courier.h"

#include <alliance/plugin.h>
#include <alliance_schema/envelope_generated.h>

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
      driver_(link_->may_block() ? thread_driver() : coroutine_driver()) {
  driver_->start({[this] { return turn(); }, [this] { link_->close(); }});
}

LinkStatus Courier::status() {
  const std::lock_guard lock(mutex_);
  return {place_.endpoint, place_.lane, connected_, sent_, last_failure_};
}

std::optional<std::int64_t> Courier::turn() {
  heed();
  if (sender_.out_of_patience(now())) {
    broken({ALLIANCE_E_TIMEOUT, "the receiver takes batches and acknowledges none of them", {}});
  }
  if (sender_.may_open(now())) open();
  return send_some() ? now() : sender_.wake_at();
}

void Courier::heed() {
  heed_opened();
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

void Courier::heed_opened() {
  bool again = false;
  {
    const std::lock_guard lock(mutex_);
    if (!std::exchange(heard_opened_, false)) return;
    again = !last_failure_.empty();
  }
  sender_.opened();
  connected_ = true;
  say(again ? ALLIANCE_LOG_INFO : ALLIANCE_LOG_DEBUG, "connected");
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
  const auto hear = [this](auto note) {
    {
      const std::lock_guard lock(mutex_);
      note();
    }
    driver_->rouse();
  };
  events.opened = [this, hear] { hear([this] { heard_opened_ = true; }); };
  events.acknowledged = [this, hear](std::uint64_t position) {
    hear([this, position] { heard_ = std::max(heard_, position); });
  };
  events.failed = [this, hear](Failure failure) {
    hear([this, &failure] {
      if (!heard_failure_) heard_failure_ = std::move(failure);
    });
  };
  events.refused = [this, hear](Refusal refusal) {
    hear([this, &refusal] {
      if (!heard_refusal_) heard_refusal_ = std::move(refusal);
    });
  };
  events.under_way = [this] {
    const std::lock_guard lock(mutex_);
    heard_under_way_ = true;  // heard in time when patience would end
  };
  if (auto ok = link_->open(std::move(events)); !ok) broken(ok.error());
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
    const auto reports = next.reports > 0 ? Result<std::size_t>(next.reports)
                                          : read_batch(next.batch).map([](const fb::Batch* batch) -> std::size_t {
                                              return batch->envelopes()->size();
                                            });
    if (!reports) {
      const Refusal damaged{
          next.position,
          {},
          {ALLIANCE_E_BAD_INPUT,
           "position " + std::to_string(next.position) + " of the outbox is damaged: " + reports.error().message,
           {}}};
      if (give_up(damaged, 1)) return true;
      broken(damaged.why);
      return false;
    }
    if (auto ok = hand_over(next, *reports); !ok) {
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
    heard_opened_ = heard_under_way_ = false;
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

void Courier::say(std::int32_t level, const std::string& what) {
  if (shared_.log) shared_.log(level, name_ + ": " + what);
}

}  // namespace alliance::messaging
