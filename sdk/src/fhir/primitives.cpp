// SPDX-License-Identifier: Apache-2.0
#include "fhir/primitives.h"

#include <algorithm>

namespace alliance::fhir {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }

// So many digits at the front, as a number; -1 when they are not there. What was read is taken off.
int take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return -1;
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (!digit(text[i])) return -1;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

bool within(int value, int low, int high) { return value >= low && value <= high; }

int days_of(int year, int month) {
  if (month == 2) return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// True when a date was there; `whole` says whether it has its day.
bool take_date(std::string_view& text, bool& whole) {
  whole = false;
  const int year = take_digits(text, 4);
  if (year < 1) return false;
  if (!take(text, '-')) return true;
  const int month = take_digits(text, 2);
  if (!within(month, 1, 12)) return false;
  if (!take(text, '-')) return true;
  whole = true;
  return within(take_digits(text, 2), 1, days_of(year, month));
}

bool take_time(std::string_view& text) {
  if (!within(take_digits(text, 2), 0, 23) || !take(text, ':')) return false;
  if (!within(take_digits(text, 2), 0, 59) || !take(text, ':')) return false;
  if (!within(take_digits(text, 2), 0, 60)) return false;
  if (!take(text, '.')) return true;
  const auto end = std::find_if_not(text.begin(), text.end(), digit);
  const auto count = static_cast<std::size_t>(end - text.begin());
  text.remove_prefix(count);
  return count > 0;
}

}  // namespace

bool is_date(std::string_view text) {
  bool whole = false;
  return take_date(text, whole) && text.empty();
}

bool is_date_time(std::string_view text) {
  bool whole = false;
  if (!take_date(text, whole)) return false;
  if (text.empty()) return true;
  if (!whole || !take(text, 'T') || !take_time(text)) return false;
  if (take(text, 'Z')) return text.empty();
  if (!take(text, '+') && !take(text, '-')) return false;
  const int hours = take_digits(text, 2);
  if (!within(hours, 0, 14) || !take(text, ':')) return false;
  const int minutes = take_digits(text, 2);
  return within(minutes, 0, hours == 14 ? 0 : 59) && text.empty();
}

bool is_time(std::string_view text) { return take_time(text) && text.empty(); }

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.';
  });
}

bool is_code(std::string_view text) {
  if (text.empty() || text.front() == ' ' || text.back() == ' ') return false;
  char before = 'x';
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || (c == ' ' && before == ' ')) return false;
    before = c;
  }
  return true;
}

}  // namespace alliance::fhir
