// SPDX-License-Identifier: Apache-2.0
// Answers where they lie, column by column, whatever their type, and how a few thousand sheets of them become what the
// C ABI takes. Sees no Python.
#pragma once

#include <alliance/measure.h>

#include <cstdint>
#include <vector>

namespace alliance::python {

enum class Cell : std::uint8_t { none, f64, f32, f16, f80, i8, i16, i32, i64, u8, u16, u32, u64 };

// One item's answers, `stride` bytes apart. Missing is what is NaN, what the mask marks, what the validity bit leaves
// out, and what `states` says; nothing else.
struct Column {
  const void* data = nullptr;
  std::int64_t stride = 0;
  Cell cell = Cell::none;              // none: the item was not presented
  const std::uint8_t* mask = nullptr;  // not 0: missing
  std::int64_t mask_stride = 0;
  const std::uint8_t* validity = nullptr;  // Arrow's bits, 1: there
  std::int64_t first_bit = 0;
  const std::uint8_t* states = nullptr;  // of the ABI
  std::int64_t states_stride = 0;
};

struct Block {
  std::int64_t rows = 0;
  std::vector<Column> columns;  // one per item, in their order
  // The same answers as one row-major array of doubles, where they are that: they are read in place.
  const double* values = nullptr;
};

// Rows `first` to `first + count` of a block. `values` is left alone where the block has its own.
void gather(const Block& block, std::int64_t first, std::int64_t count, double* values, std::uint8_t* states);

// NaN where there is no score, so that nobody adds up what says nothing. The number of bad sheets among the rows.
std::int64_t blank(double* values, const std::uint8_t* states, std::int64_t rows, std::int64_t scales);

// Counts that are known to be below 256.
void narrow(const std::uint32_t* from, std::int64_t cells, std::uint8_t* to);

}  // namespace alliance::python
