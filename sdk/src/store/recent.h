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
  void add(Lane lane, Chunk chunk, std::size_t takers) {
    if (takers == 0 || chunk.batch.empty() || chunk.batch.size() > most_bytes) return;
    bytes_ += chunk.batch.size();
    of(lane).push_back({std::move(chunk), takers});
    while (bytes_ > most_bytes) drop_front(of(lane).size() > 1 ? lane : other(lane));
  }
  std::optional<Chunk> take(Lane lane, std::uint64_t position) {
    auto& rows = of(lane);
    for (auto row = rows.begin(); row != rows.end() && row->chunk.position <= position; ++row) {
      if (row->chunk.position < position) continue;
      if (--row->takers > 0) return row->chunk;
      Chunk chunk = std::move(row->chunk);
      bytes_ -= chunk.batch.size();
      rows.erase(row);
      return chunk;
    }
    return std::nullopt;
  }
  void drop_until(Lane lane, std::uint64_t position) {  // everybody has them
    while (!of(lane).empty() && of(lane).front().chunk.position <= position) drop_front(lane);
  }
  void clear() {
    rows_ = {};
    bytes_ = 0;
  }

 private:
  struct Row {
    Chunk chunk;
    std::size_t takers;
  };
  static Lane other(Lane lane) { return lane == Lane::normal ? Lane::safety : Lane::normal; }
  std::deque<Row>& of(Lane lane) { return rows_[lane == Lane::safety ? 1 : 0]; }
  void drop_front(Lane lane) {
    bytes_ -= of(lane).front().chunk.batch.size();
    of(lane).pop_front();
  }
  std::array<std::deque<Row>, 2> rows_;
  std::size_t bytes_ = 0;
};

}  // namespace alliance::store
