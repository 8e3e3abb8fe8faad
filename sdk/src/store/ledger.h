// SPDX-License-Identifier: Apache-2.0
// Who has acknowledged how far, and what may therefore be deleted. Values only; the store takes it to the disk.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "store/store.h"

namespace alliance::store {

class Ledger {
 public:
  struct Place {
    std::string endpoint;
    Lane lane;
    std::uint64_t position;
  };
  struct Pending {  // to be written with the next transaction
    std::vector<Place> places;
    std::vector<std::uint64_t> gone;       // positions that everybody has and the file has still
    std::array<std::uint64_t, 2> floor{};  // per lane: everything up to here is gone, or goes now
    std::array<std::size_t, 2> takers{};   // per lane: how many endpoints there are
    std::uint64_t acknowledged = 0;        // reports since the store was made
    std::uint64_t ticket = 0;
  };

  // From the file, at opening; rows in the order of their positions, the totals last.
  void restore_row(Lane lane, std::uint64_t position, std::uint64_t reports);
  void restore_place(const std::string& endpoint, Lane lane, std::uint64_t position);
  void restore_totals(std::uint64_t reports, std::uint64_t acknowledged);

  void added(Lane lane, std::uint64_t position, std::uint64_t reports);
  std::optional<std::uint64_t> place(const std::string& endpoint, Lane lane) const;
  // A newcomer begins after what all others have had, and holds back deletion from now on.
  std::uint64_t join(const std::string& endpoint, Lane lane);
  void leave(const std::string& endpoint);
  Result<void> acknowledge(const std::string& endpoint, Lane lane, std::uint64_t position);

  static std::size_t index(Lane lane) { return lane == Lane::safety ? 1 : 0; }
  bool dirty() const { return changes_ != written_; }
  Pending pending() const;
  void wrote(const Pending& pending);

  std::uint64_t last(Lane lane) const { return lanes_[index(lane)].last; }
  std::uint64_t floor(Lane lane) const { return lanes_[index(lane)].floor; }
  // The first chunk behind a position that not everybody has; 0: there is none.
  std::uint64_t next(Lane lane, std::uint64_t position) const;
  std::uint64_t reports() const { return reports_; }
  std::uint64_t acknowledged() const { return acknowledged_; }
  std::uint64_t waiting() const { return reports_ - acknowledged_; }

 private:
  struct Row {
    std::uint64_t position, reports;
  };
  struct LaneState {
    std::deque<Row> rows;  // not yet acknowledged by everyone
    std::uint64_t last = 0;
    std::uint64_t floor = 0;
    std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> places;  // position, change that set it
  };
  void settle(LaneState& lane);

  std::array<LaneState, 2> lanes_;
  std::vector<std::uint64_t> gone_;  // in the order in which they went
  std::uint64_t reports_ = 0, acknowledged_ = 0;
  std::uint64_t changes_ = 0, written_ = 0;
};

}  // namespace alliance::store
