// SPDX-License-Identifier: Apache-2.0
// The last reports of a tenant, for streams. A stream is a place in them and holds nothing of its own: who reads too
// slowly is told that something was missed.
#pragma once

#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "values.h"

namespace alliance::sidecar {

struct Kept {
  std::uint64_t number = 0;
  std::string id, case_id, kind, lane;
  std::int64_t time = 0;
  std::string body;  // a Report, one line of JSON
};

class Feed {
 public:
  explicit Feed(std::size_t most, std::size_t most_bytes = std::size_t{64} << 20)
      : most_(most), most_bytes_(most_bytes) {}

  void put(Kept report);
  // Called after each put(), on its thread.
  void on_news(std::function<void()> news);

  struct Piece {
    std::vector<Kept> reports;
    std::uint64_t at = 0;  // to go on from
    bool missed = false;   // some before the first of these are gone
  };
  Piece after(std::uint64_t number, std::size_t most) const;
  std::uint64_t last() const;

  // What a stream calls a place: it is good within this process alone.
  std::string name_of(std::uint64_t number) const;
  std::optional<std::uint64_t> number_of(const std::string& name) const;

 private:
  mutable std::mutex mutex_;
  std::function<void()> news_;
  std::deque<Kept> kept_;
  std::uint64_t last_ = 0;
  std::size_t bytes_ = 0;
  const std::size_t most_, most_bytes_;
  const std::string process_ = made_up();
  static std::string made_up();
};

}  // namespace alliance::sidecar
