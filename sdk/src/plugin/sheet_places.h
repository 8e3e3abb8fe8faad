// SPDX-License-Identifier: Apache-2.0
// How the arrays of a call to score lie one behind the other, in a frame or in shared memory: those that the plugin
// reads, and those that it writes. Both sides work it out from the same numbers, the host from its own.
#pragma once

#include <alliance/measure.h>

#include <cstdint>

namespace alliance::plugin {

// Which arrays there are, and what comes besides.
enum Carries : std::uint64_t {
  carries_values = 1,
  carries_states = 2,
  carries_missing = 4,
  wants_values = 8,
  wants_states = 16,
  wants_answered = 32,
  wants_bands = 64,
  lies_in_area = 128,
};

struct SheetCount {
  std::uint64_t rows = 0, items = 0, out_rows = 0, scales = 0;
};

class SheetPlaces {
 public:
  SheetPlaces(std::uint64_t flags, const SheetCount& count);

  std::uint64_t read() const { return read_; }  // bytes; what is written begins behind them
  std::uint64_t written() const { return written_; }

  // For the plugin, over memory aligned to 8 bytes.
  alliance_sheets sheets(const std::uint8_t* read) const;
  alliance_scores scores(std::uint8_t* written) const;

  // For the host: from and to a caller's arrays, from that row on.
  void put(const alliance_sheets& from, std::uint64_t row, std::uint8_t* read) const;
  void take(const std::uint8_t* written, const alliance_scores& to, std::uint64_t row) const;

 private:
  bool has(Carries bit) const { return (flags_ & bit) != 0; }

  std::uint64_t flags_;
  SheetCount count_;
  std::uint64_t states_ = 0, read_ = 0;  // where they begin
  std::uint64_t answered_ = 0, bands_ = 0, out_states_ = 0, written_ = 0;
};

}  // namespace alliance::plugin
