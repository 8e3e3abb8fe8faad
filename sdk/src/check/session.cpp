// SPDX-License-Identifier: Apache-2.0
#include "check/session.h"

#include <algorithm>

#include "check/apart.h"
#include "plugin/library.h"

namespace alliance::check {
namespace {

constexpr std::uint64_t most_offered = 4096;

#define MAKING(name)                                                                                            \
  {#name, [](const plugin::Tables& tables) { return tables.name.count(&tables.name); },                         \
   [](const plugin::Tables& tables, std::uint64_t index, alliance_descriptor* out, alliance_error* error) {     \
     return tables.name.describe(&tables.name, index, out, error);                                              \
   },                                                                                                           \
   [](const plugin::Tables& tables, const alliance_services* services, const char* id, const char*, void** out, \
      alliance_error* error) {                                                                                  \
     return tables.name.create(&tables.name, services, id, reinterpret_cast<alliance_##name**>(out), error);    \
   },                                                                                                           \
   [](const plugin::Tables& tables, void* instance) { tables.name.destroy(static_cast<alliance_##name*>(instance)); }}

constexpr Making making_table[] = {
    {"measure", [](const plugin::Tables& tables) { return tables.measure.count(&tables.measure); },
     [](const plugin::Tables& tables, std::uint64_t index, alliance_descriptor* out, alliance_error* error) {
       return tables.measure.describe(&tables.measure, index, out, error);
     },
     [](const plugin::Tables& tables, const alliance_services* services, const char* id, const char* version,
        void** out, alliance_error* error) {
       return tables.measure.create(&tables.measure, services, id, version, reinterpret_cast<alliance_measure**>(out),
                                    error);
     },
     [](const plugin::Tables& tables, void* instance) {
       tables.measure.destroy(static_cast<alliance_measure*>(instance));
     }},
    MAKING(timing),
    MAKING(tailoring),
    MAKING(programme),
    {"transport", [](const plugin::Tables& tables) { return tables.transport.count(&tables.transport); },
     [](const plugin::Tables& tables, std::uint64_t index, alliance_descriptor* out, alliance_error* error) {
       return tables.transport.describe(&tables.transport, index, out, error);
     },
     nullptr, nullptr},
};

}  // namespace

std::span<const Making> makings() { return making_table; }

const Making* find_making(std::string_view kind) {
  const auto* const found = std::find_if(std::begin(making_table), std::end(making_table),
                                         [&](const Making& one) { return kind == one.kind; });
  return found == std::end(making_table) ? nullptr : found;
}

std::string text_of(const alliance_error& error) {
  return {error.message, std::find(error.message, error.message + ALLIANCE_TEXT_CAPACITY, '\0')};
}

Result<Loaded> load(const Subject& subject) {
  plugin::Manifest seen;
  auto manifest = plugin::read_manifest(subject.manifest, seen);
  if (!manifest) return tl::unexpected(manifest.error());
  if (manifest->python) {
    const auto* entry = entry_apart(subject.manifest);
    return Loaded{std::move(*manifest), entry};
  }
  at("loading the library");
  auto entry = plugin::load_library(std::move(manifest->library), manifest->library_hash, manifest->library_name);
  if (!entry) return tl::unexpected(entry.error());
  at("alliance_plugin_entry_v1()");
  const alliance_plugin_entry* table = (*entry)();
  return Loaded{std::move(*manifest), table};
}

Result<void> check_entry(const alliance_plugin_entry* entry) {
  const bool whole = ALLIANCE_HAS(alliance_plugin_entry, entry, get_factory);
  if (!whole || entry->abi_major != ALLIANCE_ABI_MAJOR || entry->layout_check != ALLIANCE_LAYOUT_CHECK ||
      entry->init == nullptr || entry->deinit == nullptr || entry->get_factory == nullptr) {
    return fail(ALLIANCE_E_BAD_INPUT, "its entry table is not whole");
  }
  return {};
}

Result<std::unique_ptr<Session>> Session::open(const Subject& subject) { return open(subject, Choice{}); }

Result<std::unique_ptr<Session>> Session::open(const Subject& subject, Choice choice) {
  auto loaded = load(subject);
  if (!loaded) return tl::unexpected(loaded.error());
  if (auto good = check_entry(loaded->entry); !good) return tl::unexpected(good.error());
  std::unique_ptr<Session> session(new Session(subject));
  session->loaded_ = std::move(*loaded);
  session->host_ = std::make_unique<HostSide>(session->manifest().folder, subject.settings);
  if (!choice.services) session->host_->offer_nothing();
  alliance_error error = ALLIANCE_ERROR_INIT;
  at("init()");
  if (session->entry().init(session->host_->services(), &error) != ALLIANCE_OK) {
    return fail(ALLIANCE_E_STATE, "its init() failed: " + text_of(error));
  }
  session->started_ = true;
  for (const auto& name : session->manifest().kinds) {
    const plugin::Kind* kind = plugin::find_kind(name);
    at("get_factory()");
    const void* factory = session->entry().get_factory(kind->factory);
    if (factory == nullptr) return fail(ALLIANCE_E_BAD_INPUT, "it has no factory for the kind " + name);
    if (auto filled = kind->fill(factory, session->tables_); !filled) return tl::unexpected(filled.error());
  }
  return session;
}

void Session::end() {
  if (!std::exchange(started_, false)) return;
  at("deinit()");
  entry().deinit();
  host_->close();
}

bool Session::has(std::string_view kind) const {
  const auto& kinds = manifest().kinds;
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

std::vector<Offered> Session::offered(std::string_view kind) const {
  std::vector<Offered> found;
  for (const Making& making : makings()) {
    const bool wanted = kind.empty() ? making.create != nullptr : kind == making.kind;
    if (!wanted || !has(making.kind)) continue;
    at(std::string(making.kind) + ".count()");
    const std::uint64_t count = std::min(making.count(tables_), most_offered);
    for (std::uint64_t index = 0; index < count; ++index) {
      alliance_descriptor what = ALLIANCE_DESCRIPTOR_INIT;
      at(std::string(making.kind) + ".describe()");
      if (making.describe(tables_, index, &what, nullptr) != ALLIANCE_OK || what.id == nullptr) continue;
      const auto text = [](const char* from) { return std::string(from == nullptr ? "" : from); };
      found.push_back({making.kind, what.id, text(what.version), text(what.title)});
    }
  }
  return found;
}

Result<Instance> Instance::make(Session& session, const Offered& what) {
  const Making* making = find_making(what.kind);
  void* handle = nullptr;
  alliance_error error = ALLIANCE_ERROR_INIT;
  at(what.kind + ".create('" + what.id + "')");
  const auto status = making->create(session.tables(), session.host().services(), what.id.c_str(),
                                     what.version.empty() ? nullptr : what.version.c_str(), &handle, &error);
  if (status != ALLIANCE_OK) return fail(status, text_of(error));
  if (handle == nullptr) return fail(ALLIANCE_E_INTERNAL, "create() succeeded and made nothing");
  return Instance(session, *making, handle);
}

Instance::~Instance() {
  if (handle_ == nullptr) return;
  at(std::string(making_->kind) + ".destroy()");
  making_->destroy(session_->tables(), handle_);
}

}  // namespace alliance::check
