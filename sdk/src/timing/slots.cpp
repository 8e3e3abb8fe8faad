// SPDX-License-Identifier: Apache-2.0
#include "timing/slots.h"

#include <algorithm>
#include <cmath>

namespace alliance::slots {
namespace {

constexpr std::int64_t minute = 60'000'000;
constexpr std::int64_t whole_day = 1'440 * minute;
constexpr std::int64_t latest = INT64_C(4'102'444'800'000'000);  // 2100

std::int64_t floor_div(std::int64_t value, std::int64_t by) { return (value - (((value % by) + by) % by)) / by; }

// In order, and none touches another.
void tidy(std::vector<Span>& spans) {
  std::erase_if(spans, [](const Span& one) { return one.from >= one.until; });
  std::sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) { return a.from < b.from; });
  std::vector<Span> apart;
  for (const Span& one : spans) {
    if (apart.empty() || one.from > apart.back().until) {
      apart.push_back(one);
    } else {
      apart.back().until = std::max(apart.back().until, one.until);
    }
  }
  spans = std::move(apart);
}

// The stretch of time around `at` in which one offset holds.
struct Stretch {
  std::int64_t offset, until;
};
Stretch stretch(std::span<const Offset> offsets, std::int64_t at) {
  const auto next = std::upper_bound(offsets.begin(), offsets.end(), at,
                                     [](std::int64_t t, const Offset& one) { return t < one.from; });
  const auto& now = next == offsets.begin() ? *next : *(next - 1);
  const auto end = next == offsets.begin() ? (next + 1 == offsets.end() ? offsets.end() : next + 1) : next;
  return {now.offset, end == offsets.end() ? INT64_MAX : end->from};
}

// The first instant at or after `at` at which the clock shows a multiple of `step`.
std::int64_t on_step(std::span<const Offset> offsets, std::int64_t at, std::int64_t step) {
  for (;;) {
    const Stretch here = stretch(offsets, at);
    const std::int64_t shown = at + here.offset;
    const std::int64_t over = shown - floor_div(shown, step) * step;
    if (over == 0) return at;
    const std::int64_t next = at + step - over;
    if (next < here.until) return next;
    at = here.until;
  }
}

std::int64_t day_of(std::span<const Offset> offsets, std::int64_t at) {
  return floor_div(at + stretch(offsets, at).offset, whole_day);
}

}  // namespace

Result<void> check(std::span<const Hours> hours) {
  for (std::size_t i = 0; i < hours.size(); ++i) {
    const auto& one = hours[i];
    if (one.weekday < 0 || one.weekday > 6) {
      return fail(ALLIANCE_E_BAD_INPUT, "hours[" + std::to_string(i) + "]: the weekday is none of the seven");
    }
    if (one.from < 0 || one.until > 1'440 || one.from >= one.until) {
      return fail(ALLIANCE_E_BAD_INPUT,
                  "hours[" + std::to_string(i) + "]: must begin before they end, between 00:00 and 24:00");
    }
  }
  return {};
}

Result<void> check(const Terms& terms) {
  const auto wrong = [](const char* what) { return fail(ALLIANCE_E_BAD_INPUT, std::string("slots: ") + what); };
  if (terms.within.from < 0 || terms.within.until > latest || terms.within.from > terms.within.until) {
    return wrong("the time to look through must lie between 1970 and 2100, its end after its beginning");
  }
  if (!(terms.minutes >= 0 && terms.minutes <= 1e6)) return wrong("the minutes needed must be from 0 to 1000000");
  if (terms.step < 1 || terms.step > 60) return wrong("the step must be from 1 to 60 minutes");
  if (terms.shortest < terms.step || terms.longest < terms.shortest || terms.longest > 1'440 ||
      terms.shortest % terms.step != 0 || terms.longest % terms.step != 0) {
    return wrong("the shortest and the longest must be whole steps, the longest no shorter than the shortest");
  }
  if (terms.clear < 0 || terms.clear > 1'440) return wrong("what is kept clear must be from 0 to 1440 minutes");
  if (terms.most_a_day < 1 || terms.most_a_day > 96) return wrong("a day must take from 1 to 96 slots");
  return {};
}

std::vector<Span> working(std::span<const Hours> hours, std::span<const Offset> offsets, const Span& within) {
  std::vector<Span> made;
  if (offsets.empty()) return made;
  for (std::int64_t at = within.from; at < within.until;) {
    const Stretch here = stretch(offsets, at);
    const std::int64_t end = std::min(here.until, within.until);
    const std::int64_t last = floor_div(end - 1 + here.offset, whole_day);
    for (std::int64_t day = floor_div(at + here.offset, whole_day); day <= last; ++day) {
      const int weekday = static_cast<int>((day % 7 + 7 + 3) % 7);  // 1 January 1970 was a Thursday
      for (const Hours& one : hours) {
        if (one.weekday != weekday) continue;
        const std::int64_t begin = day * whole_day - here.offset;
        made.push_back({std::max(at, begin + one.from * minute), std::min(end, begin + one.until * minute)});
      }
    }
    at = end;
  }
  tidy(made);
  return made;
}

std::vector<Span> clear_of(std::span<const Span> free, std::span<const Span> busy, std::int64_t clear) {
  std::vector<Span> taken;
  for (const Span& one : busy) {
    if (one.from < one.until) taken.push_back({one.from - clear, one.until + clear});
  }
  tidy(taken);
  std::vector<Span> left(free.begin(), free.end());
  tidy(left);
  std::vector<Span> made;
  auto next = taken.begin();
  for (Span one : left) {
    while (next != taken.end() && next->until <= one.from) ++next;
    for (auto cut = next; cut != taken.end() && cut->from < one.until; ++cut) {
      if (cut->from > one.from) made.push_back({one.from, cut->from});
      one.from = std::max(one.from, cut->until);
    }
    if (one.from < one.until) made.push_back(one);
  }
  return made;
}

Proposed propose(std::span<const Hours> hours, std::span<const Offset> offsets, std::span<const Span> busy,
                 const Terms& terms) {
  Proposed made;
  made.missing = terms.minutes;
  if (offsets.empty()) return made;
  const std::int64_t step = terms.step * minute, shortest = terms.shortest * minute;
  const auto free = clear_of(working(hours, offsets, terms.within), busy, terms.clear * minute);
  std::int64_t day = INT64_MIN, earliest = INT64_MIN;
  int of_day = 0;
  for (const Span& room : free) {
    std::int64_t at = on_step(offsets, std::max(room.from, earliest), step);
    while (made.missing > 0 && at + shortest <= room.until) {
      if (const auto today = day_of(offsets, at); today != day) {
        day = today;
        of_day = 0;
      }
      if (of_day == terms.most_a_day) {
        at = on_step(offsets, at + 1, step);
        continue;
      }
      const auto wanted = static_cast<std::int64_t>(std::ceil(made.missing / terms.step)) * step;
      const std::int64_t lasts =
          std::min({std::max(wanted, shortest), terms.longest * minute, floor_div(room.until - at, step) * step});
      made.slots.push_back({at, at + lasts});
      const std::int64_t minutes = lasts / minute;
      made.missing -= static_cast<double>(minutes);
      ++of_day;
      earliest = at + lasts + terms.clear * minute;
      at = on_step(offsets, earliest, step);
    }
  }
  made.missing = std::max(0.0, made.missing);
  return made;
}

}  // namespace alliance::slots
