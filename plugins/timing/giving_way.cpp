// SPDX-License-Identifier: Apache-2.0
#include "giving_way.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <tuple>

namespace alliance::timing {
namespace {

bool stands(const fb::OccasionT& occasion) { return occasion.gives_way.empty() || occasion.answered != 0; }

date::local_days monday_of(date::local_days date) { return date - date::days(date::weekday(date).iso_encoding() - 1); }

}  // namespace

void keep_apart(const fb::ScheduleT& schedule, std::vector<Placed>& placed) {
  for (std::size_t i = 0; i < schedule.rules.size(); ++i) {
    const fb::ScheduleRuleT& rule = *schedule.rules[i];
    if (rule.not_within_hours == 0) continue;
    for (Placed& late : placed) {
      fb::OccasionT& occasion = *late.occasion;
      if (late.rule != i || !occasion.gives_way.empty() || occasion.answered != 0) continue;
      const fb::OccasionT* nearest = nullptr;
      for (const Placed& other : placed) {
        if (other.rule >= i || !stands(*other.occasion)) continue;
        const std::string& id = schedule.rules[other.rule]->id;
        if (std::find(rule.of.begin(), rule.of.end(), id) == rule.of.end()) continue;
        const Instant apart = std::abs(other.occasion->due - occasion.due);
        if (apart >= rule.not_within_hours * hour) continue;
        if (!nearest || std::tie(other.occasion->due, other.occasion->key) < std::tie(nearest->due, nearest->key)) {
          nearest = other.occasion.get();
        }
      }
      if (nearest) occasion.gives_way = nearest->key;
    }
  }
}

void keep_light(const fb::ScheduleT& schedule, const Zone& zone, std::vector<Placed>& placed) {
  if (!schedule.burden) return;
  struct Asked {
    bool unanswered;
    std::size_t first, second;  // by what gives way
    Instant due;
    const std::string* key;
    date::local_days date;
    fb::OccasionT* occasion;
  };
  std::map<date::local_days, std::vector<Asked>> weeks;
  for (Placed& one : placed) {
    fb::OccasionT& occasion = *one.occasion;
    if (occasion.rater != fb::Rater::client || !stands(occasion)) continue;
    const fb::ScheduleRuleT& rule = *schedule.rules[one.rule];
    const std::size_t rank = rule.priority != 0 ? rule.priority : 100'000 + one.rule;
    const bool latest_yields = schedule.burden->gives_way == fb::GivesWay::latest;
    const date::local_days date = zone.civil(occasion.due).date;
    weeks[monday_of(date)].push_back({occasion.answered == 0, latest_yields ? 0 : rank, latest_yields ? rank : 0,
                                      occasion.due, &occasion.key, date, &occasion});
  }
  for (auto& [monday, asked] : weeks) {
    std::sort(asked.begin(), asked.end(), [](const Asked& a, const Asked& b) {
      return std::tie(a.unanswered, a.first, a.due, a.second, *a.key) <
             std::tie(b.unanswered, b.first, b.due, b.second, *b.key);
    });
    std::set<std::pair<std::string, date::local_days>> counted;
    std::uint64_t items = 0;
    for (const Asked& one : asked) {
      const std::pair<std::string, date::local_days> sheet{one.occasion->instrument, one.date};
      if (counted.count(sheet) != 0) continue;
      if (one.unanswered && items + one.occasion->items > schedule.burden->items_per_week) {
        one.occasion->gives_way = "burden";
        continue;
      }
      items += one.occasion->items;
      counted.insert(sheet);
    }
  }
}

}  // namespace alliance::timing
