// SPDX-License-Identifier: Apache-2.0
#include "score_sheets.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "score_columns.h"
#include "score_host.h"

namespace alliance::tools::score {
namespace {

constexpr std::size_t answers_per_batch = 1u << 18;

std::string text(double value) {
  char digits[32];
  return std::string(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

}  // namespace

Sheets::Sheets(const alliance_measure_ref& measure, const alliance_missing& missing, std::vector<std::size_t> columns,
               std::vector<std::string> header, Out out)
    : measure_(measure),
      missing_(missing),
      columns_(std::move(columns)),
      header_(std::move(header)),
      out_(std::move(out)),
      room_(std::max<std::size_t>(1, answers_per_batch / std::max<std::size_t>(1, columns_.size()))) {}

Result<void> Sheets::add(const csv::Record& record) {
  // Blank lines at the end of a file are nobody's sheet; within it they may be someone's, lost on the way.
  if (record.blank() && header_.size() > 1) {
    ++blank_;
    return {};
  }
  blank_lines();
  take(record);
  return rows_.size() < room_ ? Result<void>() : score();
}

Result<void> Sheets::finish() { return score(); }

void Sheets::blank_lines() {
  for (; blank_ > 0; --blank_) leave_out(++row_, "the line is blank");
}

void Sheets::leave_out(std::uint64_t row, const std::string& why) {
  faults_.emplace_back(row, "row " + std::to_string(row) + ": " + why + "; the row is left out");
}

void Sheets::take(const csv::Record& record) {
  ++row_;
  if (!record.fault().empty()) {
    leave_out(row_, "line " + std::to_string(record.line()) + " of the file is not well-formed, " + record.fault());
    return;
  }
  if (record.size() != header_.size()) {
    leave_out(row_, "line " + std::to_string(record.line()) + " of the file has " + std::to_string(record.size()) +
                        (record.size() == 1 ? " cell" : " cells") + " and the header has " +
                        std::to_string(header_.size()));
    return;
  }
  rows_.push_back(row_);
  unreadable_.push_back(false);
  for (const std::size_t column : columns_) {
    const std::string_view cell = trimmed(record.cell(column));
    double value = 0;
    const auto read = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    const bool number = read.ec == std::errc() && read.ptr == cell.data() + cell.size() && std::isfinite(value);
    if (!cell.empty() && !number) {
      leave_out(row_,
                "column " + shown(header_[column]) + ", value \"" + shown(record.cell(column)) + "\": it is no number");
      unreadable_.back() = true;
    }
    answers_.push_back(number ? value : 0);
    answer_states_.push_back(number ? ALLIANCE_ANSWERED : ALLIANCE_SKIPPED);
  }
}

// By the contract a sheet with one answer is a good sheet: what is refused in it is that answer.
void Sheets::name_what_is_wrong(std::size_t at) {
  const std::size_t items = columns_.size(), first = at * items, scales = static_cast<std::size_t>(measure_.scales);
  std::vector<double> values(scales);
  std::vector<std::uint8_t> states(scales), alone(items, ALLIANCE_SKIPPED);
  const alliance_scores out{sizeof out, 0, 1, scales, values.data(), states.data(), nullptr, nullptr};
  bool named = false;
  const auto refused = [&](const std::uint8_t* answer_states, alliance_error& error) {
    const alliance_sheets sheet{sizeof sheet, 0, 1, items, answers_.data() + first, answer_states};
    return measure_.table->score(measure_.measure, &sheet, &missing_, &out, &error) != ALLIANCE_OK;
  };
  for (std::size_t item = 0; item < items; ++item) {
    if (answer_states_[first + item] != ALLIANCE_ANSWERED) continue;
    alliance_error error = ALLIANCE_ERROR_INIT;
    alone[item] = ALLIANCE_ANSWERED;
    if (refused(alone.data(), error)) {
      leave_out(rows_[at], "column " + shown(header_[columns_[item]]) + ", value \"" + text(answers_[first + item]) +
                               "\": " + sentence(error, error.code));
      named = true;
    }
    alone[item] = ALLIANCE_SKIPPED;
  }
  if (named) return;
  alliance_error error = ALLIANCE_ERROR_INIT;
  refused(answer_states_.data() + first, error);
  leave_out(rows_[at], sentence(error, error.code));
}

Result<void> Sheets::score() {
  const std::size_t rows = rows_.size(), scales = static_cast<std::size_t>(measure_.scales);
  values_.resize(rows * scales);
  states_.resize(rows * scales);
  answered_.resize(rows * scales);
  bands_.assign(rows * scales, ALLIANCE_NO_BAND);
  if (rows > 0) {
    const alliance_sheets sheets{sizeof sheets, 0, rows, columns_.size(), answers_.data(), answer_states_.data()};
    const alliance_scores out{sizeof out,   0, rows, scales, values_.data(), states_.data(), answered_.data(),
                              bands_.data()};
    alliance_error error = ALLIANCE_ERROR_INIT;
    const auto status = measure_.table->score_batch(measure_.measure, &sheets, &missing_, &out, &error);
    if (status != ALLIANCE_OK) return fail(status, sentence(error, status), error.detail);
  }
  std::vector<bool> bad(rows);
  for (std::size_t at = 0; at < rows; ++at) {
    bad[at] = scales > 0 && states_[at * scales] == ALLIANCE_BAD_SHEET;
    if (bad[at]) name_what_is_wrong(at);
    if (bad[at] || unreadable_[at]) continue;
    const std::size_t first = at * scales;
    out_.write(
        {rows_[at], values_.data() + first, states_.data() + first, answered_.data() + first, bands_.data() + first});
  }
  std::stable_sort(faults_.begin(), faults_.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::uint64_t last = 0;  // a row may have several faults
  for (const auto& [row, fault] : faults_) {
    left_out_ += row != last;
    last = row;
    out_.complain(fault);
  }
  faults_.clear();
  rows_.clear();
  unreadable_.clear();
  answers_.clear();
  answer_states_.clear();
  return {};
}

}  // namespace alliance::tools::score
