// SPDX-License-Identifier: Apache-2.0
#include "host/policies.h"

#include "schema/json.h"

namespace alliance::host {
namespace {

template <class Factory>
std::vector<std::pair<std::string, std::string>> offered(const Factory& table, std::vector<std::string>& refused,
                                                         const std::string& plugin) {
  std::vector<std::pair<std::string, std::string>> ids;
  for (std::uint64_t i = 0, count = table.count(&table); i < count; ++i) {
    alliance_descriptor descriptor = ALLIANCE_DESCRIPTOR_INIT;
    alliance_error error = ALLIANCE_ERROR_INIT;
    if (table.describe(&table, i, &descriptor, &error) != ALLIANCE_OK || descriptor.id == nullptr) {
      refused.push_back("plugin " + plugin + ": what it offers at " + std::to_string(i) +
                        " could not be described: " + error.message);
      continue;
    }
    ids.emplace_back(descriptor.id, descriptor.version == nullptr ? "" : descriptor.version);
  }
  return ids;
}

template <class Item, class Factory, class Create>
void make_all(std::map<std::string, std::unique_ptr<Item>>& into, plugin::Plugin& plugin, const Factory* table,
              std::vector<std::string>& refused, Create create) {
  if (table == nullptr) return;
  for (const auto& [id, version] : offered(*table, refused, plugin.info.id)) {
    if (into.contains(id)) {
      refused.push_back("plugin " + plugin.info.id + ": " + id + " is offered by another plugin already");
      continue;
    }
    auto item = std::make_unique<Item>();
    item->plugin = &plugin;
    item->id = id;
    item->version = version;
    alliance_error error = ALLIANCE_ERROR_INIT;
    if (create(*table, *item, error) != ALLIANCE_OK) {
      refused.push_back("plugin " + plugin.info.id + ": " + id + " could not be made: " + error.message);
      continue;
    }
    into.emplace(id, std::move(item));
  }
}

}  // namespace

Bytes case_bytes(const fb::CaseT& state) {
  flatbuffers::FlatBufferBuilder builder(4096);
  builder.Finish(fb::Case::Pack(builder, &state), "ALCS");
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

Policies::Policies(plugin::Registry& registry, const fb::HostConfigT& config) : registry_(registry), config_(config) {}

Policies::~Policies() {
  for (auto& [id, asked] : timing_) asked->plugin->timing->destroy(static_cast<alliance_timing*>(asked->instance));
  for (auto& [id, asked] : tailoring_) {
    asked->plugin->tailoring->destroy(static_cast<alliance_tailoring*>(asked->instance));
  }
  for (auto& [id, asked] : programmes_) {
    asked->plugin->programme->destroy(static_cast<alliance_programme*>(asked->instance));
  }
}

std::vector<std::string> Policies::add(plugin::Plugin& plugin) {
  std::vector<std::string> refused;
  make_all(timing_, plugin, plugin.timing, refused, [&](const auto& table, Asked& item, alliance_error& error) {
    return table.create(&table, &plugin.services, item.id.c_str(), reinterpret_cast<alliance_timing**>(&item.instance),
                        &error);
  });
  make_all(tailoring_, plugin, plugin.tailoring, refused, [&](const auto& table, Asked& item, alliance_error& error) {
    return table.create(&table, &plugin.services, item.id.c_str(),
                        reinterpret_cast<alliance_tailoring**>(&item.instance), &error);
  });
  make_all(programmes_, plugin, plugin.programme, refused,
           [&](const auto& table, Programme& item, alliance_error& error) {
             alliance_programme* made = nullptr;
             const auto status = table.create(&table, &plugin.services, item.id.c_str(), &made, &error);
             if (status != ALLIANCE_OK) return status;
             plugin::Gather gather;
             const auto read = table.catalogue(made, gather.sink(), &error);
             const Bytes bytes = gather.take();
             const auto fine = read == ALLIANCE_OK ? schema::verify("Programme", bytes) : Result<void>{};
             if (read != ALLIANCE_OK || !fine) {
               table.destroy(made);
               if (!fine) std::snprintf(error.message, sizeof error.message, "%s", fine.error().message.c_str());
               return read != ALLIANCE_OK ? read : ALLIANCE_E_BAD_INPUT;
             }
             fb::GetProgramme(bytes.data())->UnPackTo(&item.catalogue);
             item.catalogue_bytes = bytes;
             item.instance = made;
             return ALLIANCE_OK;
           });
  return refused;
}

Asked* Policies::choose(const std::map<std::string, std::unique_ptr<Asked>>& all, const std::string& wanted) const {
  if (!wanted.empty()) {
    const auto found = all.find(wanted);
    return found == all.end() ? nullptr : found->second.get();
  }
  return all.empty() ? nullptr : all.begin()->second.get();
}

Asked* Policies::timing() const { return choose(timing_, config_.timing_policy); }
Asked* Policies::tailoring() const { return choose(tailoring_, config_.tailoring_policy); }

Asked* Policies::tailoring(const std::string& id) const {
  const auto found = tailoring_.find(id);
  return found == tailoring_.end() ? nullptr : found->second.get();
}

Programme* Policies::programme(const std::string& id) const {
  const auto found = programmes_.find(id);
  return found == programmes_.end() ? nullptr : found->second.get();
}

std::vector<std::string> Policies::programmes() const {
  std::vector<std::string> ids;
  for (const auto& [id, programme] : programmes_) ids.push_back(id);
  return ids;
}

std::vector<std::string> Policies::programmes(const std::string& plugin) const {
  std::vector<std::string> ids;
  for (const auto& [id, programme] : programmes_) {
    if (programme->plugin->info.id == plugin) ids.push_back(id);
  }
  return ids;
}

template <class Call>
Result<Bytes> Policies::ask(Asked& asked, const char* name, CallScope* scope, Call call) {
  const std::lock_guard lock(asked.mutex);
  if (asked.plugin->info.state == plugin::State::quarantined) {
    return fail(ALLIANCE_E_LIBRARY, std::string(name) + ": the plugin is in quarantine: " + asked.plugin->info.reason);
  }
  CallScope own;
  own.plugin = asked.plugin->info.id;
  if (scope != nullptr) own.known = scope->known;
  plugin::Gather gather;
  alliance_error error = ALLIANCE_ERROR_INIT;
  const auto begin = std::chrono::steady_clock::now();
  std::int32_t status = 0;
  {
    const InScope in(own);
    status = call(gather.sink(), &error);
  }
  const auto took = std::chrono::steady_clock::now() - begin;
  if (status == ALLIANCE_E_LIBRARY) registry_.quarantine(*asked.plugin, error.message);
  if (status != ALLIANCE_OK) {
    error.message[sizeof error.message - 1] = '\0';
    error.detail[sizeof error.detail - 1] = '\0';
    return fail(status, error.message[0] == '\0' ? std::string(name) + " failed without a sentence" : error.message,
                error.detail);
  }
  if (scope != nullptr && took > std::chrono::milliseconds(config_.call_deadline_ms)) {
    return fail(ALLIANCE_E_TIMEOUT, std::string(name) + " took longer than " +
                                        std::to_string(config_.call_deadline_ms) + " ms: its answer was not used");
  }
  if (scope != nullptr) {
    for (auto& put : own.puts) scope->puts.push_back(std::move(put));
    for (auto& report : own.reports) scope->reports.push_back(std::move(report));
  }
  return gather.take();
}

Result<Bytes> Policies::plan(Asked& asked, const Bytes& state, std::int64_t now, CallScope& scope) {
  return ask(asked, "plan", &scope, [&](const alliance_sink* out, alliance_error* error) {
    return asked.plugin->timing->plan(static_cast<alliance_timing*>(asked.instance), state.data(), state.size(), now,
                                      out, error);
  });
}

Result<Bytes> Policies::account(Asked& asked, const Bytes& state, std::int64_t now, CallScope& scope) {
  return ask(asked, "account", &scope, [&](const alliance_sink* out, alliance_error* error) {
    return asked.plugin->timing->account(static_cast<alliance_timing*>(asked.instance), state.data(), state.size(), now,
                                         out, error);
  });
}

Result<Bytes> Policies::propose(Asked& asked, const Bytes& state, const Programme* programme, std::int64_t now,
                                CallScope& scope) {
  return ask(asked, "propose", &scope, [&](const alliance_sink* out, alliance_error* error) {
    return asked.plugin->tailoring->propose(
        static_cast<alliance_tailoring*>(asked.instance), state.data(), state.size(),
        programme == nullptr ? nullptr : programme->catalogue_bytes.data(),
        programme == nullptr ? 0 : programme->catalogue_bytes.size(), now, out, error);
  });
}

Result<Bytes> Policies::ingest(Programme& programme, const std::uint8_t* payload, std::uint64_t length) {
  return ask(programme, "ingest", nullptr, [&](const alliance_sink* out, alliance_error* error) {
    return programme.plugin->programme->ingest(static_cast<alliance_programme*>(programme.instance), payload, length,
                                               out, error);
  });
}

Result<Bytes> Policies::apply(Programme& programme, const std::string& case_id, const Bytes& proposal,
                              std::int64_t when, CallScope& scope) {
  return ask(programme, "apply", &scope, [&](const alliance_sink* out, alliance_error* error) {
    return programme.plugin->programme->apply(static_cast<alliance_programme*>(programme.instance), case_id.c_str(),
                                              proposal.data(), proposal.size(), when, out, error);
  });
}

}  // namespace alliance::host
