// SPDX-License-Identifier: Apache-2.0
// The instruments of all measure plugins, and who plays which role.
#pragma once

#include <alliance_schema/case_generated.h>
#include <alliance_schema/instrument_generated.h>
#include <alliance_schema/review_generated.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "measure/response_quality.h"
#include "plugin/registry.h"

namespace alliance::host {

// One version of one instrument, ready to score.
struct Instrument {
  plugin::Plugin* plugin = nullptr;
  alliance_measure* measure = nullptr;
  fb::InstrumentT definition;
  std::map<std::string, std::size_t> item_index;
  measure::ItemDirections directions;
  bool has_safety = false;  // an item that may raise a flag
  std::string versions;     // of the plugin and of the definition, with its hash: of these a report's id is made
};

// Its texts in a language, checked; ALLIANCE_E_NOT_FOUND when there are none in it.
Result<fb::ContentPackT> content_of(const Instrument& instrument, const std::string& language);

class Instruments {
 public:
  ~Instruments();

  // Takes every instrument that the plugin offers. One that is broken, or that carries a safety item while
  // there is no safety contact, is left out and its sentence is returned.
  std::vector<std::string> add(plugin::Plugin& plugin, bool has_safety_contact);

  // `version` empty: the newest. Null when it is not loaded.
  const Instrument* find(const std::string& id, const std::string& version) const;
  std::vector<std::string> ids() const;

  // Chooses who plays each role, and sets in_use. Called when everything is loaded.
  void cast(const std::vector<std::string>& prefer);
  const std::vector<std::unique_ptr<fb::PlayableT>>& roles() const { return roles_; }

  // Copies of the newest definitions, in the order of their ids.
  fb::InstrumentListT list() const;

  const std::vector<std::unique_ptr<fb::InstrumentT>>& newest() const { return newest_; }

 private:
  struct Version {
    std::vector<std::uint64_t> numbers;
    std::unique_ptr<Instrument> instrument;
  };
  std::map<std::string, std::vector<Version>> by_id_;  // versions from old to new
  std::vector<std::unique_ptr<fb::PlayableT>> roles_;
  std::vector<std::unique_ptr<fb::InstrumentT>> newest_;
};

}  // namespace alliance::host
