// SPDX-License-Identifier: Apache-2.0
#include "tailoring/path.h"

#include <algorithm>
#include <tuple>

namespace alliance::tailoring {
namespace {

bool has(const Path& path, const std::string& id) { return std::find(path.begin(), path.end(), id) != path.end(); }

struct Step {
  std::int64_t time;
  std::string id;
  const fb::ActionT* action;
};

}  // namespace

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

Path current_path(const fb::CaseT& state, const fb::ProgrammeT& programme) {
  std::vector<Step> steps;
  for (const auto& record : state.proposals) {
    if (record && record->applied != 0 && record->reverted == 0 && record->proposal && record->proposal->action) {
      steps.push_back({record->applied, record->proposal->key, record->proposal->action.get()});
    }
  }
  for (const auto& own : state.own_adaptations) {
    if (own && own->action) steps.push_back({own->time, own->event, own->action.get()});
  }
  std::sort(steps.begin(), steps.end(),
            [](const Step& a, const Step& b) { return std::tie(a.time, a.id) < std::tie(b.time, b.id); });
  Path path = programme.default_path;
  for (const Step& step : steps) change(path, *step.action);
  return path;
}

}  // namespace alliance::tailoring
