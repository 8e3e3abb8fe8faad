// SPDX-License-Identifier: Apache-2.0
#include "plugin/sheet_places.h"

#include <cstring>

namespace alliance::plugin {
namespace {

template <class T, class Byte>
T* array(bool there, Byte* base, std::uint64_t at) {
  return there ? reinterpret_cast<T*>(base + at) : nullptr;
}

template <class T>
void copy(T* to, const void* from, std::uint64_t count) {
  if (count > 0) std::memcpy(to, from, count * sizeof(T));
}

}  // namespace

SheetPlaces::SheetPlaces(std::uint64_t flags, const SheetCount& count) : flags_(flags), count_(count) {
  const std::uint64_t answers = count.rows * count.items, scores = count.out_rows * count.scales;
  states_ = has(carries_values) ? answers * sizeof(double) : 0;
  read_ = states_ + (has(carries_states) ? answers : 0);
  read_ = (read_ + 7) / 8 * 8;
  answered_ = has(wants_values) ? scores * sizeof(double) : 0;
  bands_ = answered_ + (has(wants_answered) ? scores * sizeof(std::uint32_t) : 0);
  out_states_ = bands_ + (has(wants_bands) ? scores * sizeof(std::int32_t) : 0);
  written_ = out_states_ + (has(wants_states) ? scores : 0);
}

alliance_sheets SheetPlaces::sheets(const std::uint8_t* read) const {
  return {sizeof(alliance_sheets),
          0,
          count_.rows,
          count_.items,
          array<const double>(has(carries_values), read, 0),
          array<const std::uint8_t>(has(carries_states), read, states_)};
}

alliance_scores SheetPlaces::scores(std::uint8_t* written) const {
  return {sizeof(alliance_scores),
          0,
          count_.out_rows,
          count_.scales,
          array<double>(has(wants_values), written, 0),
          array<std::uint8_t>(has(wants_states), written, out_states_),
          array<std::uint32_t>(has(wants_answered), written, answered_),
          array<std::int32_t>(has(wants_bands), written, bands_)};
}

void SheetPlaces::put(const alliance_sheets& from, std::uint64_t row, std::uint8_t* read) const {
  const std::uint64_t first = row * count_.items, answers = count_.rows * count_.items;
  if (has(carries_values)) copy(read, from.values + first, answers * sizeof(double));
  if (has(carries_states)) copy(read + states_, from.states + first, answers);
}

void SheetPlaces::take(const std::uint8_t* written, const alliance_scores& to, std::uint64_t row) const {
  const std::uint64_t first = row * count_.scales, scores = count_.out_rows * count_.scales;
  if (has(wants_values)) copy(to.values + first, written, scores);
  if (has(wants_answered)) copy(to.answered + first, written + answered_, scores);
  if (has(wants_bands)) copy(to.bands + first, written + bands_, scores);
  if (has(wants_states)) copy(to.states + first, written + out_states_, scores);
}

}  // namespace alliance::plugin
