// SPDX-License-Identifier: Apache-2.0
#include "score_sheets.h"

#include <algorithm>
#include <set>

#include "csv_input.h"
#include "host_call.h"
#include "score_columns.h"
#include "score_host.h"
#include "written.h"

namespace alliance::tools::score {
namespace {

constexpr std::size_t answers_per_batch = 1u << 18;
constexpr double unknown = -1;  // how long a sheet took

}  // namespace

Sheets::Sheets(Task task, Out out)
    : task_(std::move(task)),
      out_(std::move(out)),
      room_(std::max<std::size_t>(1, answers_per_batch / std::max<std::size_t>(1, task_.columns.size()))) {}

Result<void> Sheets::add(const csv::Record& record) {
  // Blank lines at the end of a file are nobody's sheet; within it they may be someone's, lost on the way.
  if (record.blank() && task_.header.size() > 1) {
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
  if (const auto why = csv::unreadable(record, task_.header.size())) {
    leave_out(row_, *why);
    return;
  }
  rows_.push_back(row_);
  unreadable_.push_back(false);
  for (std::size_t item = 0; item < task_.columns.size(); ++item) {
    if (task_.columns[item] == no_column) {
      answers_.push_back(0);
      answer_states_.push_back(ALLIANCE_NOT_PRESENTED);
      continue;
    }
    const std::string_view cell = trimmed(record.cell(task_.columns[item]));
    const auto value = cell.empty() ? std::nullopt : task_.cells.value(item, cell);
    if (!cell.empty() && !value) unreadable(record, task_.columns[item], task_.cells.expected());
    answers_.push_back(value.value_or(0));
    answer_states_.push_back(value ? ALLIANCE_ANSWERED : ALLIANCE_SKIPPED);
  }
  seconds_.push_back(unknown);
  if (!task_.seconds || trimmed(record.cell(*task_.seconds)).empty()) return;
  const auto seconds = csv::number_of(record.cell(*task_.seconds));
  if (seconds && *seconds >= 0) {
    seconds_.back() = *seconds;
  } else {
    unreadable(record, *task_.seconds, "it is no number of seconds");
  }
}

void Sheets::unreadable(const csv::Record& record, std::size_t column, const std::string& why) {
  leave_out(row_, "column " + shown(task_.header[column]) + ", value \"" + shown(record.cell(column)) + "\": " + why);
  unreadable_.back() = true;
}

// By the contract a sheet with one answer is a good sheet: what is refused in it is that answer.
void Sheets::name_what_is_wrong(std::size_t at) {
  const std::size_t items = task_.columns.size(), first = at * items,
                    scales = static_cast<std::size_t>(task_.measure.scales);
  std::vector<double> values(scales);
  std::vector<std::uint8_t> states(scales), alone(items, ALLIANCE_SKIPPED);
  const alliance_scores out{sizeof out, 0, 1, scales, values.data(), states.data(), nullptr, nullptr};
  bool named = false;
  const auto refused = [&](const std::uint8_t* answer_states, alliance_error& error) {
    const alliance_sheets sheet{sizeof sheet, 0, 1, items, answers_.data() + first, answer_states};
    return task_.measure.table->score(task_.measure.measure, &sheet, missing(), &out, &error) != ALLIANCE_OK;
  };
  for (std::size_t item = 0; item < items; ++item) {
    if (answer_states_[first + item] != ALLIANCE_ANSWERED) continue;
    alliance_error error = ALLIANCE_ERROR_INIT;
    alone[item] = ALLIANCE_ANSWERED;
    if (refused(alone.data(), error)) {
      leave_out(rows_[at], "column " + shown(task_.header[task_.columns[item]]) + ", value \"" +
                               written::number(answers_[first + item]) + "\": " + sentence(error, error.code));
      named = true;
    }
    alone[item] = ALLIANCE_SKIPPED;
  }
  if (named) return;
  alliance_error error = ALLIANCE_ERROR_INIT;
  refused(answer_states_.data() + first, error);
  leave_out(rows_[at], sentence(error, error.code));
}

std::vector<fb::WarningT> Sheets::warnings(std::size_t at) const {
  const std::size_t items = task_.columns.size();
  measure::FilledIn sheet{{answers_.data() + at * items, items}, {answer_states_.data() + at * items, items}, {}};
  const auto answered = std::count(sheet.states.begin(), sheet.states.end(), ALLIANCE_ANSWERED);
  if (seconds_[at] != unknown && answered > 0) sheet.seconds_per_item = seconds_[at] / static_cast<double>(answered);
  return measure::response_warnings(sheet, task_.directions);
}

Result<void> Sheets::score() {
  const std::size_t rows = rows_.size(), scales = static_cast<std::size_t>(task_.measure.scales);
  values_.resize(rows * scales);
  states_.resize(rows * scales);
  answered_.resize(rows * scales);
  bands_.assign(rows * scales, ALLIANCE_NO_BAND);
  if (rows > 0) {
    const alliance_sheets sheets{sizeof sheets, 0, rows, task_.columns.size(), answers_.data(), answer_states_.data()};
    const alliance_scores out{sizeof out,   0, rows, scales, values_.data(), states_.data(), answered_.data(),
                              bands_.data()};
    alliance_error error = ALLIANCE_ERROR_INIT;
    const auto status = task_.measure.table->score_batch(task_.measure.measure, &sheets, missing(), &out, &error);
    if (status != ALLIANCE_OK) return fail(status, sentence(error, status), error.detail);
  }
  std::vector<bool> bad(rows);
  for (std::size_t at = 0; at < rows; ++at) {
    bad[at] = scales > 0 && states_[at * scales] == ALLIANCE_BAD_SHEET;
    if (bad[at]) name_what_is_wrong(at);
    if (bad[at] || unreadable_[at]) continue;
    const std::size_t first = at * scales;
    const auto found = warnings(at);
    out_.write({rows_[at], values_.data() + first, states_.data() + first, answered_.data() + first,
                bands_.data() + first, &found});
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
  seconds_.clear();
  return {};
}

}  // namespace alliance::tools::score
