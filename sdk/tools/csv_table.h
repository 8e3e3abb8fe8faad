// SPDX-License-Identifier: Apache-2.0
// A CSV file from its header to its last row, for commands that take columns by name.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "csv_input.h"

namespace alliance::tools::csv {

// The places of `wanted` in a header. ALLIANCE_E_INVALID with what there is, where one is not; BAD_INPUT where
// a wanted name stands twice.
Result<std::vector<std::size_t>> places_of(const std::vector<std::string>& header,
                                           const std::vector<std::string>& wanted);

struct Take {
  std::function<Result<void>(std::vector<std::string> header)> header;
  std::function<void(std::uint64_t row, const Record& record)> row;  // 1 for the first line of data
};
// Blank lines at the end of the file are nobody's. ALLIANCE_E_BAD_INPUT: it cannot be opened, or has no header;
// ALLIANCE_E_IO: reading broke off. The message names the file.
Result<void> read_table(const std::string& path, char delimiter, const Take& take);

// The exit status of the command for a failure.
int exit_of(const Failure& failure);

}  // namespace alliance::tools::csv
