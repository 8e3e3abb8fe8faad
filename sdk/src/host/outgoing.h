// SPDX-License-Identifier: Apache-2.0
// Where reports go, and what became of them: endpoints, delivery, dead letters.
#pragma once

#include <alliance_schema/config_generated.h>
#include <alliance_schema/outbox_generated.h>

#include <map>
#include <memory>
#include <span>
#include <string>

#include "host/asking.h"
#include "host/handing.h"
#include "host/links.h"
#include "host/one_report.h"
#include "host/streams.h"

namespace alliance::host {

class Outgoing {
 public:
  struct Means {
    std::string tenant;
    const fb::HostConfigT& config;
    store::Store& store;
    Streams& streams;
    plugin::Registry& plugins;
    std::function<std::int64_t()> now;
    messaging::Delivery::Log log;
    // One report for a person who may see it; the reading is written down.
    std::function<Result<OneReport>(const std::string& case_id, const std::string& id, const Viewer& viewer)> report;
  };
  explicit Outgoing(Means means);

  Result<void> connect(const std::string& endpoint);
  Result<void> receive(const std::string& name, const Taker& taker);
  Result<void> forget(const std::string& endpoint);

  Result<void> run();
  void wake();
  bool drain(std::chrono::microseconds timeout, const std::function<bool()>& cancelled);
  std::uint64_t sent() const;

  Result<fb::OutboxStatusT> status();
  Result<fb::DeadLetterListT> dead_letters(std::uint64_t number);  // 0: all of them, without their reports
  Result<std::uint64_t> resend(std::uint64_t number);              // 0: all of them; how many
  Result<std::uint64_t> resend_safety(std::int64_t now);           // those whose time has come

 private:
  Result<std::unique_ptr<messaging::Link>> link(const std::string& endpoint, messaging::Lane lane);
  messaging::Reply reply(const std::string& endpoint, const messaging::Ask& ask);
  Result<void> add(const std::string& endpoint, const Taker* taker);
  Result<void> deliver(const std::string& endpoint);
  Result<std::uint64_t> send_again(std::vector<store::DeadLetter> letters);
  void name_the_forgotten();

  Means means_;
  StoreOutbox outbox_;
  std::map<std::string, std::optional<Taker>> endpoints_;
  Asking asking_;
  std::unique_ptr<messaging::Delivery> delivery_;  // first to go: its links use plugins, and ask
};

}  // namespace alliance::host
