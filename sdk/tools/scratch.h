// SPDX-License-Identifier: Apache-2.0
// A store that lasts as long as a command needs one, and texts for the configuration that goes with it.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>

namespace alliance::tools {

class Scratch {
 public:
  Scratch() {
    std::error_code problem;
    std::string name = (std::filesystem::temp_directory_path(problem) / "alliance-command-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~Scratch() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  bool there() const { return !path_.empty(); }
  std::string store() const { return (path_ / "scratch.db").string(); }

 private:
  std::filesystem::path path_;
};

// As a JSON string.
inline std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20) continue;
    out += c;
  }
  return out + "\"";
}

}  // namespace alliance::tools
