// SPDX-License-Identifier: Apache-2.0
#include "choices.h"

#include <algorithm>
#include <functional>

namespace alliance::instruments {
namespace {

bool unverified(const std::unique_ptr<fb::ProvenanceT>& provenance) {
  return !provenance || provenance->certainty == fb::Certainty::unverified ||
         provenance->certainty == fb::Certainty::unset;
}

void set_accepted(const std::unique_ptr<fb::ProvenanceT>& provenance, bool on) {
  if (provenance) provenance->accepted = on && unverified(provenance);
}

// The element with that id becomes the one in force; the one that was goes back among the others.
template <class Part>
bool choose(std::unique_ptr<Part>& in_force, std::vector<std::unique_ptr<Part>>& others, const std::string& id) {
  if (in_force && in_force->id == id) return true;
  for (auto& other : others) {
    if (other->id != id) continue;
    std::swap(in_force, other);
    if (!other || other->id.empty()) others.erase(others.begin() + (&other - others.data()));
    return true;
  }
  return false;
}

using Ids = std::vector<std::string>;

template <class Part>
void gather(Ids& ids, const std::unique_ptr<Part>& in_force, const std::vector<std::unique_ptr<Part>>& others) {
  if (in_force && !in_force->id.empty()) ids.push_back(in_force->id);
  for (const auto& other : others) ids.push_back(other->id);
}

void check_choice(const std::map<std::string, std::string>& chosen, const std::string& setting,
                  const std::vector<const fb::InstrumentT*>& definitions,
                  const std::function<Ids(const fb::InstrumentT&)>& offered) {
  for (const auto& [instrument, id] : chosen) {
    bool known = false;
    Ids ids;
    for (const auto* definition : definitions) {
      if (definition->id != instrument) continue;
      known = true;
      for (auto& one : offered(*definition)) ids.push_back(std::move(one));
    }
    if (std::find(ids.begin(), ids.end(), id) != ids.end()) continue;
    std::string sentence = "the settings of the instruments plugin: " + setting + ": ";
    if (!known) {
      sentence += "there is no instrument " + instrument;
    } else {
      sentence += instrument + " has no \"" + id + "\"; it has ";
      for (std::size_t i = 0; i < ids.size(); ++i) sentence += (i == 0 ? "" : ", ") + ids[i];
      if (ids.empty()) sentence += "none to choose from";
    }
    throw Error(ALLIANCE_E_BAD_INPUT, sentence);
  }
}

}  // namespace

void check_choices(const Settings& settings, const std::vector<const fb::InstrumentT*>& definitions) {
  check_choice(settings.missing_rules, "missing_rules", definitions, [](const fb::InstrumentT& definition) {
    Ids ids;
    gather(ids, definition.missing, definition.other_missing);
    return ids;
  });
  check_choice(settings.reliable_changes, "reliable_changes", definitions, [](const fb::InstrumentT& definition) {
    Ids ids;
    for (const auto& scale : definition.scales) gather(ids, scale->reliable_change, scale->other_reliable_changes);
    return ids;
  });
}

void apply_choices(fb::InstrumentT& definition, const Settings& settings) {
  const bool thresholds = settings.accepts_thresholds(definition.id);
  for (auto& scale : definition.scales) {
    set_accepted(scale->bands_provenance, thresholds);
    for (auto& cutoff : scale->cutoffs) set_accepted(cutoff->provenance, thresholds);
    for (auto& other : scale->other_reliable_changes) set_accepted(other->provenance, false);
    if (scale->reliable_change) set_accepted(scale->reliable_change->provenance, thresholds);
    const auto change = settings.reliable_changes.find(definition.id);
    if (change != settings.reliable_changes.end() &&
        choose(scale->reliable_change, scale->other_reliable_changes, change->second)) {
      set_accepted(scale->reliable_change->provenance, true);
    }
  }
  // An unverified rule that a definition names as its own is no more silently used than any other number.
  if (definition.missing && definition.missing->rule != fb::MissingRule::none &&
      unverified(definition.missing->provenance)) {
    definition.other_missing.push_back(std::move(definition.missing));
    definition.missing.reset();
  }
  for (auto& other : definition.other_missing) set_accepted(other->provenance, false);
  const auto rule = settings.missing_rules.find(definition.id);
  if (rule != settings.missing_rules.end() && choose(definition.missing, definition.other_missing, rule->second)) {
    set_accepted(definition.missing->provenance, true);
  }
  fb::ProvenanceT& keys = *definition.keys_provenance;
  keys.accepted = false;
  definition.denied.clear();
  if (keys.certainty != fb::Certainty::unverified) return;
  if (settings.accepted.contains(definition.id)) {
    keys.accepted = true;
  } else {
    definition.denied = definition.id + " does not score: its key is not verified. Put a verified key into content/" +
                        definition.id + ".key.json, or check the key yourself and name " + definition.id +
                        " in accept_unverified in the settings of the instruments plugin";
  }
}

fb::InstrumentT for_scoring(const fb::InstrumentT& definition) {
  fb::InstrumentT made(definition);
  for (auto& scale : made.scales) {
    if (unverified(scale->bands_provenance) && !(scale->bands_provenance && scale->bands_provenance->accepted)) {
      scale->bands.clear();
    }
  }
  return made;
}

}  // namespace alliance::instruments
