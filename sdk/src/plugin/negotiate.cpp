// SPDX-License-Identifier: Apache-2.0
#include "plugin/negotiate.h"

#include <algorithm>

namespace alliance::plugin {
namespace {

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

}  // namespace

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

Result<void> initialise(const alliance_plugin_entry& entry, const alliance_services& services) {
  alliance_error error = ALLIANCE_ERROR_INIT;
  const auto status = entry.init(&services, &error);
  if (status != ALLIANCE_OK) return tl::unexpected(said(status, error, "its init() failed"));
  return {};
}

Result<void> take_factories(const alliance_plugin_entry& entry, std::vector<std::string>& named, Tables& to) {
  const bool any = named.empty();
  for (const Kind& kind : kinds()) {
    if (!any && std::find(named.begin(), named.end(), kind.name) == named.end()) continue;
    const void* factory = entry.get_factory(kind.factory);
    if (factory == nullptr && any) continue;
    if (factory == nullptr) {
      return fail(ALLIANCE_E_BAD_INPUT, std::string("its manifest names the kind ") + kind.name +
                                            " and its get_factory() has no " + kind.factory);
    }
    if (auto filled = kind.fill(factory, to); !filled) return filled;
    if (any) named.emplace_back(kind.name);
  }
  if (named.empty()) return fail(ALLIANCE_E_BAD_INPUT, "its get_factory() has none of " + kind_names());
  return {};
}

}  // namespace alliance::plugin
