// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <chrono>
#include <cstdio>

#include "due_read.h"

namespace alliance::tools::due {
namespace {

constexpr std::int64_t second = 1'000'000;

}  // namespace

std::optional<std::int64_t> instant_of(const std::string& text) {
  int year = 0, used = 0;
  unsigned month = 0, of_month = 0, hour = 0, minute = 0, seconds = 0;
  if (text.size() < 10 || std::sscanf(text.c_str(), "%4d-%2u-%2u%n", &year, &month, &of_month, &used) != 3 ||
      used != 10) {
    return std::nullopt;
  }
  std::string rest = text.substr(10);
  if (!rest.empty() && rest.back() == 'Z') rest.pop_back();
  if (!rest.empty()) {
    const bool to_the_minute = std::sscanf(rest.c_str(), "T%2u:%2u%n", &hour, &minute, &used) == 2;
    if (!to_the_minute) return std::nullopt;
    const auto read = static_cast<std::size_t>(used);
    if (read != rest.size() && (std::sscanf(rest.c_str() + read, ":%2u%n", &seconds, &used) != 1 ||
                                read + static_cast<std::size_t>(used) != rest.size())) {
      return std::nullopt;
    }
  }
  const std::chrono::year_month_day day{std::chrono::year(year), std::chrono::month(month), std::chrono::day(of_month)};
  if (!day.ok() || year < 1970 || year > 2099 || hour > 23 || minute > 59 || seconds > 59) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(day).time_since_epoch().count();
  return (((days * 24 + hour) * 60 + minute) * 60 + seconds) * second;
}

std::string text_of(std::int64_t instant) {
  const std::int64_t minutes = instant / (60 * second);
  std::array<char, 8> clock{};
  std::snprintf(clock.data(), clock.size(), " %02u:%02u", static_cast<unsigned>(minutes / 60 % 24) % 24u,
                static_cast<unsigned>(minutes % 60) % 60u);
  return day_of(instant) + clock.data();
}

std::string day_of(std::int64_t instant) {
  const std::chrono::year_month_day day{std::chrono::sys_days(std::chrono::days(instant / (86'400 * second)))};
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(day.year()) % 10'000,
                static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
  return text.data();
}

}  // namespace alliance::tools::due
