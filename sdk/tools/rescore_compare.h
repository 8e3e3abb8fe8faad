// SPDX-License-Identifier: Apache-2.0
// The same sheets by two versions of an instrument: what differs, sheet by sheet and in sum.
#pragma once

#include <alliance_schema/instrument_generated.h>

#include <cstdint>
#include <string>
#include <vector>

#include "score_sheets.h"

namespace alliance::tools::rescore {

// What one version made of a sheet, one entry per scale.
struct Scored {
  std::vector<double> values;
  std::vector<std::uint8_t> states;
  std::vector<std::int32_t> bands;

  Scored() = default;
  Scored(const score::Scores& scores, std::size_t scales);
};

// Of a scale over all sheets that both versions could read.
struct Change {
  std::string scale;
  std::size_t sheets = 0, changed = 0, bands_changed = 0;  // changed: the value or the state differs
  double largest = 0;                                      // difference of two scores, without its sign
  std::string largest_at;                                  // the sheet it belongs to; empty: no score changed
};

class Comparison {
 public:
  // `labels` are the names of the columns that say which sheet it is.
  Comparison(const fb::InstrumentT& from, const fb::InstrumentT& to, std::vector<std::string> labels, bool json,
             bool only_changed);

  std::string header() const;
  // The lines of one sheet, a line per scale.
  std::string add(const std::vector<std::string>& sheet, const Scored& from, const Scored& to);

  const std::vector<Change>& changes() const { return changes_; }
  // A sentence per scale, or one line of JSON.
  std::string summary() const;

 private:
  struct Pair {
    std::ptrdiff_t from = -1, to = -1;  // places of the scale in each version; -1: it has none
  };
  std::string line(const std::vector<std::string>& sheet, std::size_t scale, const Scored& from, const Scored& to);

  const fb::InstrumentT& from_;
  const fb::InstrumentT& to_;
  const std::vector<std::string> labels_;
  const bool json_, only_changed_;
  std::vector<Pair> pairs_;
  std::vector<Change> changes_;
};

}  // namespace alliance::tools::rescore
