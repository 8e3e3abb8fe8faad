// SPDX-License-Identifier: Apache-2.0
#include "check/apart.h"

#include <algorithm>
#include <alliance/error.hpp>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "plugin/kinds.h"
#include "plugin/manifest.h"
#include "plugin/process.h"
#include "plugin/proxy.h"
#include "plugin/told.h"

namespace alliance::check {
namespace {

struct Apart {
  std::string manifest;
  std::vector<std::string> kinds;
  std::unique_ptr<plugin::Process> process;
  bool started = false;
  plugin::Proxies proxies;
};
Apart the_only;  // an entry takes no context

plugin::RunnerSettings patient_with_it() {
  plugin::RunnerSettings made;
  made.call_ms = 10'000;  // the test that looks at time does so itself
  made.start_ms = 15'000;
  made.log = [](std::int32_t level, const std::string& line) {
    if (level < ALLIANCE_LOG_WARNING || !the_only.started) return;
    std::fprintf(stderr, "%s\n", line.c_str());
    std::abort();
  };
  return made;
}

std::int32_t init_apart(const alliance_services* services, alliance_error* error) noexcept {
  return plugin::guarded(error, "the plugin's process could not be started", [&]() -> std::int32_t {
    if (services == nullptr) return glue::tell(error, ALLIANCE_E_INVALID, "init() needs the host's services");
    plugin::Manifest seen;
    auto manifest = plugin::read_manifest(the_only.manifest, seen);
    if (!manifest) return plugin::told(error, manifest.error());
    the_only.process = std::make_unique<plugin::Process>(plugin::Process::What{manifest->id,
                                                                               manifest->library_name,
                                                                               std::move(manifest->library),
                                                                               manifest->library_hash,
                                                                               services->folder,
                                                                               services->config,
                                                                               manifest->kinds,
                                                                               services,
                                                                               {},
                                                                               manifest->python},
                                                         patient_with_it());
    if (auto started = the_only.process->start(); !started) {
      the_only.process.reset();
      return plugin::told(error, started.error());
    }
    the_only.started = true;
    plugin::fill(the_only.proxies, *the_only.process);
    the_only.kinds = manifest->kinds;
    return ALLIANCE_OK;
  });
}

void deinit_apart() noexcept {
  the_only.started = false;
  the_only.process.reset();
}

const void* factory_apart(const char* id) noexcept {
  const plugin::Kind* kind = id == nullptr || !the_only.process ? nullptr : plugin::find_kind(id);
  if (kind == nullptr || std::string_view(id) != kind->factory) return nullptr;
  const std::string_view name = kind->name;
  if (std::find(the_only.kinds.begin(), the_only.kinds.end(), name) == the_only.kinds.end()) return nullptr;
  if (name == "measure") return &the_only.proxies.measure;
  if (name == "timing") return &the_only.proxies.timing;
  if (name == "tailoring") return &the_only.proxies.tailoring;
  if (name == "programme") return &the_only.proxies.programme;
  return &the_only.proxies.transport;
}

constexpr alliance_plugin_entry process_entry{
    sizeof(alliance_plugin_entry), ALLIANCE_ABI_MAJOR, ALLIANCE_ABI_MINOR, 0,
    ALLIANCE_LAYOUT_CHECK,         &init_apart,        &deinit_apart,      &factory_apart};

}  // namespace

const alliance_plugin_entry* entry_apart(const std::string& manifest) {
  the_only.manifest = manifest;
  return &process_entry;
}

}  // namespace alliance::check
