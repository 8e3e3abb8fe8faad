// SPDX-License-Identifier: Apache-2.0
#include "host/instruments.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "schema/json.h"
#include "timing/plan.h"

namespace alliance::host {
namespace {

// "1.10.0" is newer than "1.9".
std::vector<std::uint64_t> numbers_of(const std::string& version) {
  std::vector<std::uint64_t> numbers{0};
  for (const char c : version) {
    if (c == '.') {
      numbers.push_back(0);
    } else if (c >= '0' && c <= '9' && numbers.back() < 1'000'000'000) {
      numbers.back() = numbers.back() * 10 + static_cast<std::uint64_t>(c - '0');
    }
  }
  return numbers;
}

bool has_safety_item(const fb::InstrumentT& definition) {
  return std::any_of(definition.items.begin(), definition.items.end(),
                     [](const auto& item) { return item->safety != nullptr; });
}

Result<fb::InstrumentT> read_definition(const alliance_measure_factory& table, alliance_measure* measure) {
  plugin::Gather gather;
  alliance_error error = ALLIANCE_ERROR_INIT;
  if (const auto status = table.definition(measure, gather.sink(), &error); status != ALLIANCE_OK) {
    return fail(status, error.message, error.detail);
  }
  const auto bytes = gather.take();
  if (auto fine = schema::verify("Instrument", bytes); !fine) return tl::unexpected(fine.error());
  fb::InstrumentT definition;
  fb::GetInstrument(bytes.data())->UnPackTo(&definition);
  return definition;
}

}  // namespace

Result<fb::ContentPackT> content_of(const Instrument& instrument, const std::string& language) {
  const auto none = [&] {
    return fail(ALLIANCE_E_NOT_FOUND,
                "content: there are no texts of " + instrument.definition.id + " in this language");
  };
  plugin::Gather gather;
  alliance_error error = ALLIANCE_ERROR_INIT;
  const auto status = instrument.plugin->measure->content(instrument.measure, language.c_str(), gather.sink(), &error);
  if (status == ALLIANCE_E_NOT_FOUND || status == ALLIANCE_E_UNSUPPORTED) return none();
  if (status != ALLIANCE_OK) return fail(status, error.message, error.detail);
  const auto bytes = gather.take();
  if (auto fine = schema::verify("ContentPack", bytes); !fine) return tl::unexpected(fine.error());
  fb::ContentPackT pack;
  flatbuffers::GetRoot<fb::ContentPack>(bytes.data())->UnPackTo(&pack);
  if (pack.instrument != instrument.definition.id || pack.language != language) {
    return fail(ALLIANCE_E_INSTANCE, "content: plugin " + instrument.plugin->info.id + " gave other texts for " +
                                         instrument.definition.id + " than it was asked for");
  }
  return pack;
}

Instruments::~Instruments() {
  for (auto& [id, versions] : by_id_) {
    for (auto& version : versions) version.instrument->plugin->measure->destroy(version.instrument->measure);
  }
}

std::vector<std::string> Instruments::add(plugin::Plugin& plugin, bool has_safety_contact) {
  std::vector<std::string> refused;
  const alliance_measure_factory& table = *plugin.measure;
  for (std::uint64_t i = 0, count = table.count(&table); i < count; ++i) {
    alliance_descriptor descriptor = ALLIANCE_DESCRIPTOR_INIT;
    alliance_error error = ALLIANCE_ERROR_INIT;
    if (table.describe(&table, i, &descriptor, &error) != ALLIANCE_OK || descriptor.id == nullptr) {
      refused.push_back("plugin " + plugin.info.id + ": instrument " + std::to_string(i) +
                        " could not be described: " + error.message);
      continue;
    }
    const std::string id = descriptor.id;
    const std::string place = "instrument " + id + " of plugin " + plugin.info.id + ": ";
    auto instrument = std::make_unique<Instrument>();
    instrument->plugin = &plugin;
    if (table.create(&table, &plugin.services, descriptor.id, descriptor.version, &instrument->measure, &error) !=
        ALLIANCE_OK) {
      refused.push_back(place + error.message);
      continue;
    }
    auto definition = read_definition(table, instrument->measure);
    std::string reason;
    if (!definition) {
      reason = definition.error().message;
    } else if (definition->id != id) {
      reason = "its definition calls itself " + definition->id;
    } else if (has_safety_item(*definition) && !has_safety_contact) {
      reason = "it carries a safety item and the host has no safety contact: set safety.contact in the configuration";
    } else if (find(id, definition->version) != nullptr) {
      reason = "version " + definition->version + " is loaded already";
    }
    if (!reason.empty()) {
      table.destroy(instrument->measure);
      refused.push_back(place + reason);
      continue;
    }
    instrument->has_safety = has_safety_item(*definition);
    instrument->versions =
        plugin.info.id + "@" + plugin.info.version + "/" + definition->version + "/" + definition->hash;
    instrument->definition = std::move(*definition);
    for (std::size_t k = 0; k < instrument->definition.items.size(); ++k) {
      instrument->item_index.emplace(instrument->definition.items[k]->id, k);
    }
    instrument->directions = measure::item_directions(instrument->definition, table, instrument->measure);
    auto& versions = by_id_[id];
    versions.push_back({numbers_of(instrument->definition.version), std::move(instrument)});
    std::sort(versions.begin(), versions.end(), [](const auto& a, const auto& b) { return a.numbers < b.numbers; });
  }
  return refused;
}

const Instrument* Instruments::find(const std::string& id, const std::string& version) const {
  const auto found = by_id_.find(id);
  if (found == by_id_.end() || found->second.empty()) return nullptr;
  if (version.empty()) return found->second.back().instrument.get();
  for (const auto& candidate : found->second) {
    if (candidate.instrument->definition.version == version) return candidate.instrument.get();
  }
  return nullptr;
}

std::vector<std::string> Instruments::ids() const {
  std::vector<std::string> ids;
  for (const auto& [id, versions] : by_id_) ids.push_back(id);
  return ids;
}

void Instruments::cast(const std::vector<std::string>& prefer) {
  newest_.clear();
  roles_.clear();
  std::set<std::tuple<std::string, fb::Rater, fb::Target>> wanted;
  for (const auto& [id, versions] : by_id_) {
    newest_.push_back(std::make_unique<fb::InstrumentT>(versions.back().instrument->definition));
    for (auto older = versions.rbegin() + 1; older != versions.rend(); ++older) {
      newest_.back()->other_versions.push_back(older->instrument->definition.version);
    }
    for (const auto& scale : newest_.back()->scales) {
      for (const auto& role : scale->roles) {
        wanted.emplace(role, newest_.back()->perspective, newest_.back()->target);
      }
    }
  }
  std::set<std::string> in_use;
  for (const auto& [role, rater, target] : wanted) {
    const fb::InstrumentT* player = timing::player(newest_, prefer, role, rater, target);
    if (player == nullptr) continue;
    in_use.insert(player->id);
    auto playable = std::make_unique<fb::PlayableT>();
    playable->role = role;
    playable->rater = rater;
    playable->target = target;
    playable->instrument = player->id;
    playable->items = static_cast<std::uint32_t>(player->items.size());
    roles_.push_back(std::move(playable));
  }
  for (auto& definition : newest_) definition->in_use = in_use.contains(definition->id);
}

fb::InstrumentListT Instruments::list() const {
  fb::InstrumentListT list;
  for (const auto& definition : newest_) list.instruments.push_back(std::make_unique<fb::InstrumentT>(*definition));
  return list;
}

}  // namespace alliance::host
