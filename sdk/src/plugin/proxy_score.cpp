// SPDX-License-Identifier: Apache-2.0
#include "plugin/proxy_score.h"

#include <algorithm>
#include <alliance/error.hpp>

#include "plugin/proxy.h"

namespace alliance::plugin {
namespace {

constexpr std::uint64_t most_cells = std::uint64_t{2} << 20;  // answers, or scores, of one piece

struct Scores {
  std::vector<double> values;
  std::vector<std::uint8_t> states;
  std::vector<std::uint32_t> answered;
  std::vector<std::int32_t> bands;
};

template <class T>
void append(std::vector<T>& to, const std::vector<T>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

std::uint64_t carried(const alliance_sheets& sheets, const alliance_missing* missing, const alliance_scores& out) {
  std::uint64_t flags = 0;
  if (sheets.values != nullptr) flags |= carries_values;
  if (sheets.states != nullptr) flags |= carries_states;
  if (missing != nullptr) flags |= carries_missing;
  if (out.values != nullptr) flags |= wants_values;
  if (out.states != nullptr) flags |= wants_states;
  if (out.answered != nullptr) flags |= wants_answered;
  if (out.bands != nullptr) flags |= wants_bands;
  return flags;
}

bool beyond(std::uint64_t rows, std::uint64_t columns) { return columns != 0 && rows > most_cells / columns; }

}  // namespace

int32_t score_there(wire::Op op, Process::Instance& instance, const alliance_sheets& sheets,
                    const alliance_missing* missing, const alliance_scores& out, alliance_error* error) {
  const std::uint64_t flags = carried(sheets, missing, out);
  std::uint64_t piece = sheets.rows;
  if (beyond(sheets.rows, sheets.items) || beyond(out.rows, out.scales)) {
    piece = most_cells / std::max({sheets.items, out.scales, std::uint64_t{1}});
    if (op != wire::Op::score_batch || out.rows != sheets.rows || piece == 0) {
      return glue::tell(error, ALLIANCE_E_LIMIT, "this is more than one call to a plugin's process may carry");
    }
  }
  Scores all;
  std::uint64_t from = 0;
  do {
    const std::uint64_t rows = std::min(piece, sheets.rows - from);
    const std::uint64_t out_rows = piece == sheets.rows ? out.rows : rows;
    const std::uint64_t cells = rows * sheets.items, first = from * sheets.items;
    auto answer = instance.process->call(op, instance, [&](wire::Writer& to) {
      to.number(flags).number(rows).number(sheets.items).number(out_rows).number(out.scales);
      to.bytes(sheets.values == nullptr ? nullptr : sheets.values + first, sheets.values == nullptr ? 0 : cells * 8);
      to.bytes(sheets.states == nullptr ? nullptr : sheets.states + first, sheets.states == nullptr ? 0 : cells);
      if (missing != nullptr) to.number(static_cast<std::uint32_t>(missing->rule)).number(missing->most);
    });
    if (!answer) return glue::tell(error, answer.error().status, answer.error().message, answer.error().detail);
    if (const int32_t status = wire::get_error(*answer, error); status != ALLIANCE_OK) return status;
    append(all.values, answer->array<double>());
    append(all.states, answer->array());
    append(all.answered, answer->array<std::uint32_t>());
    append(all.bands, answer->array<std::int32_t>());
    from += rows;
  } while (from < sheets.rows);
  const std::uint64_t cells = out.rows * out.scales;
  const auto whole = [&](const void* wanted, std::size_t have) { return wanted == nullptr || have == cells; };
  if (!whole(out.values, all.values.size()) || !whole(out.states, all.states.size()) ||
      !whole(out.answered, all.answered.size()) || !whole(out.bands, all.bands.size())) {
    return glue::tell(error, ALLIANCE_E_INTERNAL, "its answer cannot be read");
  }
  if (out.values != nullptr) std::copy(all.values.begin(), all.values.end(), out.values);
  if (out.states != nullptr) std::copy(all.states.begin(), all.states.end(), out.states);
  if (out.answered != nullptr) std::copy(all.answered.begin(), all.answered.end(), out.answered);
  if (out.bands != nullptr) std::copy(all.bands.begin(), all.bands.end(), out.bands);
  return ALLIANCE_OK;
}

}  // namespace alliance::plugin
