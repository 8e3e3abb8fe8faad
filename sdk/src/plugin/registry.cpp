// SPDX-License-Identifier: Apache-2.0
#include "plugin/registry.h"

#include <algorithm>
#include <filesystem>

#include "plugin/kinds.h"
#include "plugin/library.h"
#include "plugin/manifest.h"

namespace alliance::plugin {
namespace {

// A plugin and all that it was lent. It stays at its place as long as the registry lives.
struct Held {
  Plugin plugin;
  Tables tables;
  const HostSide* host = nullptr;
  const alliance_plugin_entry* entry = nullptr;
  std::string folder, config;
  bool initialised = false;
};

const void* get_service(void* context, const char* id) noexcept {
  const auto* held = static_cast<const Held*>(context);
  if (id == nullptr || !held->host->service) return nullptr;
  try {
    return held->host->service(held->plugin.info.id, id);
  } catch (...) {
    return nullptr;
  }
}

// What the plugin said, or what can be said without it. An error struct that was filled by a stranger need
// not end in NUL.
Failure said(std::int32_t status, const alliance_error& error, const std::string& without) {
  const auto text = [](const char(&from)[ALLIANCE_TEXT_CAPACITY]) {
    return std::string(from, std::find(from, from + ALLIANCE_TEXT_CAPACITY, '\0'));
  };
  const std::string message = text(error.message);
  return {status, without + (message.empty() ? ": it gave no reason" : ": " + message), text(error.detail)};
}

std::string version_text(std::uint32_t major, std::uint32_t minor) {
  return std::to_string(major) + "." + std::to_string(minor);
}

Result<void> check_entry(const alliance_plugin_entry* entry) {
  const auto bad = [](const std::string& what) { return fail(ALLIANCE_E_BAD_INPUT, what); };
  if (entry == nullptr) return bad("its entry function returned no table");
  if (!ALLIANCE_HAS(alliance_plugin_entry, entry, abi_minor)) {
    return bad("its entry table says that it has " + std::to_string(entry->size) + " bytes, too few for a version");
  }
  if (entry->abi_major != ALLIANCE_ABI_MAJOR || entry->abi_minor > ALLIANCE_ABI_MINOR) {
    const std::string ours = version_text(ALLIANCE_ABI_MAJOR, ALLIANCE_ABI_MINOR);
    return fail(ALLIANCE_E_VERSION, "its library was built for ABI " +
                                        version_text(entry->abi_major, entry->abi_minor) +
                                        " and this host speaks ABI " + ours + ": build it with this host's headers");
  }
  if (!ALLIANCE_HAS(alliance_plugin_entry, entry, get_factory)) {
    return bad("its entry table says that it has " + std::to_string(entry->size) +
               " bytes and ends before get_factory");
  }
  if (entry->layout_check != ALLIANCE_LAYOUT_CHECK) {
    return fail(ALLIANCE_E_VERSION,
                "its compiler lays out memory in another way (layout_check differs): build it for this machine with "
                "the compiler's usual alignment");
  }
  if (entry->init == nullptr) return bad("its entry table has no init()");
  if (entry->deinit == nullptr) return bad("its entry table has no deinit()");
  if (entry->get_factory == nullptr) return bad("its entry table has no get_factory()");
  return {};
}

// Fills the tables of the kinds that are wanted; of all that there are when none is named.
Result<void> take_factories(Held& held) {
  auto& named = held.plugin.info.kinds;
  const bool any = named.empty();
  for (const Kind& kind : kinds()) {
    if (!any && std::find(named.begin(), named.end(), kind.name) == named.end()) continue;
    const void* factory = held.entry->get_factory(kind.factory);
    if (factory == nullptr && any) continue;
    if (factory == nullptr) {
      return fail(ALLIANCE_E_BAD_INPUT, std::string("its manifest names the kind ") + kind.name +
                                            " and its get_factory() has no " + kind.factory);
    }
    if (auto filled = kind.fill(factory, held.tables); !filled) return filled;
    if (any) named.emplace_back(kind.name);
  }
  if (named.empty()) return fail(ALLIANCE_E_BAD_INPUT, "its get_factory() has none of " + kind_names());
  Plugin& plugin = held.plugin;
  const Tables& tables = held.tables;
  if (tables.measure.size != 0) plugin.measure = &tables.measure;
  if (tables.timing.size != 0) plugin.timing = &tables.timing;
  if (tables.tailoring.size != 0) plugin.tailoring = &tables.tailoring;
  if (tables.programme.size != 0) plugin.programme = &tables.programme;
  if (tables.transport.size != 0) plugin.transport = &tables.transport;
  return {};
}

}  // namespace

struct Registry::Impl {
  HostSide host;
  std::vector<std::unique_ptr<Held>> held;  // every one that was tried, in that order
  std::vector<Held*> initialised;           // in the order of init

  const Held* holder(const std::string& id) const {
    for (const auto& one : held) {
      if (one->plugin.info.id == id && one->initialised) return one.get();
    }
    return nullptr;
  }

  Held& begin(const std::string& name, const std::string& manifest) {
    held.push_back(std::make_unique<Held>());
    Held& fresh = *held.back();
    fresh.host = &host;
    fresh.plugin.info.name = name;
    fresh.plugin.info.manifest = manifest;
    fresh.plugin.info.state = State::refused;
    return fresh;
  }

  tl::unexpected<Failure> refuse(Held& one, const std::string& where, Failure failure) {
    failure.message = where + ": " + failure.message;
    one.plugin.info.state = State::refused;
    one.plugin.info.reason = failure.message;
    return tl::unexpected<Failure>(std::move(failure));
  }

  Result<void> start(Held& one) {
    if (auto good = check_entry(one.entry); !good) return good;
    for (const Held* other : initialised) {
      if (other->entry != one.entry) continue;
      return fail(ALLIANCE_E_STATE, "its library is already loaded as " + other->plugin.info.id +
                                        ": give each plugin a library of its own");
    }
    one.config = host.settings ? host.settings(one.plugin.info.id) : std::string();
    if (one.config.empty()) one.config = "{}";
    one.plugin.services = {sizeof(alliance_services), ALLIANCE_ABI_MINOR, &one,
                           one.folder.c_str(),        one.config.c_str(), &get_service};
    alliance_error error = ALLIANCE_ERROR_INIT;
    if (const auto status = one.entry->init(&one.plugin.services, &error); status != ALLIANCE_OK) {
      return tl::unexpected(said(status, error, "its init() failed"));
    }
    one.initialised = true;
    if (auto good = take_factories(one); !good) {
      one.entry->deinit();
      one.initialised = false;
      return good;
    }
    initialised.push_back(&one);
    one.plugin.info.state = State::loaded;
    return {};
  }
};

Registry::Registry(HostSide host) : impl_(std::make_unique<Impl>()) { impl_->host = std::move(host); }

Registry::~Registry() {
  for (auto one = impl_->initialised.rbegin(); one != impl_->initialised.rend(); ++one) {
    if ((*one)->plugin.info.state == State::loaded) (*one)->entry->deinit();
  }
}

Result<Plugin*> Registry::load(const std::string& manifest_path) {
  const std::string where = std::filesystem::path(manifest_path).filename().string();
  Held& one = impl_->begin(where, manifest_path);
  Manifest seen;
  auto manifest = read_manifest(manifest_path, seen);
  Info& info = one.plugin.info;
  info.id = seen.id;
  if (!seen.name.empty()) info.name = seen.name;
  info.version = seen.version;
  info.kinds = seen.kinds;
  if (!manifest) return impl_->refuse(one, where, manifest.error());
  info.kinds = manifest->kinds;

  if (const Held* other = impl_->holder(info.id)) {
    const std::string from = other->plugin.info.manifest.empty() ? "a linked-in plugin" : other->plugin.info.manifest;
    return impl_->refuse(
        one, where,
        {ALLIANCE_E_STATE, "id " + info.id + " is already loaded from " + from + ": remove one of the two", ""});
  }
  one.folder = manifest->folder;
  auto entry = load_library(std::move(manifest->library), manifest->library_hash, manifest->library_name);
  if (!entry) return impl_->refuse(one, where, entry.error());
  one.entry = (*entry)();
  if (auto started = impl_->start(one); !started) return impl_->refuse(one, where, started.error());
  return &one.plugin;
}

Result<Plugin*> Registry::add_static(const std::string& name, const alliance_plugin_entry* entry) {
  Held& one = impl_->begin(name, "");
  const bool printable = std::all_of(name.begin(), name.end(), [](unsigned char c) { return c > 0x20 && c != 0x7F; });
  if (name.empty() || name.size() > 128 || !printable) {
    return impl_->refuse(one, "linked-in plugin",
                         {ALLIANCE_E_INVALID, "its name is empty, too long or holds blanks", ""});
  }
  one.plugin.info.id = name;
  const std::string where = "linked-in plugin '" + name + "'";
  if (impl_->holder(name) != nullptr) {
    return impl_->refuse(one, where,
                         {ALLIANCE_E_STATE, "a plugin of that id is already loaded: give it another name", ""});
  }
  one.entry = entry;
  if (auto started = impl_->start(one); !started) return impl_->refuse(one, where, started.error());
  return &one.plugin;
}

Result<std::vector<std::string>> Registry::manifests(const std::string& folder) {
  constexpr std::string_view ending = ".alliance.json";
  std::vector<std::string> found;
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (name.size() > ending.size() && name.ends_with(ending)) found.push_back(at->path().string());
  }
  if (error) {
    const bool absent = error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory;
    return fail(absent ? ALLIANCE_E_NOT_FOUND : ALLIANCE_E_IO,
                "folder " + folder + " cannot be read: " + error.message());
  }
  std::sort(found.begin(), found.end());
  return found;
}

void Registry::quarantine(Plugin& plugin, const std::string& reason) {
  plugin.info.state = State::quarantined;
  plugin.info.reason = reason;
}

std::vector<Plugin*> Registry::plugins() const {
  std::vector<Plugin*> loaded;
  for (Held* one : impl_->initialised) {
    if (one->plugin.info.state == State::loaded) loaded.push_back(&one->plugin);
  }
  return loaded;
}

std::vector<Info> Registry::infos() const {
  std::vector<Info> all;
  for (const auto& one : impl_->held) all.push_back(one->plugin.info);
  return all;
}

}  // namespace alliance::plugin
