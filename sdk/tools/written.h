// SPDX-License-Identifier: Apache-2.0
// Cells, strings and numbers as they are written. Numbers in the shortest form that reads back the same.
#pragma once

#include <charconv>
#include <string>
#include <vector>

namespace alliance::tools::written {

template <class Number>
void put(std::string& to, Number value) {
  char digits[32];
  to.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

template <class Number>
std::string number(Number value) {
  std::string text;
  put(text, value);
  return text;
}

// In quotes where it must be.
std::string csv_cell(const std::string& text);
// With its quotes.
std::string json_string(const std::string& text);
// An array of strings.
std::string json_list(const std::vector<std::string>& texts);

}  // namespace alliance::tools::written
