// SPDX-License-Identifier: Apache-2.0
#include "timing/review_needs.h"

#include <algorithm>

namespace alliance::timing {

std::vector<double> review_minutes(const fb::TimeViewT& view, std::int64_t now, unsigned weeks) {
  constexpr std::int64_t week = INT64_C(604'800'000'000);
  std::vector<double> made(weeks);
  if (weeks == 0) return made;
  for (const auto& part : view.parts) {
    if (!part || part->closed != 0 || part->counting == fb::Counting::observed) continue;
    double waiting = 0;
    for (const auto& one : part->waiting) waiting += one->minutes;
    double rest = 0;
    if (part->account) {
      for (const auto& row : part->account->work) {
        if (row->work == fb::Work::online_review) rest += row->remaining;
      }
    }
    rest = std::max(0.0, rest - waiting);
    const std::int64_t left = part->ends > now ? (part->ends - now + week - 1) / week : weeks;
    made[0] += waiting;
    for (unsigned w = 0; w < weeks && w < static_cast<std::uint64_t>(left); ++w) {
      made[w] += rest / static_cast<double>(left);
    }
  }
  return made;
}

}  // namespace alliance::timing
