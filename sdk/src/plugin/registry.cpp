// SPDX-License-Identifier: Apache-2.0
#include "plugin/registry.h"

#include <algorithm>
#include <filesystem>

#include "plugin/kinds.h"
#include "plugin/library.h"
#include "plugin/manifest.h"
#include "plugin/negotiate.h"
#include "plugin/process.h"
#include "plugin/proxy.h"
#include "plugin/signature.h"

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
  std::string hash;  // of its library
  Proxies proxies;
  std::unique_ptr<Process> process;  // where it does not run in this one
};

// Its state too where nobody said it here: a process is put into quarantine by whoever's call it crashed in.
Info info_of(const Held& held) {
  Info info = held.plugin.info;
  if (!held.process || info.state != State::loaded) return info;
  if (auto reason = held.process->quarantined()) {
    info.state = State::quarantined;
    info.reason = *reason;
  }
  return info;
}

const void* get_service(void* context, const char* id) noexcept {
  const auto* held = static_cast<const Held*>(context);
  if (id == nullptr || !held->host->service) return nullptr;
  try {
    return held->host->service(held->plugin.info.id, id);
  } catch (...) {
    return nullptr;
  }
}

// What is asked for and granted. Where the two differ it is said: neither side may be waiting for the other.
void grant(const Manifest& manifest, RunnerSettings& settings) {
  const auto log = [&](std::int32_t level, const std::string& line) {
    if (settings.log) settings.log(level, "plugin " + manifest.id + ": " + line);
  };
  const auto asks = [&](const char* what) {
    return std::find(manifest.asks.begin(), manifest.asks.end(), what) != manifest.asks.end();
  };
  const auto settle = [&](const char* what, bool granted, const std::function<void()>& take_back) {
    if (asks(what) && !granted) log(ALLIANCE_LOG_INFO, std::string("it asks for ") + what + ", which is not granted");
    if (asks(what) || !granted) return;
    take_back();
    log(ALLIANCE_LOG_WARNING, std::string(what) + " is granted and its manifest does not ask for it: it is not given");
  };
  settle("network", settings.network, [&] { settings.network = false; });
  settle("read", !settings.read.empty(), [&] { settings.read.clear(); });
  settle("write", !settings.write.empty(), [&] { settings.write.clear(); });
  settle("environment", !settings.environment.empty(), [&] { settings.environment.clear(); });
}

void show(Plugin& plugin, const Tables& tables) {
  if (tables.measure.size != 0) plugin.measure = &tables.measure;
  if (tables.timing.size != 0) plugin.timing = &tables.timing;
  if (tables.tailoring.size != 0) plugin.tailoring = &tables.tailoring;
  if (tables.programme.size != 0) plugin.programme = &tables.programme;
  if (tables.transport.size != 0) plugin.transport = &tables.transport;
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

  void tell_of_quarantine(const Held& one, const std::string& reason) const {
    if (host.quarantined && !one.hash.empty()) host.quarantined(one.plugin.info.id, one.hash, reason);
  }

  // Why this library is called no more: under another name here, or since an earlier host.
  std::optional<std::string> why_in_quarantine(const Held& one) const {
    for (const auto& other : held) {
      const Info known = info_of(*other);
      if (other.get() != &one && known.state == State::quarantined && other->hash == one.hash) return known.reason;
    }
    return host.in_quarantine ? host.in_quarantine(one.hash) : std::nullopt;
  }

  tl::unexpected<Failure> refuse(Held& one, const std::string& where, Failure failure) {
    failure.message = where + ": " + failure.message;
    one.plugin.info.state = State::refused;
    one.plugin.info.reason = failure.message;
    return tl::unexpected<Failure>(std::move(failure));
  }

  void lend_services(Held& one) {
    one.config = host.settings ? host.settings(one.plugin.info.id) : std::string();
    if (one.config.empty()) one.config = "{}";
    one.plugin.services = {sizeof(alliance_services), ALLIANCE_ABI_MINOR, &one,
                           one.folder.c_str(),        one.config.c_str(), &get_service};
  }

  // In a process of its own: none of its code is loaded here, whatever becomes of that process.
  Result<void> start_apart(Held& one, Manifest manifest, RunnerSettings settings) {
    Info& info = one.plugin.info;
    lend_services(one);
    grant(manifest, settings);
    Process::What what{info.id,
                       manifest.library_name,
                       std::move(manifest.library),
                       manifest.library_hash,
                       one.folder,
                       one.config,
                       info.kinds,
                       &one.plugin.services,
                       [this, &one](const std::string& reason) { tell_of_quarantine(one, reason); },
                       manifest.python};
    one.process = std::make_unique<Process>(std::move(what), std::move(settings));
    if (auto started = one.process->start(); !started) {
      one.process.reset();
      return started;
    }
    fill(one.proxies, *one.process);
    for (const auto& kind : info.kinds) {
      if (kind == "measure") one.plugin.measure = &one.proxies.measure;
      if (kind == "timing") one.plugin.timing = &one.proxies.timing;
      if (kind == "tailoring") one.plugin.tailoring = &one.proxies.tailoring;
      if (kind == "programme") one.plugin.programme = &one.proxies.programme;
      if (kind == "transport") one.plugin.transport = &one.proxies.transport;
    }
    info.isolation = "process, held back by " + one.process->held_back_by();
    one.initialised = true;
    initialised.push_back(&one);
    info.state = State::loaded;
    return {};
  }

  Result<void> start(Held& one) {
    if (auto good = check_entry(one.entry); !good) return good;
    for (const Held* other : initialised) {
      if (other->entry != one.entry) continue;
      return fail(ALLIANCE_E_STATE, "its library is already loaded as " + other->plugin.info.id +
                                        ": give each plugin a library of its own");
    }
    lend_services(one);
    if (auto good = initialise(*one.entry, one.plugin.services); !good) return good;
    one.initialised = true;
    if (auto good = take_factories(*one.entry, one.plugin.info.kinds, one.tables); !good) {
      one.entry->deinit();
      one.initialised = false;
      return good;
    }
    show(one.plugin, one.tables);
    initialised.push_back(&one);
    one.plugin.info.state = State::loaded;
    return {};
  }
};

Registry::Registry(HostSide host) : impl_(std::make_unique<Impl>()) { impl_->host = std::move(host); }

Registry::~Registry() {
  for (auto one = impl_->initialised.rbegin(); one != impl_->initialised.rend(); ++one) {
    if ((*one)->process) {
      (*one)->process.reset();
    } else if ((*one)->plugin.info.state == State::loaded) {
      (*one)->entry->deinit();
    }
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
  if (impl_->host.admit) {
    auto admitted = impl_->host.admit(*manifest);
    if (!admitted) return impl_->refuse(one, where, admitted.error());
    info.signature = *admitted;
  } else {
    info.signature = signature_words(*manifest);
  }

  if (const Held* other = impl_->holder(info.id)) {
    const std::string from = other->plugin.info.manifest.empty() ? "a linked-in plugin" : other->plugin.info.manifest;
    return impl_->refuse(
        one, where,
        {ALLIANCE_E_STATE, "id " + info.id + " is already loaded from " + from + ": remove one of the two", ""});
  }
  one.folder = manifest->folder;
  one.hash = manifest->library_hash;
  if (const auto why = impl_->why_in_quarantine(one)) {
    auto refused = impl_->refuse(one, where, {ALLIANCE_E_LIBRARY, "its library is in quarantine: " + *why, ""});
    info.state = State::quarantined;
    return refused;
  }
  auto apart = impl_->host.runner ? impl_->host.runner(info.id) : std::nullopt;
  if (manifest->python && !apart) {
    if (!impl_->host.python) {
      return impl_->refuse(
          one, where,
          {ALLIANCE_E_UNSUPPORTED, "runtime python: it never runs in this process, and this host starts none", ""});
    }
    apart = impl_->host.python(info.id);
  }
  if (apart) {
    auto started = impl_->start_apart(one, std::move(*manifest), std::move(*apart));
    if (!started) return impl_->refuse(one, where, started.error());
    return &one.plugin;
  }
  info.isolation = "in process";
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
  for (const auto& one : impl_->held) {
    if (&one->plugin != &plugin) continue;
    if (one->process) one->process->quarantine(reason);
    impl_->tell_of_quarantine(*one, reason);
  }
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
  for (const auto& one : impl_->held) all.push_back(info_of(*one));
  return all;
}

}  // namespace alliance::plugin
