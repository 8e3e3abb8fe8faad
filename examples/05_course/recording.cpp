// SPDX-License-Identifier: Apache-2.0
#include "recording.h"

namespace course {
namespace {

constexpr std::int64_t hour = 3'600'000'000;
constexpr std::int64_t week = 7 * 24 * hour;

std::int64_t floor_to(std::int64_t instant, std::int64_t unit) {
  const std::int64_t rest = instant % unit;
  return instant - (rest < 0 ? rest + unit : rest);
}

// One hour's events in one call. Those that were refused are asked once more alone, for their own sentence.
void record_hour(Platform& platform, const Item* first, const Item* last, Totals& totals, const Complain& complain) {
  std::vector<std::string> events;
  for (const Item* one = first; one != last; ++one) events.push_back(one->json);
  std::vector<std::int32_t> statuses;
  const auto all = platform.record(events, statuses);
  totals.reports += all.reports;
  totals.safety_flags += all.safety_flags;
  for (std::size_t i = 0; i < statuses.size(); ++i) {
    if (statuses[i] == ALLIANCE_OK) {
      ++totals.taken;
      continue;
    }
    try {
      const auto one = platform.record(events[i]);
      ++totals.taken;
      totals.reports += one.reports;
      totals.safety_flags += one.safety_flags;
    } catch (const Failed& failed) {
      if (failed.status == ALLIANCE_E_IO || failed.status == ALLIANCE_E_INTERNAL) throw;
      ++totals.refused;
      complain(first[i].where + ": " + failed.what());
    }
  }
}

}  // namespace

Totals record_all(Platform& platform, const std::vector<Item>& items, std::int64_t until, const Complain& complain,
                  const Progress& progress) {
  Totals totals;
  const auto pass = [&](std::int64_t to) {
    const auto passed = platform.advance(to);
    totals.reports += passed.reports;
    totals.safety_flags += passed.safety_flags;
  };
  const Item* at = items.data();
  const Item* const end = at + items.size();
  while (at != end) {
    // What time alone brings (a measure due, a flag that nobody answered) comes before what happens next.
    const std::int64_t begins = floor_to(at->time, hour);
    pass(begins);
    const Item* last = at;
    while (last != end && last->time < begins + hour) ++last;
    record_hour(platform, at, last, totals, complain);
    if (last == end || floor_to(last->time, week) != floor_to(begins, week)) progress(begins + hour, totals);
    at = last;
  }
  // A week after the last event nothing is left open: every window has closed.
  if (until != 0) {
    pass(until);
  } else if (!items.empty()) {
    pass(floor_to(items.back().time, hour) + week);
  }
  return totals;
}

}  // namespace course
