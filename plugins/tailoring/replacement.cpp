// SPDX-License-Identifier: Apache-2.0
#include "replacement.h"

#include <algorithm>

#include "../shared/tables.h"

namespace alliance::tailoring {
namespace {

using shared::each;
using shared::text;
using shared::view;

constexpr std::size_t most_considered = 8;

// A component still to come that could not be done without `id`; empty when there is none.
std::string needed_by(const std::string& id, const Facts& facts) {
  for (const std::string& other : facts.path) {
    const fb::Component* component = facts.component(other);
    if (!component || other == id || facts.completed(other)) continue;
    for (const flatbuffers::String* needed : each(component->prerequisites())) {
      if (view(needed) == id) return other;
    }
  }
  return {};
}

// Why the component itself cannot be left out; empty when it can.
std::string why_kept(const std::string& id, const Facts& facts) {
  const fb::Component* component = facts.component(id);
  if (!component) return "the catalogue does not know it";
  if (!component->can_skip()) return "the programme does not let it be skipped";
  const std::string other = needed_by(id, facts);
  return other.empty() ? "" : other + " needs it";
}

bool names(const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>* ids, std::string_view id) {
  for (const flatbuffers::String* one : each(ids)) {
    if (view(one) == id) return true;
  }
  return false;
}

bool as_many_added_as_may_be(const std::string& id, const Facts& facts) {
  if (!facts.programme->most_adds() || names(facts.programme->default_path(), id)) return false;
  std::size_t added = 0;
  for (const std::string& one : facts.path) added += names(facts.programme->default_path(), one) ? 0 : 1;
  return added >= *facts.programme->most_adds();
}

// Done, or on the path ahead of the place of `component`.
bool met(std::string_view needed, const std::string& component, const Facts& facts) {
  if (facts.completed(needed)) return true;
  if (needed == component) return false;
  const auto place = std::find(facts.path.begin(), facts.path.end(), component);
  return std::find(facts.path.begin(), place, needed) != place;
}

fb::ActionT action(fb::ActionKind kind, const std::string& component, const std::string& replacement,
                   const fb::ActionT& wording) {
  fb::ActionT made;
  made.kind = kind;
  made.component = component;
  made.replacement = replacement;
  made.minutes = wording.minutes;
  made.text = wording.text;
  return made;
}

void consider(Replacement& found, fb::ActionT what, const std::string& why) {
  if (found.considered.size() >= most_considered) return;
  auto made = std::make_unique<fb::ConsideredT>();
  what.text.clear();
  made->action = std::make_unique<fb::ActionT>(std::move(what));
  made->why_not = why;
  found.considered.push_back(std::move(made));
}

}  // namespace

std::string why_not(const fb::Component& candidate, const std::string& component, bool skipping, const Facts& facts) {
  const std::string id = text(candidate.id());
  if (facts.completed(id)) return "the client has completed it";
  if (facts.begun(id)) return "the client has begun it";
  if (facts.on_path(id)) {
    if (!skipping) return "it is on the path already";
    if (!candidate.can_reorder()) return "it has its place on the path";
  } else if (!candidate.can_add()) {
    return "the programme does not let it be added";
  }
  for (const flatbuffers::String* needed : each(candidate.prerequisites())) {
    if (!met(view(needed), component, facts)) return "it needs " + text(needed) + " first";
  }
  for (const std::string& other : facts.path) {
    if (skipping && other == component) continue;
    const fb::Component* beside = facts.component(other);
    if (names(candidate.excludes(), other) || (beside != nullptr && names(beside->excludes(), id))) {
      return "it does not go together with " + other;
    }
  }
  if (!facts.on_path(id) && as_many_added_as_may_be(id, facts)) return "no more may be added";
  return {};
}

Replacement replace(const std::string& component, const fb::ActionT& wording, const Facts& facts) {
  using Kind = fb::ActionKind;
  Replacement found;
  if (!facts.programme || !facts.component(component)) {
    found.action = action(Kind::ask_client, facts.programme ? "" : component, "", wording);
    consider(found, action(Kind::skip, component, "", wording), "no catalogue says what may take its place");
    return found;
  }
  const std::string kept = why_kept(component, facts);
  const Kind kind = kept.empty() ? Kind::skip : Kind::add;
  if (!kept.empty()) consider(found, action(Kind::skip, component, "", wording), kept);

  std::string taken;
  for (const fb::Component* candidate : each(facts.programme->components())) {
    const std::string id = text(candidate->id());
    if (!candidate->transdiagnostic() || id == component) continue;
    const std::string against = why_not(*candidate, component, kind == Kind::skip, facts);
    if (against.empty() && taken.empty()) {
      taken = id;
      continue;
    }
    consider(found, action(kind, component, id, wording),
             against.empty() ? taken + " comes first in the catalogue" : against);
  }
  if (!taken.empty()) {
    found.action = action(kind, component, taken, wording);
  } else if (kept.empty()) {
    found.action = action(Kind::skip, component, "", wording);
  } else {
    found.action = action(Kind::ask_client, component, "", wording);
  }
  return found;
}

}  // namespace alliance::tailoring
