// SPDX-License-Identifier: Apache-2.0
// Scores as CSV or as one JSON object per line. Numbers in the shortest form that reads back the same.
#pragma once

#include <string>
#include <vector>

#include "score_sheets.h"

namespace alliance::tools::score {

class Writer {
 public:
  Writer(const fb::InstrumentT& definition, const alliance_missing& missing, bool json);
  std::string header() const;  // empty for JSON
  void row(const Scores& scores, std::string& to) const;

 private:
  struct Scale {
    std::string name;  // ready to be written
    std::vector<std::string> bands;
    std::size_t items;
  };
  std::vector<Scale> scales_;
  std::string rule_;  // "prorate:2"
  bool json_;
};

}  // namespace alliance::tools::score
