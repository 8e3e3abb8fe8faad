// SPDX-License-Identifier: Apache-2.0
#include "plugin/library.h"

#define BOOST_DLL_USE_STD_FS
#include <boost/dll/shared_library.hpp>
#include <map>
#include <mutex>

namespace alliance::plugin {
namespace {

// The loader knows a library by the name under which it was opened, "/proc/self/fd/7". Were descriptor 7
// closed and given to another file, the loader would take that file for this library: so each loaded file
// keeps its descriptor as long as the process lives.
struct Loaded {
  Descriptor descriptor;
  boost::dll::shared_library library;
  std::string hash;
};

struct Libraries {
  std::mutex mutex;
  std::map<std::pair<std::uint64_t, std::uint64_t>, Loaded> libraries;
};

Libraries& known() {
  static auto* only = new Libraries;  // outlives every static that may still use a plugin
  return *only;
}

// Boost puts the loader's sentence between its own words; the descriptor's path says nothing to a reader.
std::string loader_text(std::string text, const std::string& path, const std::string& name) {
  const std::string before = "dlerror system message: ";
  if (const auto at = text.find(before); at != std::string::npos) {
    text = text.substr(at + before.size());
    text = text.substr(0, text.rfind(')'));
  }
  for (auto at = text.find(path); at != std::string::npos; at = text.find(path, at + name.size())) {
    text.replace(at, path.size(), name);
  }
  return text;
}

}  // namespace

Result<alliance_plugin_entry_function> load_library(File file, const std::string& hash, const std::string& name) {
  const std::lock_guard lock(known().mutex);
  auto found = known().libraries.find(file.identity);
  if (found != known().libraries.end() && found->second.hash != hash) {
    return fail(ALLIANCE_E_STATE, "file '" + name +
                                      "' was written over while it was loaded: start the process again, and replace "
                                      "libraries by renaming, not by writing into them");
  }
  const std::string path = file.descriptor.path();
  if (found == known().libraries.end()) {
    boost::dll::shared_library library;
    try {
      library.load(path, boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
    } catch (const std::exception& refused) {
      return fail(ALLIANCE_E_BAD_INPUT,
                  "file '" + name + "' does not load: " + loader_text(refused.what(), path, name));
    }
    found = known()
                .libraries.try_emplace(file.identity, Loaded{std::move(file.descriptor), std::move(library), hash})
                .first;
  }
  try {
    return found->second.library.get<const alliance_plugin_entry*() noexcept>(ALLIANCE_PLUGIN_ENTRY_SYMBOL);
  } catch (const std::exception&) {
    return fail(ALLIANCE_E_BAD_INPUT, "file '" + name +
                                          "' exports no " ALLIANCE_PLUGIN_ENTRY_SYMBOL
                                          ": build it with alliance_add_plugin(), or define the function");
  }
}

}  // namespace alliance::plugin
