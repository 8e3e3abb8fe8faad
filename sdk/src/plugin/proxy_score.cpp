// SPDX-License-Identifier: Apache-2.0
#include "plugin/proxy_score.h"

#include <algorithm>
#include <alliance/error.hpp>
#include <optional>
#include <vector>

#include "plugin/sheet_places.h"
#include "plugin/told.h"

namespace alliance::plugin {
namespace {

constexpr std::uint64_t most_cells = std::uint64_t{2} << 20;  // answers, or scores, of one piece

constexpr std::uint64_t least_shared = std::uint64_t{16} << 10;  // bytes; fewer go over the socket as fast

struct Scores {
  std::vector<double> values;
  std::vector<std::uint8_t> states;
  std::vector<std::uint32_t> answered;
  std::vector<std::int32_t> bands;

  // As many as the caller wants.
  explicit Scores(const alliance_scores& like) {
    const auto cells = static_cast<std::size_t>(like.rows * like.scales);
    if (like.values != nullptr) values.resize(cells);
    if (like.states != nullptr) states.resize(cells);
    if (like.answered != nullptr) answered.resize(cells);
    if (like.bands != nullptr) bands.resize(cells);
  }
  alliance_scores table(const alliance_scores& like) {
    return {like.size, 0, like.rows, like.scales, values.data(), states.data(), answered.data(), bands.data()};
  }
  void copy_to(const alliance_scores& out) const {
    std::copy(values.begin(), values.end(), out.values);
    std::copy(states.begin(), states.end(), out.states);
    std::copy(answered.begin(), answered.end(), out.answered);
    std::copy(bands.begin(), bands.end(), out.bands);
  }
};

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
  const bool rows_match = op == wire::Op::score_batch && out.rows == sheets.rows;
  std::uint64_t piece = sheets.rows;
  if (beyond(sheets.rows, sheets.items) || beyond(out.rows, out.scales)) {
    piece = most_cells / std::max({sheets.items, out.scales, std::uint64_t{1}});
    if (!rows_match || piece == 0) {
      return glue::tell(error, ALLIANCE_E_LIMIT, "this is more than one call to a plugin's process may carry");
    }
  }
  const SheetPlaces row(flags, {1, sheets.items, 1, out.scales});
  const std::uint64_t row_bytes = std::max<std::uint64_t>(row.read() + row.written(), 1);
  const bool shared = rows_match && piece > least_shared / row_bytes && row_bytes <= area_size;
  if (shared) piece = std::min(piece, area_size / row_bytes);

  // The caller's arrays are written when all is there.
  std::optional<Scores> pieces;
  if (piece < sheets.rows) pieces.emplace(out);
  const alliance_scores to = pieces ? pieces->table(out) : out;
  std::uint64_t from = 0;
  do {
    const std::uint64_t rows = std::min(piece, sheets.rows - from);
    const SheetCount count{rows, sheets.items, piece >= sheets.rows ? out.rows : rows, out.scales};
    const SheetPlaces places(flags, count);
    int32_t status = ALLIANCE_OK;
    const auto add = [&](wire::Writer& body, Process::Area area) {
      body.number(area.empty() ? flags : flags | lies_in_area);
      for (const auto number : {count.rows, count.items, count.out_rows, count.scales}) body.number(number);
      if (missing != nullptr) body.number(static_cast<std::uint32_t>(missing->rule)).number(missing->most);
      places.put(sheets, from, area.empty() ? body.room(places.read()) : area.data());
    };
    const auto take = [&](wire::Reader& answer, Process::Area area) {
      status = wire::get_error(answer, error);
      if (status != ALLIANCE_OK) return;
      const auto written = area.empty() ? answer.bytes() : area.subspan(places.read(), places.written());
      if (written.size() == places.written()) return places.take(written.data(), to, from);
      status = glue::tell(error, ALLIANCE_E_INTERNAL, "its answer cannot be read");
    };
    const auto done = shared ? instance.process->call_sharing(op, instance, add, take)
                             : instance.process->call(op, instance, [&](wire::Writer& body) { add(body, {}); })
                                   .map([&](wire::Reader answer) { take(answer, {}); });
    if (!done) return told(error, done.error());
    if (status != ALLIANCE_OK) return status;
    from += rows;
  } while (from < sheets.rows);
  if (pieces) pieces->copy_to(out);
  return ALLIANCE_OK;
}

}  // namespace alliance::plugin
