// SPDX-License-Identifier: Apache-2.0
// Batches that were committed a moment ago, as they are to be sent: delivery takes them from here and need not read
// them back. What is not here lies in the file. Values only.
#pragma once

#include <array>
#include <deque>
#include <optional>
#include <utility>

#include "store/store.h"

namespace alliance::store {

class Recent {
 public:
  static constexpr std::size_t most_bytes = 8u << 20;

  // `takers`: how many endpoints are to have it.
  void add(Lane lane, std::uint64_t position, Bytes batch, std::size_t takers) {
    if (takers == 0 || batch.empty() || batch.size() > most_bytes) return;
    bytes_ += batch.size();
    of(lane).push_back({position, std::move(batch), takers});
    while (bytes_ > most_bytes) drop_front(of(lane).size() > 1 ? lane : other(lane));
  }
  std::optional<Bytes> take(Lane lane, std::uint64_t position) {
    auto& rows = of(lane);
    for (auto row = rows.begin(); row != rows.end() && row->position <= position; ++row) {
      if (row->position < position) continue;
      if (--row->takers > 0) return row->batch;
      Bytes batch = std::move(row->batch);
      bytes_ -= batch.size();
      rows.erase(row);
      return batch;
    }
    return std::nullopt;
  }
  void drop_until(Lane lane, std::uint64_t position) {  // everybody has them
    while (!of(lane).empty() && of(lane).front().position <= position) drop_front(lane);
  }
  void clear() {
    rows_ = {};
    bytes_ = 0;
  }

 private:
  struct Row {
    std::uint64_t position;
    Bytes batch;
    std::size_t takers;
  };
  static Lane other(Lane lane) { return lane == Lane::normal ? Lane::safety : Lane::normal; }
  std::deque<Row>& of(Lane lane) { return rows_[lane == Lane::safety ? 1 : 0]; }
  void drop_front(Lane lane) {
    bytes_ -= of(lane).front().batch.size();
    of(lane).pop_front();
  }
  std::array<std::deque<Row>, 2> rows_;
  std::size_t bytes_ = 0;
};

}  // namespace alliance::store
