// SPDX-License-Identifier: Apache-2.0
#include "tailoring/path.h"

#include <algorithm>
#include <tuple>

namespace alliance::tailoring {

bool has(const Path& path, const std::string& id) { return std::find(path.begin(), path.end(), id) != path.end(); }

void change(Path& path, const fb::ActionT& action) {
  const auto place = std::find(path.begin(), path.end(), action.component);
  switch (action.kind) {
    case fb::ActionKind::skip:
      if (place == path.end()) return;
      *place = action.replacement;
      if (action.replacement.empty()) {
        path.erase(place);
      } else {  // it stood later on the path: it comes here instead
        for (auto other = path.begin(); other != path.end(); ++other) {
          if (other == place || *other != action.replacement) continue;
          path.erase(other);
          break;
        }
      }
      return;
    case fb::ActionKind::add: {
      const std::string& added = action.replacement.empty() ? action.component : action.replacement;
      if (added.empty() || has(path, added)) return;
      path.insert(std::find(path.begin(), path.end(), action.before), added);
      return;
    }
    case fb::ActionKind::reorder:
      if (place == path.end() || action.component == action.before || !has(path, action.before)) return;
      path.erase(place);
      path.insert(std::find(path.begin(), path.end(), action.before), action.component);
      return;
    default:
      return;
  }
}

const fb::ActionT& decided_action(const fb::ProposalRecordT& record) {
  return record.edited ? *record.edited : *record.proposal->action;
}

bool stands(const fb::ProposalRecordT& record) {
  return record.decision == fb::Decision::accepted && record.refused == 0 && record.reverted == 0;
}

bool changes_programme(fb::ActionKind kind) {
  return (kind >= fb::ActionKind::reorder && kind <= fb::ActionKind::change_pace) ||
         (kind >= fb::ActionKind::change_reminders && kind <= fb::ActionKind::change_contact);
}

bool under_way(const fb::ProposalRecordT& record) {
  return record.proposal && record.proposal->action && stands(record) && record.applied == 0 &&
         changes_programme(decided_action(record).kind);
}

std::vector<Step> steps_of(const fb::CaseT& state, const std::function<bool(const fb::ProposalRecordT&)>& with) {
  std::vector<Step> steps;
  for (const auto& record : state.proposals) {
    if (!record || !record->proposal || !record->proposal->action) continue;
    const bool applied = record->applied != 0 && record->reverted == 0;
    if (!applied && !(with && under_way(*record) && with(*record))) continue;
    steps.push_back({record->order, record->decided != 0 ? record->decided : record->applied, record->proposal->key,
                     &decided_action(*record)});
  }
  for (const auto& own : state.own_adaptations) {
    if (own && own->action && own->reverted == 0) {
      steps.push_back({own->order, own->time, own->event, own->action.get()});
    }
  }
  std::sort(steps.begin(), steps.end(), [](const Step& a, const Step& b) {
    return std::tie(a.order, a.time, a.id) < std::tie(b.order, b.time, b.id);
  });
  return steps;
}

Path path_after(const std::vector<Step>& steps, const fb::ProgrammeT& programme) {
  Path path = programme.default_path;
  for (const Step& step : steps) change(path, *step.action);
  return path;
}

Path current_path(const fb::CaseT& state, const fb::ProgrammeT& programme) {
  return path_after(steps_of(state), programme);
}

}  // namespace alliance::tailoring
