// SPDX-License-Identifier: Apache-2.0
// Rows of a CSV file, scored in batches. Rows that are wrong are named and left out, the others written.
#pragma once

#include <alliance/host.h>
#include <alliance_schema/instrument_generated.h>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/result.h"
#include "csv_reader.h"
#include "measure/response_quality.h"
#include "score_labels.h"

namespace alliance::tools::score {

struct Scores {
  std::uint64_t row;  // 1 for the first line of data
  const double* values;
  const std::uint8_t* states;
  const std::uint32_t* answered;
  const std::int32_t* bands;
  const std::vector<fb::WarningT>* warnings;  // how the sheet was filled in
};

inline constexpr std::size_t no_column = static_cast<std::size_t>(-1);  // of an item that the file does not have

// What is scored and by which rules.
struct Task {
  alliance_measure_ref measure;
  std::optional<alliance_missing> missing;  // none: the definition's own rule
  measure::ItemDirections directions;
  Cells cells;
  std::vector<std::size_t> columns;    // of the items
  std::vector<std::string> header;     // names of all columns
  std::optional<std::size_t> seconds;  // the column that says how long the sheet took
};

class Sheets {
 public:
  struct Out {
    std::function<void(const Scores&)> write;          // in the order of the rows
    std::function<void(const std::string&)> complain;  // one sentence per fault: row, column, value
  };
  Sheets(Task task, Out out);

  // One record of data. An error ends the work: the instrument cannot score at all.
  Result<void> add(const csv::Record& record);
  Result<void> finish();

  std::uint64_t left_out() const { return left_out_; }

 private:
  void blank_lines();
  void take(const csv::Record& record);
  void unreadable(const csv::Record& record, std::size_t column, const std::string& why);
  void leave_out(std::uint64_t row, const std::string& why);
  void name_what_is_wrong(std::size_t at);
  Result<void> score();
  const alliance_missing* missing() const { return task_.missing ? &*task_.missing : nullptr; }
  std::vector<fb::WarningT> warnings(std::size_t at) const;

  const Task task_;
  const Out out_;
  const std::size_t room_;  // rows of a batch

  std::uint64_t row_ = 0, blank_ = 0, left_out_ = 0;
  std::vector<std::uint64_t> rows_;  // of the batch
  std::vector<bool> unreadable_;     // rows of the batch with a cell that says nothing
  std::vector<double> seconds_;
  std::vector<double> answers_;
  std::vector<std::uint8_t> answer_states_;
  std::vector<std::pair<std::uint64_t, std::string>> faults_;

  std::vector<double> values_;
  std::vector<std::uint8_t> states_;
  std::vector<std::uint32_t> answered_;
  std::vector<std::int32_t> bands_;
};

}  // namespace alliance::tools::score
