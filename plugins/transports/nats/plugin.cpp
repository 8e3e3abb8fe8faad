// SPDX-License-Identifier: Apache-2.0
// The transport `nats`: reports as messages of a JetStream stream. docs/nats.md says what goes over which subject.
#include <algorithm>
#include <alliance/plugin.hpp>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <random>
#include <thread>

#include "../../shared/member.h"
#include "connection.h"
#include "durability.h"
#include "lineup.h"

namespace {

using namespace alliance;
using namespace alliance::nats;
using Clock = std::chrono::steady_clock;
constexpr auto stream_answers_within = std::chrono::seconds(10);
constexpr auto first_asked_again = std::chrono::seconds(5), last_asked_again = std::chrono::seconds(300);

// What libnats' threads and the host's share. They hold it; the transport ends it.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(const Address& address, TransportEvents events, const Services& services)
      : address_(address), events_(events), services_(services) {}

  void open() {
    const auto self = shared_from_this();
    connection_ = connect(address_, [self] { self->fail(ALLIANCE_E_IO, "the connection to the servers was lost"); });
    const auto info = stream_of(connection_.get(), address_);
    const auto& config = *info->Config;
    const bool limited = config.MaxMsgs > 0 || config.MaxBytes > 0 || config.MaxAge > 0;
    const auto worth = durability({config.Storage == js_MemoryStorage, limited && config.Discard == js_DiscardOld,
                                   static_cast<int>(config.Replicas)},
                                  what_the_servers_say(*info));
    services_.log(ALLIANCE_LOG_INFO, worth.sentence);
    if (address_.by_stream) hold_ = hold_of(worth);
    const auto most = natsConnection_GetMaxPayload(connection_.get());
    most_ = static_cast<std::size_t>(config.MaxMsgSize > 0 ? std::min<std::int64_t>(most, config.MaxMsgSize) : most);
    lineup_.emplace(address_.prefix, most_ / 2);
    natsInbox* inbox = nullptr;
    check(natsInbox_Create(&inbox), "no inbox");
    inbox_ = inbox;
    natsInbox_Destroy(inbox);
    run_ = inbox_.substr(inbox_.rfind('.') + 1);
    answers_ = subscribe(connection_.get(), inbox_ + ".*", [self](natsMsg* message) { self->on_stored(message); });
  }

  void send(std::uint64_t position, ByteView batch) {
    const std::lock_guard lock(mutex_);
    if (closed_) throw Error(ALLIANCE_E_STATE, "the connection to the servers was lost");
    lineup_->add(position, batch);
    pump();
    if (const auto forward = lineup_->forward()) events_.acknowledged(*forward);
  }

  // Every so often: what was not answered, what has been held long enough.
  void tick() noexcept {
    guarded([this] {
      const auto now = Clock::now();
      std::vector<std::string> held;
      for (auto& [id, one] : under_way_) {
        if (!one.stored) {
          if (now > one.since + stream_answers_within) {
            return failed(ALLIANCE_E_TIMEOUT, "the stream did not answer within 10 s: it may have no leader");
          }
        } else if (address_.by_stream) {
          if (now >= one.since + hold_) held.push_back(id);
        } else if (now >=
                   one.since + one.patience) {  // the answer may be lost; whoever had the message drops the repeat
          one.patience = std::min<Clock::duration>(2 * one.patience, last_asked_again);
          one.since = now;
          one.stored = false;
          publish(id, one, "~" + run_ + "." + std::to_string(++one.repeats));
        }
      }
      for (const auto& id : held) take(id);
      if (!under_way_.empty()) events_.under_way();
    });
  }

  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    acknowledgements_.clear();
    answers_.reset();
    connection_.reset();
  }

 private:
  struct Message {
    Outgoing what;
    bool stored = false;
    Clock::time_point since;
    Clock::duration patience = first_asked_again;
    unsigned repeats = 0;
  };

  std::vector<std::string> what_the_servers_say(const jsStreamInfo& stream) const {
    if (!address_.system.empty()) return ask_system(address_, keepers(stream));
    if (!address_.monitor.empty()) return {ask_monitor(address_.monitor, "/jsz?config=true")};
    return {};
  }

  std::chrono::milliseconds hold_of(const Durability& worth) const {
    const double least = worth.after_seconds.value_or(0);
    if (!address_.hold && !worth.after_seconds) {
      throw Error(ALLIANCE_E_DENIED, worth.sentence +
                                         "; ack=stream then needs hold=SECONDS, longer than its servers "
                                         "take to write");
    }
    if (address_.hold && *address_.hold <= least && least > 0) {
      throw Error(ALLIANCE_E_INVALID, worth.sentence + "; hold=" + std::to_string(*address_.hold) + " is too short");
    }
    return std::chrono::milliseconds(address_.hold ? 1000 * *address_.hold
                                                   : static_cast<unsigned>(least > 0 ? 1000 * least + 1000 : 0));
  }

  void pump() {
    while (auto next = lineup_->next()) {
      if (!address_.by_stream && !acknowledgements_.contains(next->tenant)) {
        acknowledgements_[next->tenant] =
            subscribe(connection_.get(), answers_for(next->tenant),
                      [self = shared_from_this()](natsMsg* message) { self->on_acknowledged(message); });
      }
      if (next->batch.size() + 1024 > most_) {
        closed_ = true;
        return events_.refused(next->position, next->first_report, ALLIANCE_E_LIMIT,
                               "its " + std::to_string(next->batch.size()) + " bytes are more than a message may have");
      }
      const auto id = next->id;
      auto& one = under_way_[id];
      one.what = std::move(*next);
      one.since = Clock::now();
      publish(id, one, "");
    }
  }

  void publish(const std::string& id, const Message& one, const std::string& again) {
    const auto number = std::to_string(++published_);
    by_number_[number] = id;
    natsMsg* made = nullptr;
    check(natsMsg_Create(&made, one.what.subject.c_str(), (inbox_ + "." + number).c_str(),
                         reinterpret_cast<const char*>(one.what.batch.data()), static_cast<int>(one.what.batch.size())),
          "a message cannot be made");
    const Owned<natsMsg> message(made);
    check(natsMsgHeader_Set(made, "Nats-Msg-Id", (id + again).c_str()), "a message cannot be made");
    check(natsMsgHeader_Set(made, "Alliance-Message", id.c_str()), "a message cannot be made");
    check(natsMsgHeader_Set(made, "Alliance-Acknowledge", answers_for(one.what.tenant).c_str()),
          "a message cannot be made");
    check(natsConnection_PublishMsg(connection_.get(), made), "a message cannot be sent");
  }

  std::string answers_for(const std::string& tenant) const { return address_.prefix + ".ack." + token(tenant); }

  // The stream's answer.
  void on_stored(natsMsg* message) noexcept {
    guarded([&] {
      const std::string subject = natsMsg_GetSubject(message);
      const auto number = by_number_.find(subject.substr(subject.rfind('.') + 1));
      if (number == by_number_.end()) return;
      const auto found = under_way_.find(number->second);
      by_number_.erase(number);
      if (found == under_way_.end()) return;
      if (natsMsg_IsNoResponders(message)) {
        return failed(ALLIANCE_E_IO, "no stream takes " + address_.prefix + ".report.>, or it has no leader now");
      }
      const auto error = shared::member(data(message), "error");
      if (error != "null") {
        if (shared::member(error, "err_code") == "10054") {
          closed_ = true;
          return events_.refused(found->second.what.position, found->second.what.first_report, ALLIANCE_E_LIMIT,
                                 "it is larger than the stream's limit of a message");
        }
        return failed(ALLIANCE_E_IO, "the stream says: " + std::string(shared::member(error, "description")));
      }
      found->second.stored = true;
      found->second.since = Clock::now();
      if (address_.by_stream && hold_.count() == 0) take(std::string(found->first));
    });
  }

  // The application's.
  void on_acknowledged(natsMsg* message) noexcept {
    guarded([&] {
      const std::string id(data(message));
      const auto found = under_way_.find(id);
      if (found == under_way_.end()) return;
      const auto report = header(message, "Alliance-Refused");
      if (report.empty()) return take(id);
      const auto text = header(message, "Alliance-Status");
      const auto status = static_cast<std::int32_t>(std::strtol(text.c_str(), nullptr, 10));
      closed_ = true;
      events_.refused(found->second.what.position, report, status == 0 ? ALLIANCE_E_BAD_INPUT : status,
                      header(message, "Alliance-Reason"));
    });
  }

  void take(const std::string& id) {
    under_way_.erase(id);
    if (const auto forward = lineup_->taken(id)) events_.acknowledged(*forward);
    pump();
  }

  template <class Work>
  void guarded(Work work) noexcept {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    try {
      work();
    } catch (const Error& error) {
      failed(error.status(), error.what());
    } catch (const std::exception&) {
      failed(ALLIANCE_E_INTERNAL, "an answer could not be dealt with");
    }
  }
  void fail(std::int32_t status, const char* sentence) noexcept {
    const std::lock_guard lock(mutex_);
    if (!closed_) failed(status, sentence);
  }
  void failed(std::int32_t status, const std::string& sentence) {
    closed_ = true;
    events_.failed(status, sentence);
  }

  const Address address_;
  const TransportEvents events_;
  const Services services_;
  std::string inbox_, run_;
  std::size_t most_ = 0;
  std::chrono::milliseconds hold_{0};
  Owned<natsConnection> connection_;

  std::mutex mutex_;  // what follows
  bool closed_ = false;
  std::optional<Lineup> lineup_;
  std::map<std::string, Message> under_way_;
  std::map<std::string, std::string> by_number_;
  std::uint64_t published_ = 0;
  Owned<natsSubscription> answers_;
  std::map<std::string, Owned<natsSubscription>> acknowledgements_;
};

class Nats final : public Transport {
 public:
  Nats(const Services& services, const std::string& endpoint, TransportEvents events)
      : exchange_(std::make_shared<Exchange>(address_of(endpoint), events, services)) {
    try {
      exchange_->open();
    } catch (...) {
      exchange_->close();
      throw;
    }
    clock_ = std::thread([this] {
      sigset_t all;
      sigfillset(&all);
      pthread_sigmask(SIG_BLOCK, &all, nullptr);
      std::unique_lock lock(mutex_);
      while (!something_.wait_for(lock, std::chrono::milliseconds(100), [this] { return closing_; })) exchange_->tick();
    });
  }
  ~Nats() override {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
    }
    something_.notify_one();
    clock_.join();
    exchange_->close();
  }
  void send(std::uint64_t position, ByteView batch) override { exchange_->send(position, batch); }

 private:
  std::shared_ptr<Exchange> exchange_;
  std::mutex mutex_;
  std::condition_variable something_;
  bool closing_ = false;
  std::thread clock_;
};

void offer(Plugin& plugin) { plugin.add<Nats>({"nats", "1.0.0", "Reports over NATS JetStream"}); }

}  // namespace

ALLIANCE_PLUGIN(offer);
