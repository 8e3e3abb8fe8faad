// SPDX-License-Identifier: Apache-2.0
#include "score_columns.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "common/text.h"
#include "review_escape.h"

namespace alliance::tools::score {
namespace {

bool is_number(std::string_view text) {
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  return !text.empty() && read.ec == std::errc() && read.ptr == text.data() + text.size();
}

std::string columns_listed(const std::vector<std::string>& names) {
  constexpr std::size_t most = 12;
  std::string list;
  for (std::size_t i = 0; i < names.size() && i < most; ++i) list += (i == 0 ? "" : ", ") + shown(names[i]);
  return names.size() > most ? list + ", ..." : list;
}

Result<std::vector<std::size_t>> by_name(const std::vector<std::string>& header,
                                         const std::vector<std::string>& names) {
  std::vector<std::size_t> columns;
  for (const std::string& name : names) {
    const auto at = std::find(header.begin(), header.end(), name);
    if (at == header.end()) {
      return fail(ALLIANCE_E_INVALID,
                  "the header has no column " + shown(name) + "; its columns are " + columns_listed(header));
    }
    if (std::find(at + 1, header.end(), name) != header.end()) {
      return fail(ALLIANCE_E_BAD_INPUT, "the header has two columns called " + shown(name) + ": rename one of them");
    }
    columns.push_back(static_cast<std::size_t>(at - header.begin()));
  }
  return columns;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string shown(std::string_view text) {
  const auto front = front_of(text, 60);
  return review::terminal_text(front) + (front.size() < text.size() ? "..." : "");
}

Result<std::vector<std::size_t>> choose_columns(const std::vector<std::string>& header,
                                                const std::vector<std::string>& items,
                                                const std::vector<std::string>& wanted) {
  if (!wanted.empty()) {
    if (wanted.size() != items.size()) {
      return fail(ALLIANCE_E_INVALID, "--columns names " + std::to_string(wanted.size()) +
                                          " columns and the instrument has " + std::to_string(items.size()) + " items");
    }
    if (std::set<std::string>(wanted.begin(), wanted.end()).size() != wanted.size()) {
      return fail(ALLIANCE_E_INVALID, "--columns names a column twice");
    }
    return by_name(header, wanted);
  }
  const bool numbers = std::all_of(header.begin(), header.end(), is_number);
  const auto known = std::count_if(items.begin(), items.end(), [&](const std::string& item) {
    return std::find(header.begin(), header.end(), item) != header.end();
  });
  // Items may be called 1, 2, 3: a line of numbers is a header only if it counts them up.
  if (header == items) return by_name(header, items);
  if (numbers) {
    return fail(ALLIANCE_E_BAD_INPUT,
                "the first line holds numbers in place of column names: begin the file with a header line");
  }
  if (static_cast<std::size_t>(known) == items.size()) return by_name(header, items);
  if (known == 0 && header.size() == items.size()) {
    std::vector<std::size_t> columns(items.size());
    for (std::size_t i = 0; i < columns.size(); ++i) columns[i] = i;
    return columns;
  }
  std::string problem = "the header has " + std::to_string(header.size()) +
                        (header.size() == 1 ? " column" : " columns") + " (" + columns_listed(header) +
                        ") and the instrument has " + std::to_string(items.size()) +
                        " items: name their columns in order with --columns A,B,...";
  if (header.size() == 1) problem += ", or the delimiter with --delimiter";
  return fail(ALLIANCE_E_INVALID, problem);
}

}  // namespace alliance::tools::score
