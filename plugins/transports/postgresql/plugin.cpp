// SPDX-License-Identifier: Apache-2.0
// The transport `postgresql`: one row per report in the table alliance.report of a database (data/inbox.sql). What is
// sent while a transaction is under way travels together in the next one, and is acknowledged once that is committed.
#include <alliance/plugin.hpp>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <mutex>
#include <thread>

#include "address.h"
#include "taking.h"

namespace {

using namespace alliance;
using postgresql::Row;

class Inbox final : public Transport {
 public:
  Inbox(const Services& services, const std::string& endpoint, TransportEvents events)
      : services_(services),
        events_(events),
        taking_(postgresql::settings(endpoint), stop_, services.folder() + "/postgresql/inbox.sql",
                [&services](const std::string& sentence) { services.log(ALLIANCE_LOG_WARNING, sentence); }),
        thread_([this] {
          sigset_t all;
          sigfillset(&all);
          pthread_sigmask(SIG_BLOCK, &all, nullptr);
          run();
        }) {}

  ~Inbox() override {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
    }
    stop_.now();
    something_.notify_one();
    thread_.join();
  }

  void send(std::uint64_t position, ByteView batch) override {
    Chunk chunk{position,
                postgresql::rows_of(batch, [this](const Bytes& report) { return services_.decode("Report", report); })};
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(std::move(chunk));
    }
    something_.notify_one();
  }

 private:
  struct Chunk {
    std::uint64_t position;
    std::vector<Row> rows;
  };

  void run() noexcept {
    for (;;) {
      std::deque<Chunk> together;
      {
        std::unique_lock lock(mutex_);
        something_.wait(lock, [this] { return closing_ || !waiting_.empty(); });
        if (closing_) return;
        together.swap(waiting_);
      }
      try {
        if (!put(together)) return;
      } catch (const Error& error) {
        return events_.failed(error.status(), error.what());
      } catch (const std::exception& error) {
        return events_.failed(ALLIANCE_E_INTERNAL, "the rows could not be put together");
      }
    }
  }

  // False: something of it was refused, and the host was told.
  bool put(const std::deque<Chunk>& together) {
    try {
      taking_.put(all_of(together));
      events_.acknowledged(together.back().position);
      return true;
    } catch (const postgresql::Refused&) {  // which one it is, is found by putting them one after the other
    }
    for (const auto& chunk : together) {
      for (const auto& row : chunk.rows) {
        try {
          const Row* one[] = {&row};
          taking_.put(one);
        } catch (const postgresql::Refused& refused) {
          events_.refused(chunk.position, row.report, refused.status(), refused.what());
          return false;
        }
      }
      events_.acknowledged(chunk.position);
    }
    return true;
  }

  static std::vector<const Row*> all_of(const std::deque<Chunk>& together) {
    std::vector<const Row*> rows;
    for (const auto& chunk : together) {
      for (const auto& row : chunk.rows) rows.push_back(&row);
    }
    return rows;
  }

  Services services_;
  TransportEvents events_;
  postgresql::Stop stop_;
  postgresql::Taking taking_;
  std::mutex mutex_;
  std::condition_variable something_;
  std::deque<Chunk> waiting_;
  bool closing_ = false;
  std::thread thread_;
};

void offer(Plugin& plugin) { plugin.add<Inbox>({"postgresql", "1.0.0", "Reports as rows of a PostgreSQL database"}); }

}  // namespace

ALLIANCE_PLUGIN(offer);
