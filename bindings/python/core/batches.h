// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <limits>
#include <mutex>
#include <vector>

#include "columns.h"

namespace alliance::python {

// Where scores go: rows x scales. Counts as numbers of 32 bits or, where `count_bytes` is not null, of 8.
struct Scores {
  double* values = nullptr;
  std::uint8_t* states = nullptr;
  std::uint32_t* counts = nullptr;
  std::uint8_t* count_bytes = nullptr;
  std::int32_t* bands = nullptr;  // may be null
};

// All sheets of one call. What it is made from must outlive it.
class Batches {
 public:
  // `missing`: null for the definition's own rule. `alone`: on the calling thread only.
  Batches(const alliance_measure_ref& ref, const Answers& answers, const alliance_missing* missing, const Scores& to,
          bool alone);

  // Without the GIL. `go_on` is asked on the calling thread after each of its batches; false ends the work.
  void run(const std::function<bool()>& go_on);
  // How many sheets were bad. Throws what a batch failed for.
  std::int64_t bad() const;

 private:
  struct Piece {
    const Block* block;
    std::int64_t first, count, to;
  };
  struct Desk {  // a thread's own memory
    std::vector<double> values;
    std::vector<std::uint8_t> states;
    std::vector<std::uint32_t> counts;
  };
  bool next(Desk& desk);

  alliance_measure_ref ref_;
  const alliance_missing* missing_;
  Scores to_;
  std::vector<Piece> pieces_;
  std::vector<Desk> desks_;
  std::atomic<std::size_t> taken_{0};
  std::atomic<bool> stop_{false};
  std::atomic<std::int64_t> bad_{0};
  std::mutex failing_;
  std::size_t failed_ = std::numeric_limits<std::size_t>::max();
  std::int32_t status_ = ALLIANCE_OK;
  alliance_error error_ = ALLIANCE_ERROR_INIT;
};

}  // namespace alliance::python
