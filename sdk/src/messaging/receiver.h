// SPDX-License-Identifier: Apache-2.0
// One end of a link that receives, without the link: what the other side may say and when, and which reports
// were there before.
#pragma once

#include <compare>
#include <map>
#include <optional>

#include "messaging/message.h"

namespace alliance::messaging {

// What one connection has said so far. A failure ends it: its sentence goes to the other side.
class Conversation {
 public:
  struct Step {
    bool greet = false;          // answer with Welcome
    std::optional<Chunk> chunk;  // to be kept, then acknowledged
    std::optional<Reply> reply;  // to what this side asked
  };
  Result<Step> take(Message message);
  bool greeted() const { return hello_.has_value(); }
  const Hello& hello() const { return *hello_; }

 private:
  Result<void> check(const Chunk& chunk) const;
  std::optional<Hello> hello_;
  std::uint64_t position_ = 0;
};

// Numbers of a case only grow within an epoch and a lane, so one number per case tells a repeat from news:
// no window, and a constant cost however long a repeat took to come.
class HighWater {
 public:
  struct Key {
    std::string tenant, case_id;
    std::int64_t epoch = 0;
    Lane lane = Lane::normal;
    auto operator<=>(const Key&) const = default;
  };
  void restore(Key key, std::uint64_t sequence) { marks_[std::move(key)] = sequence; }
  bool knows(const Key& key) const { return raised_.contains(key) || marks_.contains(key); }
  std::uint64_t mark(const Key& key) const;
  // True, and the mark rises, when it is news. What rises counts only once it is kept.
  bool raise(const Key& key, std::uint64_t sequence);
  const std::map<Key, std::uint64_t>& raised() const { return raised_; }
  void keep();    // what was raised is on the disk
  void forget();  // it is not

 private:
  std::map<Key, std::uint64_t> marks_, raised_;
};

}  // namespace alliance::messaging
