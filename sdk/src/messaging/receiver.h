// SPDX-License-Identifier: Apache-2.0
// One end of a link that receives, without the link: what the other side may say and when, and which reports
// were there before.
#pragma once

#include <algorithm>
#include <compare>
#include <map>
#include <optional>
#include <string_view>

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
  struct Name {  // a key that borrows its texts
    std::string_view tenant, case_id;
    std::int64_t epoch = 0;
    Lane lane = Lane::normal;
    auto operator<=>(const Name&) const = default;
  };
  struct Key {
    std::string tenant, case_id;
    std::int64_t epoch = 0;
    Lane lane = Lane::normal;
    auto operator<=>(const Key&) const = default;
    operator Name() const { return {tenant, case_id, epoch, lane}; }
  };
  struct Sequences {
    std::uint64_t kept = 0, raised = 0;
    std::uint64_t now() const { return std::max(kept, raised); }
  };
  struct Less {
    using is_transparent = void;
    bool operator()(const Name& a, const Name& b) const { return a < b; }
  };
  using Marks = std::map<Key, Sequences, Less>;
  using Mark = Marks::value_type;

  Mark* find(const Name& name);  // null: not known. Stays where it is
  Mark& add(Key key, std::uint64_t kept) { return *marks_.insert_or_assign(std::move(key), Sequences{kept, 0}).first; }
  // True, and the mark rises, when it is news. What rises counts only once it is kept.
  bool raise(Mark& mark, std::uint64_t sequence);
  bool raise(const Key& key, std::uint64_t sequence);
  const std::vector<Mark*>& raised() const { return raised_; }
  void keep();    // what was raised is on the disk
  void forget();  // it is not

 private:
  Marks marks_;
  std::vector<Mark*> raised_;
  Mark* last_ = nullptr;  // most reports are of the case of the one before
};

}  // namespace alliance::messaging
