// SPDX-License-Identifier: Apache-2.0
// Many sheets in batches that stay in the cache, on as many processors as this process may use. Scores are the same
// bytes on every thread (measure.h), and each batch has its own place.
#include "batches.h"

#include <sched.h>

#include <algorithm>
#include <system_error>
#include <thread>

namespace alliance::python {
namespace {

constexpr std::int64_t cells_per_batch = 1 << 15;
constexpr std::int64_t rows_per_thread = 1 << 15;  // fewer are scored before another thread has begun

std::int64_t processors() {
  cpu_set_t mine;
  if (sched_getaffinity(0, sizeof mine, &mine) == 0) return CPU_COUNT(&mine);
  return std::max(1u, std::thread::hardware_concurrency());
}

}  // namespace

Batches::Batches(const alliance_measure_ref& ref, const Answers& answers, const alliance_missing* missing,
                 const Scores& to, bool alone)
    : ref_(ref), missing_(missing), to_(to) {
  const auto items = std::max<std::int64_t>(1, static_cast<std::int64_t>(ref.items));
  const std::int64_t batch = std::max<std::int64_t>(1, cells_per_batch / items);
  std::int64_t row = 0;
  for (const Block& block : answers.blocks) {
    for (std::int64_t first = 0; first < block.rows; first += batch) {
      pieces_.push_back({&block, first, std::min(batch, block.rows - first), row + first});
    }
    row += block.rows;
  }
  const std::int64_t threads = alone ? 1 : std::clamp(row / rows_per_thread, std::int64_t{1}, processors());
  for (std::int64_t at = 0; at < threads; ++at) {
    desks_.push_back({std::vector<double>(static_cast<std::size_t>(batch * items)),
                      std::vector<std::uint8_t>(static_cast<std::size_t>(batch * items)),
                      std::vector<std::uint32_t>(to.count_bytes == nullptr ? 0 : batch * ref.scales)});
  }
}

void Batches::run(const std::function<bool()>& go_on) {
  std::vector<std::jthread> others;
  try {
    for (std::size_t at = 1; at < desks_.size(); ++at) {
      others.emplace_back([this, at] {
        while (next(desks_[at])) {
        }
      });
    }
  } catch (const std::system_error&) {  // no more threads are to be had: those that are there do it
  }
  while (next(desks_.front())) {
    if (!go_on()) stop_ = true;
  }
}

bool Batches::next(Desk& desk) {
  if (stop_) return false;
  const std::size_t at = taken_++;
  if (at >= pieces_.size()) return false;
  const Piece& piece = pieces_[at];
  const auto items = static_cast<std::int64_t>(ref_.items), scales = static_cast<std::int64_t>(ref_.scales);
  gather(*piece.block, piece.first, piece.count, desk.values.data(), desk.states.data());
  const double* from = piece.block->values == nullptr ? desk.values.data() : piece.block->values + piece.first * items;
  const std::int64_t to = piece.to * scales;
  const auto rows = static_cast<std::uint64_t>(piece.count);
  const alliance_sheets sheets{sizeof sheets, 0, rows, ref_.items, from, desk.states.data()};
  const alliance_scores scores{sizeof scores,
                               0,
                               rows,
                               ref_.scales,
                               to_.values + to,
                               to_.states + to,
                               to_.count_bytes == nullptr ? to_.counts + to : desk.counts.data(),
                               to_.bands == nullptr ? nullptr : to_.bands + to};
  alliance_error error = ALLIANCE_ERROR_INIT;
  const std::int32_t status = ref_.table->score_batch(ref_.measure, &sheets, missing_, &scores, &error);
  if (status != ALLIANCE_OK) {
    // Batches are begun in their order, so that the first that fails is the same on any number of threads.
    const std::lock_guard lock(failing_);
    if (at < failed_) {
      failed_ = at;
      status_ = status;
      error_ = error;
    }
    stop_ = true;
    return false;
  }
  if (to_.count_bytes != nullptr) narrow(desk.counts.data(), piece.count * scales, to_.count_bytes + to);
  bad_ += blank(to_.values + to, to_.states + to, piece.count, scales);
  return true;
}

std::int64_t Batches::bad() const {
  check(status_, error_);
  return bad_;
}

}  // namespace alliance::python
