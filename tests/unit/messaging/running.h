// SPDX-License-Identifier: Apache-2.0
// A server that runs in this process, and what it kept.
#pragma once

#include <gtest/gtest.h>

#include <atomic>

#include "making.h"
#include "messaging/receiver.h"
#include "messaging/server.h"

namespace alliance::messaging {

// A receiver that keeps in memory. Its memory outlives its server, as a file would.
struct Kept {
  std::mutex mutex;
  HighWater marks;
  std::vector<std::string> ids;
  std::atomic<int> calls = 0;
  std::size_t count() {
    const std::lock_guard lock(mutex);
    return ids.size();
  }
};

class Running {
 public:
  Running(Kept& kept, const std::string& address, Server::Options options = {}) {
    Server::Handlers handlers;
    handlers.settle = [&kept](const Hello&, std::span<const Chunk> chunks) -> Result<Settled> {
      ++kept.calls;
      const std::lock_guard lock(kept.mutex);
      for (const auto& chunk : chunks) {
        for (const auto* one : *flatbuffers::GetRoot<fb::Batch>(chunk.batch.data())->envelopes()) {
          if (kept.marks.raise(
                  {one->tenant()->str(), one->case_()->str(), one->epoch(), static_cast<Lane>(one->lane())},
                  one->sequence())) {
            kept.ids.push_back(one->id()->str());
          }
        }
      }
      kept.marks.keep();
      return Settled{chunks.back().position, std::nullopt};
    };
    handlers.fault = [this](const std::string& line) {
      const std::lock_guard lock(mutex_);
      faults_ += line + "\n";
    };
    auto server = Server::listen(address, std::move(handlers), options);
    EXPECT_TRUE(server) << server.error().message;
    server_ = std::move(*server);
    thread_ = std::thread([this] { EXPECT_TRUE(server_->run()); });
  }
  ~Running() {
    server_->stop();
    thread_.join();
  }
  std::string address() const { return server_->address(); }
  std::string faults() {
    const std::lock_guard lock(mutex_);
    return faults_;
  }

 private:
  std::unique_ptr<Server> server_;
  std::mutex mutex_;
  std::string faults_;
  std::thread thread_;
};

struct Log {
  std::mutex mutex;
  std::string lines;
  Delivery::Log function() {
    return [this](std::int32_t, const std::string& line) {
      const std::lock_guard lock(mutex);
      lines += line + "\n";
    };
  }
  bool has(const std::string& text) {
    const std::lock_guard lock(mutex);
    return lines.find(text) != std::string::npos;
  }
};

inline std::unique_ptr<Link> link_to(const std::string& address, Lane lane = Lane::normal,
                                     const Patience& patience = {}) {
  auto link = socket_link(address, "clinic", lane, patience);
  EXPECT_TRUE(link) << link.error().message;
  return std::move(*link);
}

inline const auto never = [] { return false; };
inline constexpr std::chrono::seconds ten(10);

}  // namespace alliance::messaging
