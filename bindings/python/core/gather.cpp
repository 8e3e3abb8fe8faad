// SPDX-License-Identifier: Apache-2.0
#include "gather.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

// Compiled for AVX2 as well; which one runs is the processor's.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define WIDE_TOO __attribute__((target_clones("avx2", "default")))
#else
#define WIDE_TOO
#endif

namespace alliance::python {
namespace {

struct Half {
  std::uint16_t bits;
};

double number(Half half) {
  const int exponent = (half.bits >> 10) & 31, fraction = half.bits & 1023;
  const double sign = (half.bits & 0x8000) != 0 ? -1 : 1;
  if (exponent == 31) return fraction != 0 ? std::numeric_limits<double>::quiet_NaN() : sign * INFINITY;
  return sign * (exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(fraction + 1024, exponent - 25));
}
template <class T>
double number(T value) {
  return static_cast<double>(value);
}

// Lanes are of any alignment: Arrow and packed records promise none.
template <class T>
T read(const std::uint8_t* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

template <class T>
void take(const Column& column, std::int64_t first, std::int64_t count, std::size_t items, double* values,
          std::uint8_t* states) {
  const auto* at = static_cast<const std::uint8_t*>(column.data) + first * column.stride;
  for (std::int64_t row = 0; row < count; ++row, at += column.stride, values += items, states += items) {
    const double value = number(read<T>(at));
    *values = value;
    *states = value != value ? ALLIANCE_SKIPPED : ALLIANCE_ANSWERED;
  }
}

void take_cells(const Column& column, std::int64_t first, std::int64_t count, std::size_t items, double* values,
                std::uint8_t* states) {
  switch (column.cell) {
    case Cell::f64:
      return take<double>(column, first, count, items, values, states);
    case Cell::f32:
      return take<float>(column, first, count, items, values, states);
    case Cell::f16:
      return take<Half>(column, first, count, items, values, states);
    case Cell::f80:
      return take<long double>(column, first, count, items, values, states);
    case Cell::i8:
      return take<std::int8_t>(column, first, count, items, values, states);
    case Cell::i16:
      return take<std::int16_t>(column, first, count, items, values, states);
    case Cell::i32:
      return take<std::int32_t>(column, first, count, items, values, states);
    case Cell::i64:
      return take<std::int64_t>(column, first, count, items, values, states);
    case Cell::u8:
      return take<std::uint8_t>(column, first, count, items, values, states);
    case Cell::u16:
      return take<std::uint16_t>(column, first, count, items, values, states);
    case Cell::u32:
      return take<std::uint32_t>(column, first, count, items, values, states);
    case Cell::u64:
      return take<std::uint64_t>(column, first, count, items, values, states);
    case Cell::none:
      break;
  }
  for (std::int64_t row = 0; row < count; ++row) {
    values[row * static_cast<std::int64_t>(items)] = 0;
    states[row * static_cast<std::int64_t>(items)] = ALLIANCE_NOT_PRESENTED;
  }
}

void mark(const Column& column, std::int64_t first, std::int64_t count, std::size_t items, std::uint8_t* states) {
  if (column.mask != nullptr) {
    const std::uint8_t* mask = column.mask + first * column.mask_stride;
    for (std::int64_t row = 0; row < count; ++row, mask += column.mask_stride) {
      if (*mask != 0) states[static_cast<std::size_t>(row) * items] = ALLIANCE_SKIPPED;
    }
  }
  if (column.validity != nullptr) {
    for (std::int64_t row = 0, bit = column.first_bit + first; row < count; ++row, ++bit) {
      if (((column.validity[bit >> 3] >> (bit & 7)) & 1) == 0)
        states[static_cast<std::size_t>(row) * items] = ALLIANCE_SKIPPED;
    }
  }
  if (column.states != nullptr) {
    const std::uint8_t* given = column.states + first * column.states_stride;
    for (std::int64_t row = 0; row < count; ++row, given += column.states_stride) {
      states[static_cast<std::size_t>(row) * items] = *given;
    }
  }
}

WIDE_TOO void mark_nan(const double* values, std::int64_t cells, std::uint8_t* states) {
  for (std::int64_t cell = 0; cell < cells; ++cell) {
    states[cell] = values[cell] != values[cell] ? ALLIANCE_SKIPPED : ALLIANCE_ANSWERED;
  }
}

}  // namespace

void gather(const Block& block, std::int64_t first, std::int64_t count, double* values, std::uint8_t* states) {
  const std::size_t items = block.columns.size();
  if (block.values != nullptr) {
    mark_nan(block.values + first * static_cast<std::int64_t>(items), count * static_cast<std::int64_t>(items), states);
  }
  for (std::size_t item = 0; item < items; ++item) {
    const Column& column = block.columns[item];
    if (block.values == nullptr) take_cells(column, first, count, items, values + item, states + item);
    mark(column, first, count, items, states + item);
  }
}

WIDE_TOO void narrow(const std::uint32_t* from, std::int64_t cells, std::uint8_t* to) {
  for (std::int64_t cell = 0; cell < cells; ++cell) to[cell] = static_cast<std::uint8_t>(from[cell]);
}

WIDE_TOO std::int64_t blank(double* values, const std::uint8_t* states, std::int64_t rows, std::int64_t scales) {
  constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
  const std::int64_t cells = rows * scales;
  for (std::int64_t cell = 0; cell < cells; ++cell) {
    values[cell] = states[cell] == ALLIANCE_SCORED || states[cell] == ALLIANCE_PRORATED ? values[cell] : nothing;
  }
  std::int64_t bad = 0;
  if (scales > 0) {
    for (std::int64_t row = 0; row < rows; ++row) bad += states[row * scales] == ALLIANCE_BAD_SHEET ? 1 : 0;
  }
  return bad;
}

}  // namespace alliance::python
