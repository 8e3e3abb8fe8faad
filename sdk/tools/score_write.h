// SPDX-License-Identifier: Apache-2.0
// Scores as CSV or as one JSON object per line. Numbers in the shortest form that reads back the same.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "score_sheets.h"

namespace alliance::tools::score {

// csv is what every row has; details adds columns behind it; json carries everything.
enum class Form { csv, details, json };

const char* state_word(std::uint8_t state);  // "scored", "prorated", "not-scorable"
bool has_value(std::uint8_t state);

class Writer {
 public:
  Writer(const fb::InstrumentT& definition, const std::optional<alliance_missing>& missing, Form form);
  std::string header() const;  // empty for JSON
  void row(const Scores& scores, std::string& to) const;
  // What of it is unverified, over all scales.
  std::vector<std::string> unverified(const Scores& scores) const;

 private:
  struct Scale {
    std::string name;  // ready to be written
    std::vector<std::string> bands;
    std::size_t items;
    std::array<std::vector<std::string>, 4> unverified;  // by whether there is a band, and whether a rule was used
  };
  void csv_row(const Scores& scores, std::string& to) const;
  void json_row(const Scores& scores, std::string& to) const;
  bool in_band(const Scores& scores, std::size_t scale) const;
  const std::vector<std::string>& rests_on(const Scores& scores, std::size_t scale) const;

  std::vector<Scale> scales_;
  std::string rule_;        // "prorate:2"
  std::string instrument_;  // id, version and hash, ready
  Form form_;
};

}  // namespace alliance::tools::score
