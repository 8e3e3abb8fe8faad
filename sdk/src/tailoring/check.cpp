// SPDX-License-Identifier: Apache-2.0
#include "tailoring/check.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "tailoring/path.h"

namespace alliance::tailoring {
namespace {

using Status = Result<void>;

struct Context {
  const fb::ProposalT& proposal;
  const fb::ActionT& action;
  const fb::CaseT& state;
  const fb::ProgrammeT& programme;
  Path path;

  tl::unexpected<Failure> no(const std::string& why) const {
    return fail(ALLIANCE_E_BAD_INPUT, "proposal of rule " + proposal.rule + ": " + why);
  }
  const fb::ComponentT* find(const std::string& id) const {
    for (const auto& component : programme.components) {
      if (component && component->id == id) return component.get();
    }
    return nullptr;
  }
  bool completed(const std::string& id) const {
    return std::any_of(state.components.begin(), state.components.end(),
                       [&](const auto& component) { return component && component->id == id && component->completed; });
  }
  bool on_path(const std::string& id) const { return std::find(path.begin(), path.end(), id) != path.end(); }
};

Status known(const Context& c, const std::string& field, const std::string& id) {
  if (id.empty() || c.find(id)) return {};
  return c.no(field + " " + id + " is not in the catalogue of " + c.programme.id);
}

// Every component still to come finds its prerequisites done or ahead of it on the changed path.
Status prerequisites_kept(const Context& c, const Path& changed) {
  for (std::size_t i = 0; i < changed.size(); ++i) {
    const fb::ComponentT* component = c.find(changed[i]);
    if (!component || c.completed(changed[i])) continue;
    for (const std::string& needed : component->prerequisites) {
      const auto end = changed.begin() + static_cast<std::ptrdiff_t>(i);
      if (c.completed(needed) || std::find(changed.begin(), end, needed) != end) continue;
      // What the path lacked before is not this proposal's doing.
      const auto was = std::find(c.path.begin(), c.path.end(), changed[i]);
      if (was != c.path.end() && std::find(c.path.begin(), was, needed) == was) continue;
      return c.no("component " + changed[i] + " needs " + needed + " before it, which would be left out");
    }
  }
  return {};
}

Status addable(const Context& c, const std::string& id) {
  if (!c.find(id)->can_add) return c.no("component " + id + " may not be added");
  if (c.on_path(id)) return c.no("component " + id + " is on the path already");
  return {};
}

Status skip(const Context& c) {
  const std::string& id = c.action.component;
  if (id.empty()) return c.no("a skip names no component");
  if (!c.find(id)->can_skip) return c.no("component " + id + " may not be skipped");
  if (!c.on_path(id)) return c.no("component " + id + " is not on the path");
  if (c.completed(id)) return c.no("component " + id + " is completed already");
  const std::string& instead = c.action.replacement;
  if (instead.empty()) return {};
  if (instead == id) return c.no("component " + id + " cannot replace itself");
  if (!c.on_path(instead)) return addable(c, instead);
  if (!c.find(instead)->can_reorder) return c.no("component " + instead + " may not be reordered");
  if (c.completed(instead)) return c.no("component " + instead + " is completed already");
  return {};
}

Status add(const Context& c) {
  const std::string& id = c.action.replacement.empty() ? c.action.component : c.action.replacement;
  if (id.empty()) return c.no("an addition names no component");
  if (!c.action.before.empty() && !c.on_path(c.action.before)) {
    return c.no("component " + c.action.before + " is not on the path");
  }
  return addable(c, id);
}

Status reorder(const Context& c) {
  const std::string& id = c.action.component;
  if (id.empty() || c.action.before.empty()) return c.no("a reorder names a component and the one it goes before");
  if (id == c.action.before) return c.no("component " + id + " cannot go before itself");
  if (!c.find(id)->can_reorder) return c.no("component " + id + " may not be reordered");
  if (!c.on_path(id)) return c.no("component " + id + " is not on the path");
  if (!c.on_path(c.action.before)) return c.no("component " + c.action.before + " is not on the path");
  if (c.completed(id)) return c.no("component " + id + " is completed already");
  return {};
}

// What each change of the programme must keep to.
struct Constraint {
  fb::ActionKind kind;
  Status (*holds)(const Context&);
};
constexpr Constraint constraints[] = {
    {fb::ActionKind::reorder, reorder},
    {fb::ActionKind::skip, skip},
    {fb::ActionKind::add, add},
    {fb::ActionKind::change_pace, nullptr},
};

Status well_formed(const fb::ProposalT& proposal) {
  const auto no = [&](const std::string& why) {
    return fail(ALLIANCE_E_BAD_INPUT, "proposal of rule " + proposal.rule + ": " + why);
  };
  if (proposal.rule.empty()) return fail(ALLIANCE_E_BAD_INPUT, "proposal: the rule has no name");
  if (proposal.key.empty() || proposal.key.size() > 300) return no("the key must have 1 to 300 bytes");
  if (!proposal.action || proposal.action->kind < fb::ActionKind::reorder ||
      proposal.action->kind > fb::ActionKind::brief) {
    return no("the action is not known");
  }
  if (proposal.audience < fb::Audience::client || proposal.audience > fb::Audience::content_owner) {
    return no("the audience is not known");
  }
  if (proposal.factor < fb::Factor::none || proposal.factor > fb::Factor::b4_confidence) {
    return no("the factor is not known");
  }
  if (proposal.action->text.empty()) return no("the action says nothing to the person whom it is for");
  if (!std::isfinite(proposal.action->minutes) || proposal.action->minutes < 0) {
    return no("the action's minutes must be 0 or more");
  }
  if (proposal.evidence.empty()) return no("an action needs evidence");
  for (std::size_t i = 0; i < proposal.evidence.size(); ++i) {
    const auto& evidence = proposal.evidence[i];
    if (!evidence || evidence->what.empty()) {
      return no("evidence[" + std::to_string(i) + "] does not say what it is");
    }
    if (!std::isfinite(evidence->value.value_or(0)) || !std::isfinite(evidence->threshold.value_or(0))) {
      return no("evidence[" + std::to_string(i) + "] holds a number that is not finite");
    }
  }
  return {};
}

}  // namespace

bool changes_programme(fb::ActionKind kind) {
  return std::any_of(std::begin(constraints), std::end(constraints),
                     [kind](const Constraint& constraint) { return constraint.kind == kind; });
}

Result<void> check(const fb::ProposalT& proposal, const fb::CaseT& state, const fb::ProgrammeT* programme) {
  if (auto ok = well_formed(proposal); !ok) return ok;
  const fb::ActionT& action = *proposal.action;
  if (!programme) {
    if (!changes_programme(action.kind)) return {};
    return fail(ALLIANCE_E_BAD_INPUT,
                "proposal of rule " + proposal.rule + ": it changes a programme, and the case has none that is loaded");
  }
  const Context c{proposal, action, state, *programme, current_path(state, *programme)};
  const std::pair<const char*, const std::string&> named[] = {
      {"component", action.component}, {"replacement", action.replacement}, {"component", action.before}};
  for (const auto& [field, id] : named) {
    if (auto ok = known(c, field, id); !ok) return ok;
  }
  for (const Constraint& constraint : constraints) {
    if (constraint.kind != action.kind || !constraint.holds) continue;
    if (auto ok = constraint.holds(c); !ok) return ok;
    Path changed = c.path;
    change(changed, action);
    return prerequisites_kept(c, changed);
  }
  return {};
}

}  // namespace alliance::tailoring
