// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "timing/plan.h"

namespace alliance::timing {
namespace {

// How far an occasion has come on its own. What ended otherwise stands past the end: it reports nothing more.
int rank(fb::OccasionState state) {
  switch (state) {
    case fb::OccasionState::due:
      return 1;
    case fb::OccasionState::overdue:
      return 2;
    case fb::OccasionState::expired:
      return 3;
    case fb::OccasionState::answered:
    case fb::OccasionState::cancelled:
      return 4;
    case fb::OccasionState::unset:
    case fb::OccasionState::planned:
      break;
  }
  return 0;
}

}  // namespace

std::vector<Transition> transitions(const fb::CaseT& before, const fb::PlanT& plan) {
  std::unordered_map<std::string_view, int> remembered;
  remembered.reserve(before.occasions.size());
  for (const auto& record : before.occasions) {
    if (record && record->occasion) {
      int& most = remembered[record->occasion->key];
      most = std::max(most, rank(record->occasion->state));
    }
  }
  std::vector<Transition> found;
  for (const auto& occasion : plan.occasions) {
    if (!occasion) continue;
    const int now = rank(occasion->state);
    if (now == 0 || now == 4) continue;
    int& most = remembered[occasion->key];
    if (now <= most) continue;
    most = now;
    found.push_back({occasion->state, *occasion});
  }
  return found;
}

}  // namespace alliance::timing
