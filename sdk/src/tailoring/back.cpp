// SPDX-License-Identifier: Apache-2.0
#include "tailoring/back.h"

#include <algorithm>

namespace alliance::tailoring {
namespace {

using Kind = fb::ActionKind;

fb::ActionT made(Kind kind, const std::string& component, const std::string& replacement, const std::string& before) {
  fb::ActionT out;
  out.kind = kind;
  out.component = component;
  out.replacement = replacement;
  out.before = before;
  return out;
}

// The one change after which `path` is `to`, where one is enough.
const fb::ActionT* last_step(const Path& path, const Path& to, std::vector<fb::ActionT>& candidates) {
  for (const fb::ActionT& candidate : candidates) {
    Path after = path;
    change(after, candidate);
    if (after == to) return &candidate;
  }
  return nullptr;
}

std::vector<fb::ActionT> replacements(const Path& from, const Path& to) {
  std::vector<fb::ActionT> out;
  for (const auto& id : from) {
    if (has(to, id)) continue;
    for (const auto& instead : to) {
      if (!has(from, instead)) out.push_back(made(Kind::skip, id, instead, {}));
    }
  }
  return out;
}

std::vector<fb::ActionT> moves(const Path& path) {
  std::vector<fb::ActionT> out;
  for (const auto& id : path) {
    for (const auto& before : path) {
      if (id != before) out.push_back(made(Kind::reorder, id, {}, before));
    }
  }
  return out;
}

}  // namespace

std::vector<fb::ActionT> changes_between(const Path& from, const Path& to) {
  std::vector<fb::ActionT> out;
  Path path = from;
  const auto take = [&](const fb::ActionT& action) {
    out.push_back(action);
    change(path, action);
  };
  if (path == to) return out;
  if (auto one = replacements(from, to); const auto* enough = last_step(path, to, one)) {
    take(*enough);
    return out;
  }
  // What comes is there before anything goes, so that nothing that rests on it is without it meanwhile.
  for (auto next = to.rbegin(); next != to.rend(); ++next) {
    if (!has(path, *next)) take(made(Kind::add, *next, {}, next == to.rbegin() ? "" : *(next - 1)));
  }
  for (const auto& id : from) {
    if (!has(to, id)) take(made(Kind::skip, id, {}, {}));
  }
  if (path == to) return out;
  if (auto one = moves(path); const auto* enough = last_step(path, to, one)) {
    take(*enough);
    return out;
  }
  for (std::size_t i = 0; i < std::min(path.size(), to.size()); ++i) {
    if (path[i] != to[i]) take(made(Kind::reorder, to[i], {}, path[i]));
  }
  return out;
}

Result<std::vector<fb::ActionT>> way_back(const std::string& id, const fb::CaseT& state,
                                          const fb::ProgrammeT& programme) {
  std::vector<Step> with = steps_of(state);
  const auto found = std::find_if(with.begin(), with.end(), [&](const Step& step) { return step.id == id; });
  if (found == with.end() || !changes_programme(found->action->kind)) return std::vector<fb::ActionT>{};
  const fb::ActionT& undone = *found->action;
  const bool path = undone.kind == Kind::reorder || undone.kind == Kind::skip || undone.kind == Kind::add;
  if (path) {
    std::vector<Step> without = with;
    std::erase_if(without, [&](const Step& step) { return step.id == id; });
    return changes_between(path_after(with, programme), path_after(without, programme));
  }
  const auto same = [&](const Step& step) {
    return step.action->kind == undone.kind && step.action->component == undone.component;
  };
  if (std::any_of(found + 1, with.end(), same)) return std::vector<fb::ActionT>{};  // set otherwise since
  const auto before = std::find_if(std::make_reverse_iterator(found), with.rend(), same);
  if (before == with.rend()) {
    return fail(ALLIANCE_E_UNSUPPORTED, std::string("what ") + fb::EnumNameActionKind(undone.kind) +
                                            " was before it was changed is not known: set it back by hand");
  }
  return std::vector<fb::ActionT>{*before->action};
}

}  // namespace alliance::tailoring
