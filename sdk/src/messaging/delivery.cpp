// SPDX-License-Identifier: Apache-2.0
#include "messaging/delivery.h"

#include <random>

#include "messaging/courier.h"

namespace alliance::messaging {
namespace {

class Couriers final : public Delivery {
 public:
  Couriers(Outbox& outbox, Log log, const Pace& pace)
      : shared_{outbox, std::move(log), pace, {}, {}, {}}, seed_(pace.seed ? pace.seed : std::random_device()()) {}

  void add(const std::string& endpoint, Lane lane, std::unique_ptr<Link> link, std::uint64_t acknowledged) override {
    const std::lock_guard lock(mutex_);
    couriers_.push_back(std::make_unique<Courier>(shared_, Courier::Place{endpoint, lane, acknowledged},
                                                  std::move(link), seed_ + couriers_.size()));
  }

  void remove(const std::string& endpoint) override {
    std::vector<std::unique_ptr<Courier>> leaving;  // ended outside the lock: a link may block for a while
    const std::lock_guard one_at_a_time(removing_);
    {
      const std::lock_guard lock(mutex_);
      for (auto& courier : couriers_) {
        if (courier->endpoint() == endpoint) leaving.push_back(std::move(courier));
      }
      std::erase(couriers_, nullptr);
    }
  }

  void wake() override {
    const std::lock_guard lock(mutex_);
    for (const auto& courier : couriers_) courier->wake();
  }

  bool drain(std::chrono::microseconds timeout, const std::function<bool()>& cancelled) override {
    const auto deadline =
        std::chrono::steady_clock::now() + std::min<std::chrono::microseconds>(timeout, std::chrono::hours(24 * 365));
    struct Goal {
      const Courier* courier;
      std::uint64_t position;
    };
    std::vector<Goal> goals;
    const std::lock_guard all_stay(removing_);
    {
      const std::lock_guard lock(mutex_);
      for (const auto& courier : couriers_) goals.push_back({courier.get(), 0});
    }
    for (auto& goal : goals) {
      const auto last = shared_.outbox.last(goal.courier->lane(), goal.courier->acknowledged());
      if (!last) return false;
      goal.position = *last;
    }
    std::unique_lock lock(shared_.mutex);
    for (;;) {
      std::erase_if(goals, [](const Goal& goal) { return goal.courier->acknowledged() >= goal.position; });
      if (goals.empty()) return true;
      const auto now = std::chrono::steady_clock::now();
      if (now >= deadline || (cancelled && cancelled())) return false;
      shared_.progress.wait_until(lock, std::min(deadline, now + std::chrono::milliseconds(20)));
    }
  }

  std::uint64_t sent() const override { return shared_.reports_sent; }

  std::vector<LinkStatus> status() override {
    const std::lock_guard lock(mutex_);
    std::vector<LinkStatus> out;
    for (const auto& courier : couriers_) out.push_back(courier->status());
    return out;
  }

 private:
  Courier::Shared shared_;
  const std::uint64_t seed_;
  std::mutex removing_;  // before mutex_
  std::mutex mutex_;
  std::vector<std::unique_ptr<Courier>> couriers_;
};

}  // namespace

std::string without_secrets(const std::string& endpoint) {
  std::string out = endpoint.substr(0, endpoint.find('?'));
  const auto slashes = out.find("://");
  const auto at = out.rfind('@');
  if (slashes != std::string::npos && at != std::string::npos && at > slashes) out.erase(slashes + 3, at - slashes - 2);
  constexpr std::string_view password = "password=";
  if (const auto begin = out.find(password); begin != std::string::npos) {
    out.replace(begin + password.size(), out.find(' ', begin) - begin - password.size(), "...");
  }
  return out;
}

bool is_refusal(std::int32_t status) {
  switch (status) {
    case ALLIANCE_OK:
    case ALLIANCE_E_STATE:
    case ALLIANCE_E_IO:
    case ALLIANCE_E_TIMEOUT:
    case ALLIANCE_E_CANCELLED:
    case ALLIANCE_E_INSTANCE:
    case ALLIANCE_E_LIBRARY:
      return false;
    default:
      return true;
  }
}

Result<void> Outbox::give_up(const std::string&, Lane, const Refusal&, unsigned) {
  return fail(ALLIANCE_E_UNSUPPORTED, "this outbox keeps no dead letters");
}

Result<std::uint64_t> Outbox::last(Lane lane, std::uint64_t from) {
  for (;;) {
    const auto chunks = after({}, lane, from, 64);
    if (!chunks) return tl::unexpected(chunks.error());
    if (chunks->empty()) return from;
    from = chunks->back().position;
  }
}

std::unique_ptr<Delivery> Delivery::create(Outbox& outbox, Log log, const Pace& pace) {
  return std::make_unique<Couriers>(outbox, std::move(log), pace);
}

}  // namespace alliance::messaging
