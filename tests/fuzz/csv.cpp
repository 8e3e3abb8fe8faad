// SPDX-License-Identifier: Apache-2.0
// A CSV file from anywhere. The first byte says in pieces of what size it is read: pieces make no difference.
#include <algorithm>
#include <string_view>
#include <vector>

#include "csv_reader.h"
#include "require.h"

namespace {

namespace csv = alliance::tools::csv;
using alliance::fuzz::require;

struct Row {
  std::vector<std::string> cells;
  std::uint64_t line;
  std::string fault;
  bool operator==(const Row&) const = default;
};

std::vector<Row> read(std::string_view text, std::size_t piece, char delimiter) {
  std::vector<Row> rows;
  csv::Reader reader(delimiter, [&](const csv::Record& record) {
    Row row{{}, record.line(), record.fault()};
    if (row.fault.empty()) {
      for (std::size_t i = 0; i < record.size(); ++i) row.cells.emplace_back(record.cell(i));
      require(!row.cells.empty(), "a good record has a cell");
    }
    require(rows.empty() || rows.back().line <= row.line, "lines go forward");
    rows.push_back(std::move(row));
    return true;
  });
  for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) {
    require(reader.feed(text.substr(0, piece)), "who wants more gets more");
  }
  reader.finish();
  return rows;
}

std::string quoted(const std::string& cell) {
  std::string out = "\"";
  for (const char c : cell) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  const char delimiter = data[0] % 2 == 0 ? ',' : ';';
  const auto whole = read(text, std::max<std::size_t>(1, text.size()), delimiter);
  require(read(text, std::size_t{1} + data[0] % 16, delimiter) == whole, "pieces make no difference");

  // What was read and is written again in quotes is read as it was.
  std::string again;
  std::vector<std::vector<std::string>> cells;
  for (const auto& row : whole) {
    if (!row.fault.empty()) continue;
    cells.push_back(row.cells);
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      if (i > 0) again += delimiter;
      again += quoted(row.cells[i]);
    }
    again += "\r\n";
  }
  if (again.size() > csv::Reader::longest_record) return 0;
  std::vector<std::vector<std::string>> second;
  for (const auto& row : read(again, again.size() + 1, delimiter)) second.push_back(row.cells);
  require(second == cells, "cells in quotes come back");

  std::string fault;
  (void)csv::split(text, delimiter, fault);
  return 0;
}
