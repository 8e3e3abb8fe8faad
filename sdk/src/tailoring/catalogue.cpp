// SPDX-License-Identifier: Apache-2.0
#include "tailoring/catalogue.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "tailoring/check.h"

namespace alliance::tailoring {
namespace {

using Sentence = std::string;  // empty: kept to
using Kind = fb::ActionKind;

Sentence addable(const fb::ProgrammeT& programme, const Path& path, const std::string& id) {
  const auto* component = component_of(programme, id);
  if (!component || !component->can_add) return "component " + id + " may not be added";
  if (has(path, id)) return "component " + id + " is on the path already";
  if (!component->can_reorder && has(programme.default_path, id)) {
    return "component " + id + " may not be reordered: revert what left it out";
  }
  return {};
}

Sentence skip(const fb::ActionT& action, const Path& path, const fb::ProgrammeT& programme) {
  const std::string& id = action.component;
  if (id.empty()) return "a skip names no component";
  const auto* component = component_of(programme, id);
  if (!component || !component->can_skip) return "component " + id + " may not be skipped";
  if (!has(path, id)) return "component " + id + " is not on the path";
  const std::string& instead = action.replacement;
  if (instead.empty()) return {};
  if (instead == id) return "component " + id + " cannot replace itself";
  if (!has(path, instead)) return addable(programme, path, instead);
  const auto* moved = component_of(programme, instead);
  if (!moved || !moved->can_reorder) return "component " + instead + " may not be reordered";
  return {};
}

Sentence add(const fb::ActionT& action, const Path& path, const fb::ProgrammeT& programme) {
  const std::string& id = action.replacement.empty() ? action.component : action.replacement;
  if (id.empty()) return "an addition names no component";
  if (!action.before.empty() && !has(path, action.before)) return "component " + action.before + " is not on the path";
  return addable(programme, path, id);
}

Sentence reorder(const fb::ActionT& action, const Path& path, const fb::ProgrammeT& programme) {
  const std::string& id = action.component;
  if (id.empty() || action.before.empty()) return "a reorder names a component and the one it goes before";
  if (id == action.before) return "component " + id + " cannot go before itself";
  const auto* component = component_of(programme, id);
  if (!component || !component->can_reorder) return "component " + id + " may not be reordered";
  if (!has(path, id)) return "component " + id + " is not on the path";
  if (!has(path, action.before)) return "component " + action.before + " is not on the path";
  return {};
}

std::string named(Kind change, const std::string& component, const fb::ProgrammeT& programme) {
  return std::string(fb::EnumNameActionKind(change)) + " of " +
         (component.empty() ? "programme " + programme.id : "component " + component);
}

std::string number(double value) {
  std::array<char, 32> text{};
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

Sentence set(const fb::ActionT& action, const Path&, const fb::ProgrammeT& programme) {
  const std::string what = named(action.kind, action.component, programme);
  const auto* may = adaptable_of(programme, action.kind, action.component);
  if (!may) return what + " is not in the catalogue";
  if (may->least || may->most) {
    if (!action.value) return what + " needs a value";
    if ((may->least && *action.value < *may->least) || (may->most && *action.value > *may->most)) {
      return what + " to " + number(*action.value) + " is outside its bounds, " +
             (may->least ? number(*may->least) : "none") + " to " + (may->most ? number(*may->most) : "none");
    }
  }
  if (!may->options.empty() &&
      std::find(may->options.begin(), may->options.end(), action.option) == may->options.end()) {
    std::string options;
    for (const auto& option : may->options) options += (options.empty() ? "" : ", ") + option;
    return what + " takes one of " + options;
  }
  return {};
}

// What each change must keep to, on the path as it is before it.
struct Constraint {
  Kind kind;
  Sentence (*broken)(const fb::ActionT&, const Path&, const fb::ProgrammeT&);
};
constexpr Constraint constraints[] = {
    {Kind::reorder, reorder},
    {Kind::skip, skip},
    {Kind::add, add},
    {Kind::change_pace, set},
    {Kind::change_reminders, set},
    {Kind::change_examples, set},
    {Kind::change_language, set},
    {Kind::change_contact, set},
};

void prerequisites(const Path& path, const fb::CaseT& state, const fb::ProgrammeT& programme,
                   std::vector<Sentence>& found) {
  for (std::size_t i = 0; i < path.size(); ++i) {
    const auto* component = component_of(programme, path[i]);
    if (!component || completed(state, path[i])) continue;
    const auto here = path.begin() + static_cast<std::ptrdiff_t>(i);
    for (const std::string& needed : component->prerequisites) {
      if (completed(state, needed) || std::find(path.begin(), here, needed) != here) continue;
      found.push_back("component " + path[i] + " needs " + needed + " before it, which would be left out");
    }
  }
}

void together(const Path& path, const fb::ProgrammeT& programme, std::vector<Sentence>& found) {
  for (const std::string& id : path) {
    const auto* component = component_of(programme, id);
    if (!component) continue;
    for (const std::string& other : component->excludes) {
      if (has(path, other)) found.push_back("component " + id + " does not go together with " + other);
    }
  }
}

void bounds(const Path& path, const fb::ProgrammeT& programme, std::vector<Sentence>& found) {
  std::size_t skipped = 0, added = 0;
  for (const auto& id : programme.default_path) skipped += has(path, id) ? 0 : 1;
  for (const auto& id : path) added += has(programme.default_path, id) ? 0 : 1;
  // Each count has a sentence of its own: what passes a bound by one more is new.
  if (programme.most_skips && skipped > *programme.most_skips) {
    found.push_back(std::to_string(skipped) + " components of the default path would be left out, at most " +
                    std::to_string(*programme.most_skips) + " may be");
  }
  if (programme.most_adds && added > *programme.most_adds) {
    found.push_back(std::to_string(added) + " components would come to the default path, at most " +
                    std::to_string(*programme.most_adds) + " may");
  }
}

void settings(const std::vector<Step>& steps, const Path& path, const fb::CaseT& state, const fb::ProgrammeT& programme,
              std::vector<Sentence>& found) {
  for (const Step& step : steps) {
    const auto* may = adaptable_of(programme, step.action->kind, step.action->component);
    if (!may) continue;
    const std::string what = named(step.action->kind, step.action->component, programme);
    for (const auto& needed : may->prerequisites) {
      if (!completed(state, needed)) found.push_back(what + " needs " + needed + " to be completed");
    }
    for (const auto& other : may->excludes) {
      if (has(path, other)) found.push_back(what + " does not go together with " + other);
    }
  }
}

}  // namespace

const fb::ComponentT* component_of(const fb::ProgrammeT& programme, const std::string& id) {
  for (const auto& component : programme.components) {
    if (component && component->id == id) return component.get();
  }
  return nullptr;
}

bool completed(const fb::CaseT& state, const std::string& id) {
  return std::any_of(state.components.begin(), state.components.end(), [&](const auto& component) {
    return component && component->id == id && component->completed != 0;
  });
}

const fb::AdaptableT* adaptable_of(const fb::ProgrammeT& programme, Kind change, const std::string& component) {
  const fb::ComponentT* about = component.empty() ? nullptr : component_of(programme, component);
  if (!component.empty() && !about) return nullptr;
  for (const auto& one : about ? about->adaptable : programme.adaptable) {
    if (one && one->change == change) return one.get();
  }
  return nullptr;
}

std::vector<std::string> faults(const std::vector<Step>& steps, const fb::CaseT& state,
                                const fb::ProgrammeT& programme) {
  std::vector<Sentence> found;
  Path path = programme.default_path;
  for (const Step& step : steps) {
    for (const Constraint& constraint : constraints) {
      if (constraint.kind != step.action->kind) continue;
      if (Sentence broken = constraint.broken(*step.action, path, programme); !broken.empty()) {
        found.push_back(std::move(broken));
      }
    }
    change(path, *step.action);
  }
  prerequisites(path, state, programme, found);
  together(path, programme, found);
  bounds(path, programme, found);
  settings(steps, path, state, programme, found);
  return found;
}

std::string fidelity_of(const fb::ActionT& action, const fb::ProgrammeT& programme) {
  if (const auto* set = adaptable_of(programme, action.kind, action.component)) return set->fidelity;
  if (!changes_programme(action.kind)) return {};
  std::string said;
  for (const std::string& id : {action.component, action.replacement}) {
    const auto* component = component_of(programme, id);
    if (component && !component->fidelity.empty()) said += (said.empty() ? "" : " ") + component->fidelity;
  }
  return said;
}

}  // namespace alliance::tailoring
