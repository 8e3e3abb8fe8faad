// SPDX-License-Identifier: Apache-2.0
// From a cell to an item's number: the number itself, a label that the caller explains, or an option's code.
#pragma once

#include <alliance_schema/instrument_generated.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.h"

namespace alliance::tools::score {

using Labels = std::map<std::string, double, std::less<>>;

// "Strongly disagree=1,Disagree=2", or the name of a CSV file with the columns label and value. Labels are exact: case
// and blanks within count. ALLIANCE_E_INVALID or ALLIANCE_E_BAD_INPUT says what is wrong and where.
Result<Labels> read_labels(const std::string& list_or_file);

class Cells {
 public:
  Cells(const fb::InstrumentT& definition, Labels labels);

  // A label wins over a number, a number over a code. Nothing: the cell is none of them.
  std::optional<double> value(std::size_t item, std::string_view cell) const;
  // "it is no number", or what else it might have been.
  const std::string& expected() const { return expected_; }

 private:
  Labels labels_;
  std::vector<Labels> codes_;  // of the items
  std::string expected_ = "it is no number";
};

}  // namespace alliance::tools::score
