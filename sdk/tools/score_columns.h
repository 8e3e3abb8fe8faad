// SPDX-License-Identifier: Apache-2.0
// Which column of a CSV file holds which item.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/result.h"

namespace alliance::tools::score {

// Blanks around a cell say nothing.
std::string_view trimmed(std::string_view text);
// For a terminal: no control characters, long text cut.
std::string shown(std::string_view text);

// The column of each item, in their order. `wanted` (from --columns) names columns of the header. Without
// it, the header holds the items' ids, in any order and among others, or exactly as many columns as there
// are items, which are then taken in order. ALLIANCE_E_INVALID: the command must say more;
// ALLIANCE_E_BAD_INPUT: the header is wrong.
Result<std::vector<std::size_t>> choose_columns(const std::vector<std::string>& header,
                                                const std::vector<std::string>& items,
                                                const std::vector<std::string>& wanted);

}  // namespace alliance::tools::score
