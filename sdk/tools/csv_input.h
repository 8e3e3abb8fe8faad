// SPDX-License-Identifier: Apache-2.0
// What every command that reads a CSV file does alike: opens it, takes its header, says what a row lacks.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.h"
#include "csv_reader.h"

namespace alliance::tools::csv {

// The file, or standard input for "-".
class Input {
 public:
  explicit Input(const std::string& path);
  ~Input();
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  const std::string& name() const { return name_; }
  const std::string& problem() const { return problem_; }  // empty where there is none
  // Nothing at the end, and where `problem` says why.
  std::string_view next();

 private:
  std::string name_, problem_;
  int descriptor_ = -1;
  std::vector<char> block_ = std::vector<char>(1u << 18);
};

inline constexpr const char* delimiter_help = "between cells: one character, or tab (default ,)";
inline constexpr const char* delimiter_wrong = "--delimiter is one character, such as ';', or tab";
std::optional<char> delimiter_of(const std::string& text);

// The names in the header line. ALLIANCE_E_BAD_INPUT where it is none.
Result<std::vector<std::string>> header_of(const Record& record);

// Why a row cannot be read at all; nothing where it can.
std::optional<std::string> unreadable(const Record& record, std::size_t columns);

// A number as a cell holds it: finite, a point for the decimals, blanks around it allowed.
std::optional<double> number_of(std::string_view cell);

}  // namespace alliance::tools::csv
