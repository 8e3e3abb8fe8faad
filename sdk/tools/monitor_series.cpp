// SPDX-License-Identifier: Apache-2.0
#include "monitor_series.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "csv_input.h"
#include "score_columns.h"

namespace alliance::tools::monitor {
namespace {

constexpr double largest = 1e100;  // beyond it squares overflow

// Exactly `digits` digits, taken from the front.
std::optional<int> digits_of(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(0, digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = 10 * value + (c - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool taken(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

// The minutes of +hh:mm or -hh:mm; 0 for Z or nothing.
std::optional<int> offset_of(std::string_view text) {
  if (text.empty() || text == "Z") return 0;
  const int sign = text.front() == '-' ? -1 : 1;
  if (!taken(text, '+') && !taken(text, '-')) return std::nullopt;
  const auto hours = digits_of(text, 2);
  taken(text, ':');
  const auto minutes = digits_of(text, 2);
  if (!hours || !minutes || !text.empty() || *hours > 14 || *minutes > 59) return std::nullopt;
  return sign * (60 * *hours + *minutes);
}

std::optional<double> days_of(std::string_view text) {
  const auto year = digits_of(text, 4);
  if (!year || !taken(text, '-')) return std::nullopt;
  const auto month = digits_of(text, 2);
  if (!month || !taken(text, '-')) return std::nullopt;
  const auto day = digits_of(text, 2);
  if (!day) return std::nullopt;
  using namespace std::chrono;
  const year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                            std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  const double days = sys_days(date).time_since_epoch().count();
  if (text.empty()) return days;
  if (!taken(text, 'T') && !taken(text, ' ')) return std::nullopt;
  const auto hour = digits_of(text, 2);
  if (!hour || !taken(text, ':')) return std::nullopt;
  const auto minute = digits_of(text, 2);
  if (!minute || *hour > 23 || *minute > 59) return std::nullopt;
  double second = 0;
  if (taken(text, ':')) {
    const std::size_t end = std::min(text.find_first_not_of("0123456789."), text.size());
    const auto read = csv::number_of(text.substr(0, end));
    if (!read || *read >= 61) return std::nullopt;
    second = *read;
    text.remove_prefix(end);
  }
  const auto offset = offset_of(text);
  if (!offset) return std::nullopt;
  return days + (60.0 * (60 * *hour + *minute - *offset) + second) / 86400;
}

std::string said(const std::string& column, std::string_view value, const std::string& what) {
  return "column " + score::shown(column) + ", value \"" + score::shown(value) + "\": " + what;
}

}  // namespace

std::optional<When> when_of(std::string_view text) {
  text = score::trimmed(text);
  if (const auto number = csv::number_of(text)) {
    if (std::fabs(*number) > largest) return std::nullopt;
    return When{*number, false};
  }
  if (const auto days = days_of(text)) return When{*days, true};
  return std::nullopt;
}

void SeriesRows::add(std::uint64_t number, const csv::Record& record) {
  if (record.blank() && columns_.names.size() > 1) return complain_(number, "the line is blank");
  if (const auto why = csv::unreadable(record, columns_.names.size())) return complain_(number, *why);
  const auto id = score::trimmed(record.cell(columns_.id));
  const auto time = record.cell(columns_.time), value = record.cell(columns_.value);
  const auto& names = columns_.names;
  bool good = true;
  const auto wrong = [&](std::size_t column, const std::string& what) {
    complain_(number, said(names[column], record.cell(column), what));
    good = false;
  };
  if (id.empty()) wrong(columns_.id, "it is empty");
  const auto when = when_of(time);
  if (!when) {
    wrong(columns_.time, "it is neither a number nor a date such as 2024-03-01 or 2024-03-01T14:30");
  } else if (dates_ && *dates_ != when->date) {
    wrong(columns_.time, *dates_ ? "it is a number where the rows before have dates"
                                 : "it is a date where the rows before have numbers");
  }
  const bool empty = score::trimmed(value).empty();
  const auto score = csv::number_of(value);
  if (!empty && (!score || std::fabs(*score) > largest)) wrong(columns_.value, "it is no number");
  if (!good) return;
  dates_ = when->date;
  const auto [place, is_new] = known_.try_emplace(std::string(id), people_.size());
  if (is_new) people_.push_back({std::string(id), {}});
  people_[place->second].rows.push_back({when->value, score.value_or(std::numeric_limits<double>::quiet_NaN()),
                                         std::string(score::trimmed(time)), number});
}

void SeriesRows::finish() {
  for (Person& person : people_) {
    auto& rows = person.rows;
    std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.time < b.time; });
    std::vector<Row> kept;
    for (Row& row : rows) {
      if (kept.empty() || kept.back().time != row.time) {
        kept.push_back(std::move(row));
        continue;
      }
      complain_(row.number, said(columns_.names[columns_.time], row.written,
                                 "this id has that time in row " + std::to_string(kept.back().number) + " already"));
    }
    rows = std::move(kept);
  }
}

}  // namespace alliance::tools::monitor
