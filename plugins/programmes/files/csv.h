// SPDX-License-Identifier: Apache-2.0
// CSV (RFC 4180) of a payload that is wholly there. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace alliance::files {

struct CsvRow {
  std::uint32_t line = 0;  // where it begins, from 1
  std::vector<std::string> cells;
  std::string fault;  // why the cells say nothing; empty when they do
};

// Rows without those that are blank. A row that is ill-formed ends at its line's end and hides none after it.
std::vector<CsvRow> csv_rows(std::string_view text, char delimiter);

}  // namespace alliance::files
