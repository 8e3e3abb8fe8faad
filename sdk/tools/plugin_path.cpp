// SPDX-License-Identifier: Apache-2.0
#include "plugin_path.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "plugin/registry.h"

namespace alliance::tools {
namespace {

namespace fs = std::filesystem;

bool names(const std::string& manifest, const std::string& library) {
  std::ostringstream text;
  text << std::ifstream(manifest).rdbuf();
  return text.str().find("\"" + library + "\"") != std::string::npos;
}

}  // namespace

Result<std::string> manifest_of(const std::string& path) {
  std::error_code bad;
  const bool folder = fs::is_directory(path, bad), library = fs::path(path).extension() == ".so";
  if (!fs::exists(path, bad)) return fail(ALLIANCE_E_NOT_FOUND, "there is no " + path);
  if (!folder && !library) return path;
  const std::string in = folder ? path : fs::absolute(path).parent_path().string();
  auto found = plugin::Registry::manifests(in);
  if (!found) return tl::unexpected(found.error());
  if (library) std::erase_if(*found, [&](const auto& one) { return !names(one, fs::path(path).filename().string()); });
  if (found->size() == 1) return found->front();
  return fail(ALLIANCE_E_BAD_INPUT,
              found->empty() ? "no manifest (NAME.alliance.json) for " + path + " lies there"
                             : path + " holds " + std::to_string(found->size()) + " manifests: name one of them");
}

}  // namespace alliance::tools
