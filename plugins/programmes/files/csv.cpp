// SPDX-License-Identifier: Apache-2.0
#include "csv.h"

#include <algorithm>

namespace alliance::files {
namespace {

bool ends_line(char c) { return c == '\n' || c == '\r'; }

struct Cursor {
  std::string_view text;
  std::size_t at = 0;

  bool done() const { return at >= text.size(); }
  char now() const { return done() ? '\n' : text[at]; }

  // A cell in quotes, from its first one on; a sentence when it is none.
  std::string quoted(std::string& cell) {
    for (++at; !done(); ++at) {
      if (now() != '"') {
        cell += now();
      } else if (at + 1 < text.size() && text[at + 1] == '"') {
        cell += '"';
        ++at;
      } else {
        ++at;
        return {};
      }
    }
    return "a quote is opened and never closed";
  }
  std::string cell(char delimiter, std::string& into) {
    if (!done() && now() == '"') {
      std::string why = quoted(into);
      if (why.empty() && !done() && now() != delimiter && !ends_line(now())) {
        why = "something stands between a closing quote and the delimiter";
      }
      return why;
    }
    for (; !done() && now() != delimiter && !ends_line(now()); ++at) {
      if (now() == '"') return "a quote stands within a cell that does not begin with one";
      into += now();
    }
    return {};
  }
  void end_line() {
    while (!done() && !ends_line(now())) ++at;
    if (!done() && now() == '\r' && at + 1 < text.size() && text[at + 1] == '\n') ++at;
    if (!done()) ++at;
  }
};

}  // namespace

std::vector<CsvRow> csv_rows(std::string_view text, char delimiter) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::vector<CsvRow> rows;
  Cursor in{text};
  std::uint32_t line = 1;
  const auto lines_of = [&](std::size_t from) {  // a CRLF is one end
    std::uint32_t ends = 0;
    for (std::size_t i = from; i < in.at; ++i) {
      ends += text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n'));
    }
    return ends;
  };
  while (!in.done()) {
    const std::size_t begin = in.at;
    CsvRow row;
    row.line = line;
    for (bool more = true; more && row.fault.empty();) {
      row.cells.emplace_back();
      row.fault = in.cell(delimiter, row.cells.back());
      more = !in.done() && in.now() == delimiter;
      if (more) ++in.at;
    }
    if (!row.fault.empty()) {  // what follows its first line may be good
      row.cells.clear();
      in.at = std::min(text.find_first_of("\r\n", begin), text.size());
    }
    in.end_line();
    line += lines_of(begin);
    const bool blank = row.fault.empty() && row.cells.size() == 1 && row.cells[0].empty();
    if (!blank) rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace alliance::files
