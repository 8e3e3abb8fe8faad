// SPDX-License-Identifier: Apache-2.0
// One end of a link that sends, without the link: what to send next, how far the other side is, when to give
// up and when to try again. Instants are microseconds of a clock that only grows; the caller reads it.
#pragma once

#include <deque>
#include <optional>
#include <random>

#include "messaging/delivery.h"

namespace alliance::messaging {

// Pauses that double and are drawn between half and the whole, so that many senders do not come back at once.
class BackOff {
 public:
  BackOff(const Pace& pace, std::uint64_t seed)
      : first_(pace.first_pause), longest_(pace.longest_pause), random_(seed) {}
  std::int64_t next();
  void reset() { failures_ = 0; }

 private:
  std::int64_t first_, longest_;
  unsigned failures_ = 0;
  std::mt19937_64 random_;
};

class Sender {
 public:
  enum class State : std::uint8_t { pausing, opening, open };

  Sender(const Pace& pace, std::uint64_t seed, std::uint64_t acknowledged)
      : pace_(pace), back_off_(pace, seed), acknowledged_(acknowledged), sent_(acknowledged) {}

  State state() const { return state_; }
  bool may_open(std::int64_t now) const { return state_ == State::pausing && now >= resume_; }
  void opening() { state_ = State::opening; }
  void opened() { state_ = State::open; }
  // Everything that was not acknowledged counts as not sent. Says when to try again.
  std::int64_t failed(std::int64_t now);

  std::uint64_t sent() const { return sent_; }  // fetch what lies behind this
  std::uint64_t acknowledged() const { return acknowledged_; }
  bool has_room() const;  // for another chunk of any size
  // Before it is handed to the link: the answer may come at once.
  Result<void> sending(std::uint64_t position, std::size_t bytes, std::int64_t now);
  // True: it went forward. A failure: the other side acknowledged what it was never sent.
  Result<bool> on_acknowledged(std::uint64_t position, std::int64_t now);

  // The receiver said that it is at work.
  void on_under_way(std::int64_t now) { progress_ = now; }

  // What stood in the way is gone: the next pause is a short one.
  void got_through() { back_off_.reset(); }

  // When something happens by itself: the end of a pause, or of patience with a silent receiver.
  std::optional<std::int64_t> wake_at() const;
  bool out_of_patience(std::int64_t now) const;

 private:
  struct UnderWay {
    std::uint64_t position;
    std::size_t bytes;
  };
  Pace pace_;
  BackOff back_off_;
  State state_ = State::pausing;
  std::uint64_t acknowledged_, sent_;
  std::deque<UnderWay> under_way_;
  std::size_t bytes_ = 0;
  std::int64_t resume_ = INT64_MIN;
  std::int64_t progress_ = 0;  // when something was last acknowledged, or the first was sent
};

}  // namespace alliance::messaging
