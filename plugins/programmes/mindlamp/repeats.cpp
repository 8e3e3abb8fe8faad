// SPDX-License-Identifier: Apache-2.0
#include "repeats.h"

#include <algorithm>
#include <array>
#include <boost/json/value.hpp>
#include <optional>
#include <vector>

#include "../../shared/iso8601.h"

namespace alliance::mindlamp {
namespace {

namespace json = boost::json;

constexpr std::int64_t minute = 60'000'000;
constexpr std::int64_t day = 24 * 60 * minute;
constexpr const char* unset = "1970-01-01T12:48:00.000Z";  // what its dashboard writes where nothing was chosen

// How each word repeats: on which days of the week (0 is Monday) or month, and every how many hours.
struct Word {
  const char* word;
  std::vector<std::uint8_t> weekdays, month_days;
  int every_hours;  // 0: once a day, at the schedule's time
  bool own_weekday, own_month_day;
};
const Word words[] = {
    {"hourly", {}, {}, 1, false, false},
    {"every3h", {}, {}, 3, false, false},
    {"every6h", {}, {}, 6, false, false},
    {"every12h", {}, {}, 12, false, false},
    {"daily", {}, {}, 0, false, false},
    {"weekly", {}, {}, 0, true, false},
    {"biweekly", {1, 3}, {}, 0, false, false},
    {"triweekly", {0, 2, 4}, {}, 0, false, false},
    {"bimonthly", {}, {10, 20}, 0, false, false},
    {"monthly", {}, {}, 0, false, true},
    {"fortnightly", {}, {}, 0, true, false},
    {"custom", {}, {}, 0, false, false},
    {"none", {}, {}, 0, false, false},
};

std::optional<std::int64_t> instant(const json::object& in, const char* name) {
  const json::value* found = in.if_contains(name);
  if (found == nullptr || !found->is_string() || found->get_string() == unset) return std::nullopt;
  return shared::instant(std::string_view(found->get_string().data(), found->get_string().size()));
}

std::string clock(std::int64_t at) {
  const std::int64_t minutes = (at % day) / minute;
  std::array<char, 6> text{};
  const auto digit = [](std::int64_t value) { return static_cast<char>('0' + value % 10); };
  text = {digit(minutes / 600), digit(minutes / 60 % 10), ':', digit(minutes / 10 % 6), digit(minutes % 10), '\0'};
  return text.data();
}

}  // namespace

std::unique_ptr<fb::RepeatT> repeat(const json::object& schedule, std::string& why) {
  const json::value* said = schedule.if_contains("repeat_interval");
  const std::string name = said != nullptr && said->is_string() ? std::string(said->get_string()) : "";
  const auto word = std::find_if(std::begin(words), std::end(words), [&](const Word& one) { return name == one.word; });
  if (word == std::end(words)) {
    why = "its schedule repeats in a word that is not known";
    return nullptr;
  }
  const auto at = instant(schedule, "time");
  auto made = std::make_unique<fb::RepeatT>();
  made->zone = "Etc/UTC";  // the server's clock
  made->from = instant(schedule, "start_date").value_or(0);
  made->weekdays = word->weekdays;
  made->month_days = word->month_days;
  if (name == "custom") {
    const json::value* times = schedule.if_contains("custom_time");
    for (const json::value& one : times != nullptr && times->is_array() ? times->get_array() : json::array{}) {
      if (const auto each = instant(json::object{{"t", one}}, "t")) made->at.push_back(clock(*each));
    }
    return made->at.empty() ? nullptr : std::move(made);
  }
  if (!at) return nullptr;
  const std::int64_t weekday = (*at / day + 3) % 7;  // 1970 began on a Thursday
  if (word->own_weekday) made->weekdays = {static_cast<std::uint8_t>(weekday)};
  if (word->own_month_day) made->month_days = {shared::month_day(*at)};
  made->every_weeks = name == "fortnightly" ? 2 : 0;
  made->once = name == "none";
  if (made->once || made->every_weeks == 2) made->from = std::max(made->from, *at);
  if (word->every_hours == 0) {
    made->at = {clock(*at)};
  } else {  // only the minute of the time counts for what comes every hour
    const std::int64_t step = word->every_hours * 60 * minute;
    for (std::int64_t i = 0; i < day / step; ++i) made->at.push_back(clock((*at % step) + i * step));
  }
  return made;
}

}  // namespace alliance::mindlamp
