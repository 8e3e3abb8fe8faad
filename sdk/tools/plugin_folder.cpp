// SPDX-License-Identifier: Apache-2.0
#include "plugin_folder.h"

#include <cstdlib>
#include <filesystem>

namespace alliance::tools {

std::string plugins_beside() {
  std::error_code problem;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", problem);
  return problem ? std::string() : (self.parent_path().parent_path() / "lib" / "alliance" / "plugins").string();
}

std::string plugins_by_default() {
  const char* variable = std::getenv("ALLIANCE_PLUGINS");
  return variable != nullptr && *variable != '\0' ? variable : plugins_beside();
}

}  // namespace alliance::tools
