// SPDX-License-Identifier: Apache-2.0
// From the rows of a CSV file to one course per person. Rows that are wrong are named and left out.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "csv_reader.h"

namespace alliance::tools::monitor {

// When something was: a plain number (a session's), or days since 1970 of an ISO date or instant.
struct When {
  double value = 0;
  bool date = false;
};
// "7", "2.5", "2024-03-01", "2024-03-01T14:30", "2024-03-01T14:30:05Z", "2024-03-01 14:30+01:00". Without a zone it
// is taken as UTC, so that all instants of a file must be of one zone.
std::optional<When> when_of(std::string_view text);

struct Row {
  double time = 0, score = 0;  // score: not a number where the cell is empty
  std::string written;         // the time as the file has it
  std::uint64_t number = 0;    // of the row
};
struct Person {
  std::string id;
  std::vector<Row> rows;  // in the order of time, once finish() was called
};

class SeriesRows {
 public:
  using Complain = std::function<void(std::uint64_t row, const std::string& why)>;
  // Places of the columns in a record, and their names.
  struct Columns {
    std::size_t id, time, value;
    std::vector<std::string> names;  // of the whole header
  };
  SeriesRows(Columns columns, Complain complain) : columns_(std::move(columns)), complain_(std::move(complain)) {}

  // `number` counts the rows of data from 1.
  void add(std::uint64_t number, const csv::Record& record);
  // Sorts; complains of occasions that stand twice, of which the first row is kept.
  void finish();

  const std::vector<Person>& people() const { return people_; }  // in the order in which they first appear

 private:
  const Columns columns_;
  const Complain complain_;
  std::unordered_map<std::string, std::size_t> known_;
  std::vector<Person> people_;
  std::optional<bool> dates_;  // as the first good row has it
};

}  // namespace alliance::tools::monitor
