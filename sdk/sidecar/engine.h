// SPDX-License-Identifier: Apache-2.0
// A host per tenant, each with its store and its reports.
#pragma once

#include <alliance/host.hpp>

#include <atomic>
#include <condition_variable>
#include <thread>

#include "feed.h"
#include "settings.h"
#include "words.h"

namespace alliance::sidecar {

using Clock = std::function<std::int64_t()>;  // microseconds since 1970
using Log = std::function<void(std::int32_t level, const std::string& line)>;

struct Tenant {
  Tenant(std::string called, Host its, std::size_t kept) : name(std::move(called)), feed(kept), host(std::move(its)) {}
  std::string name;
  Feed feed;
  Host host;  // it fills the feed until it is closed
  // Definitions as JSON, by "id" or "id@version": they do not change while a host runs.
  Result<std::shared_ptr<const boost::json::value>> definition(const std::string& id, const std::string& version);

 private:
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const boost::json::value>> definitions_;
};

class Engine {
 public:
  struct Outside {
    Clock now;
    Log log;
  };
  // Opens every tenant's store and runs its host. What a plugin folder refuses is logged.
  static Result<std::unique_ptr<Engine>> open(const Settings& settings, Outside outside);
  ~Engine();

  Tenant* find(const std::string& tenant);
  const std::vector<std::unique_ptr<Tenant>>& tenants() const { return tenants_; }
  void on_news(const std::function<void()>& news);

  // What the plugins bring of words in other languages; what cannot be read of it is logged.
  void speak(AllWords& words) const;

  bool in_process() const { return in_process_; }  // no plugin runs in a process of its own

  void advance();                           // time has passed, up to now
  bool passing() const { return !stuck_; }  // it did, the last time

  // No request may be under way. Waits for receivers to acknowledge as long as it is given; what they have not stays
  // in the outbox.
  void close(std::chrono::seconds patience);

 private:
  Engine(int every, std::string plugins, Outside outside)
      : every_(every), plugins_(std::move(plugins)), outside_(std::move(outside)) {}
  Result<void> add(const Settings& settings, const TenantSettings& tenant, const std::string& plugins);
  Result<std::string> copy_of(const std::string& plugins);
  void keep_time();

  const int every_;
  const std::string plugins_;
  Outside outside_;
  std::vector<std::unique_ptr<Tenant>> tenants_;
  std::string copies_;  // folder of the plugins of all tenants but the first
  bool in_process_ = true;
  std::atomic<bool> stuck_{false};
  std::mutex mutex_;
  std::condition_variable ending_;
  bool ended_ = false;
  std::thread time_;
};

// What a call of host.hpp answers, or why it failed.
template <class Call>
auto asked(Call call) -> Result<decltype(call())> {
  try {
    if constexpr (std::is_void_v<decltype(call())>) {
      call();
      return {};
    } else {
      return call();
    }
  } catch (const Error& error) {
    return fail(error.status(), error.message(), error.detail());
  }
}

}  // namespace alliance::sidecar
