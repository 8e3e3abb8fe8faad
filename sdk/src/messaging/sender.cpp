// SPDX-License-Identifier: Apache-2.0
#include "messaging/sender.h"

#include <algorithm>

namespace alliance::messaging {

std::int64_t BackOff::next() {
  std::int64_t pause = first_;
  for (unsigned i = 0; i < failures_ && pause < longest_; ++i) pause *= 2;
  pause = std::min(pause, longest_);
  ++failures_;
  return pause / 2 + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(pause / 2 + 1));
}

std::int64_t Sender::failed(std::int64_t now) {
  state_ = State::pausing;
  under_way_.clear();
  bytes_ = 0;
  sent_ = acknowledged_;
  resume_ = now + back_off_.next();
  return resume_;
}

bool Sender::has_room() const {
  if (state_ != State::open) return false;
  if (under_way_.empty()) return true;
  return under_way_.size() < pace_.window_chunks && bytes_ < pace_.window_bytes;
}

Result<void> Sender::sending(std::uint64_t position, std::size_t bytes, std::int64_t now) {
  if (position <= sent_) {
    return fail(ALLIANCE_E_INTERNAL,
                "the outbox gave position " + std::to_string(position) + " after " + std::to_string(sent_));
  }
  if (under_way_.empty()) progress_ = now;
  under_way_.push_back({position, bytes});
  bytes_ += bytes;
  sent_ = position;
  return {};
}

Result<bool> Sender::on_acknowledged(std::uint64_t position, std::int64_t now) {
  if (position > sent_) {
    return fail(ALLIANCE_E_BAD_INPUT, "the receiver acknowledged position " + std::to_string(position) +
                                          " and was sent up to " + std::to_string(sent_) +
                                          ": it is no receiver of this outbox");
  }
  if (position <= acknowledged_) return false;
  acknowledged_ = position;
  while (!under_way_.empty() && under_way_.front().position <= position) {
    bytes_ -= under_way_.front().bytes;
    under_way_.pop_front();
  }
  progress_ = now;
  back_off_.reset();  // only now: a receiver that greets and does no more is not a success
  return true;
}

std::optional<std::int64_t> Sender::wake_at() const {
  if (state_ == State::pausing) return resume_;
  if (state_ == State::open && !under_way_.empty()) return progress_ + pace_.acknowledge_within;
  return std::nullopt;
}

bool Sender::out_of_patience(std::int64_t now) const {
  return state_ == State::open && !under_way_.empty() && now >= progress_ + pace_.acknowledge_within;
}

}  // namespace alliance::messaging
