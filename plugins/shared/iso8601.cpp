// SPDX-License-Identifier: Apache-2.0
#include "iso8601.h"

#include <date/date.h>

#include <array>

namespace alliance::shared {
namespace {

constexpr std::int64_t second = 1'000'000;

struct Reader {
  std::string_view rest;

  bool take(char c) {
    if (rest.empty() || rest.front() != c) return false;
    rest.remove_prefix(1);
    return true;
  }
  bool digit() const { return !rest.empty() && rest.front() >= '0' && rest.front() <= '9'; }
  // Exactly so many digits.
  std::optional<int> number(int digits) {
    int value = 0;
    for (int i = 0; i < digits; ++i) {
      if (!digit()) return std::nullopt;
      value = value * 10 + (rest.front() - '0');
      rest.remove_prefix(1);
    }
    return value;
  }
  // Digits after a point, as microseconds.
  std::optional<std::int64_t> fraction() {
    if (!digit()) return std::nullopt;
    std::int64_t value = 0;
    for (std::int64_t place = second / 10; digit(); rest.remove_prefix(1), place /= 10) {
      value += place * (rest.front() - '0');
    }
    return value;
  }
};

// Seconds east of Greenwich. "-00:00" means that the place is not known: it is UTC all the same.
std::optional<int> offset(Reader& in) {
  if (in.take('Z')) return 0;
  const bool east = in.take('+');
  if (!east && !in.take('-')) return std::nullopt;
  const auto hours = in.number(2);
  if (!hours || *hours > 18) return std::nullopt;
  int minutes = 0;
  if (!in.rest.empty()) {
    in.take(':');
    const auto read = in.number(2);
    if (!read || *read > 59) return std::nullopt;
    minutes = *read;
  }
  return (east ? 1 : -1) * (*hours * 3600 + minutes * 60);
}

}  // namespace

std::optional<std::int64_t> instant(std::string_view text) {
  Reader in{text};
  const auto year = in.number(4);
  if (!year || !in.take('-')) return std::nullopt;
  const auto month = in.number(2);
  if (!month || !in.take('-')) return std::nullopt;
  const auto day = in.number(2);
  if (!day || !in.take('T')) return std::nullopt;
  const auto hour = in.number(2);
  if (!hour || *hour > 23 || !in.take(':')) return std::nullopt;
  const auto minute = in.number(2);
  if (!minute || *minute > 59) return std::nullopt;
  int seconds = 0;
  std::int64_t micro = 0;
  if (in.take(':')) {
    const auto read = in.number(2);
    if (!read || *read > 60) return std::nullopt;  // a leap second runs into the next minute
    seconds = *read;
    if (in.take('.')) {
      const auto fraction = in.fraction();
      if (!fraction) return std::nullopt;
      micro = *fraction;
    }
  }
  const auto east = offset(in);
  if (!east || !in.rest.empty()) return std::nullopt;
  const date::year_month_day date{date::year(*year), date::month(static_cast<unsigned>(*month)),
                                  date::day(static_cast<unsigned>(*day))};
  if (!date.ok() || *year < 1970 || *year > 2199) return std::nullopt;
  const std::int64_t days = date::sys_days(date).time_since_epoch().count();
  const std::int64_t at = (days * 86'400 + *hour * 3600 + *minute * 60 + seconds - *east) * second + micro;
  return at < 0 ? std::nullopt : std::optional<std::int64_t>(at);
}

std::optional<double> minutes(std::string_view text) {
  struct Unit {
    char letter;
    bool time;
    double minutes;
  };
  // In the order in which they may stand.
  static constexpr std::array<Unit, 5> units = {{{'W', false, 7 * 24 * 60.0},
                                                 {'D', false, 24 * 60.0},
                                                 {'H', true, 60.0},
                                                 {'M', true, 1.0},
                                                 {'S', true, 1.0 / 60}}};
  Reader in{text};
  if (!in.take('P')) return std::nullopt;
  double total = 0;
  bool time = false, any = false;
  std::size_t next = 0;
  while (!in.rest.empty()) {
    if (!time && in.take('T')) {
      time = true;
      if (in.rest.empty()) return std::nullopt;
      continue;
    }
    double value = 0;
    int digits = 0;
    for (; in.digit() && digits < 10; in.rest.remove_prefix(1), ++digits) value = value * 10 + (in.rest.front() - '0');
    if (digits == 0 || in.digit()) return std::nullopt;
    bool broken = false;
    if (in.take('.')) {
      const auto fraction = in.fraction();
      if (!fraction) return std::nullopt;
      value += static_cast<double>(*fraction) / second;
      broken = true;
    }
    if (in.rest.empty()) return std::nullopt;
    const char letter = in.rest.front();
    in.rest.remove_prefix(1);
    while (next < units.size() && (units[next].letter != letter || units[next].time != time)) ++next;
    if (next == units.size()) return std::nullopt;
    total += value * units[next++].minutes;
    any = true;
    if (broken && !in.rest.empty()) return std::nullopt;  // only the last may have a fraction
  }
  if (!any || total > 366 * 24 * 60.0) return std::nullopt;
  return total;
}

std::uint8_t month_day(std::int64_t instant) {
  const date::sys_time<std::chrono::microseconds> time{std::chrono::microseconds(instant)};
  return static_cast<std::uint8_t>(static_cast<unsigned>(date::year_month_day(date::floor<date::days>(time)).day()));
}

std::string utc(std::int64_t instant) {
  using std::chrono::milliseconds;
  const date::sys_time<std::chrono::microseconds> time{std::chrono::microseconds(instant)};
  return date::format("%FT%TZ", date::floor<milliseconds>(time));
}

}  // namespace alliance::shared
