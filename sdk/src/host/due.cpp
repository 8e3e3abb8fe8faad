// SPDX-License-Identifier: Apache-2.0
#include "host/due.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "host/access.h"
#include "host/fold.h"

namespace alliance::host {

Result<void> may_see_course(const fb::CaseT& state, const Viewer& viewer) {
  const auto left_out = withheld(viewer, state);
  if (!left_out.has(Datum::course)) return {};
  return fail(ALLIANCE_E_DENIED, "due: " + left_out[Datum::course], state.id);
}

fb::DueListT due_list(const fb::CaseT& state, std::int64_t at, fb::PlanT plan, const Viewer& viewer) {
  fb::DueListT made;
  made.id = state.id;
  made.as_of = at;
  made.zone = state.zone;
  made.schedule = plan.schedule;
  made.zone_data = plan.zone_data;
  made.next_change = plan.next_change;
  made.missing_roles = std::move(plan.missing_roles);
  const auto left_out = withheld(viewer, state);
  // The access table's rules for what a course shows of measures, once more than there: these are not yet remembered.
  const auto shown = [&](const fb::OccasionT& occasion) {
    const bool confidence = occasion.role == "confidence" || occasion.role.starts_with("confidence.");
    if (confidence && left_out.has(Datum::confidence)) return false;
    return reach(viewer.role, Datum::scores) != Reach::given || occasion.rater == fb::Rater::client;
  };
  std::set<std::string> listed;
  for (auto& occasion : plan.occasions) {
    listed.insert(occasion->key);
    if (!shown(*occasion)) continue;
    auto record = std::make_unique<fb::OccasionRecordT>();
    if (const auto* known = find_occasion(state, occasion->key)) {
      record->sent = known->sent;
      record->shown = known->shown;
      record->round = known->round;
    }
    record->occasion = std::move(occasion);
    made.occasions.push_back(std::move(record));
  }
  for (const auto& known : state.occasions) {
    if (listed.count(known->occasion->key) != 0 || !shown(*known->occasion)) continue;
    made.occasions.push_back(std::make_unique<fb::OccasionRecordT>(*known));
  }
  std::stable_sort(made.occasions.begin(), made.occasions.end(), [](const auto& a, const auto& b) {
    return std::tie(a->occasion->due, a->occasion->key) < std::tie(b->occasion->due, b->occasion->key);
  });
  return made;
}

}  // namespace alliance::host
