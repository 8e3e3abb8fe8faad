// SPDX-License-Identifier: Apache-2.0
// A folder of plugins for one test, with manifests as wrong as the test wants them.
#pragma once

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>

#include "test_services.h"

namespace alliance::test {

inline const std::string built = ALLIANCE_TEST_PLUGIN_DIR;

inline std::string library_name(const std::string& plugin) { return "liballiance_test_" + plugin + ".so"; }
inline std::string manifest_name(const std::string& plugin) { return "test_" + plugin + ".alliance.json"; }
inline std::string built_manifest(const std::string& plugin) { return built + "/" + manifest_name(plugin); }

inline std::string read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.good()) << path;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

inline std::string sha256(const std::string& bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr);
  std::ostringstream text;
  for (unsigned at = 0; at < length; ++at) {
    text << "0123456789abcdef"[digest[at] >> 4] << "0123456789abcdef"[digest[at] & 15];
  }
  return text.str();
}

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "alliance-plugins-XXXXXX").string();
    path_ = mkdtemp(name.data()) != nullptr ? std::filesystem::canonical(name).string() : std::string();
    EXPECT_FALSE(path_.empty());
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::string& path() const { return path_; }
  std::string at(const std::string& name) const { return path_ + "/" + name; }

  std::string write(const std::string& name, const std::string& bytes) const {
    std::filesystem::create_directories(std::filesystem::path(at(name)).parent_path());
    std::ofstream(at(name), std::ios::binary) << bytes;
    return at(name);
  }

  // A built plugin as it is; `change` edits the text of its manifest. The answer is the manifest's path.
  std::string copy(const std::string& plugin, const std::function<void(std::string&)>& change = {}) const {
    write(library_name(plugin), read(built + "/" + library_name(plugin)));
    std::string text = read(built_manifest(plugin));
    if (change) change(text);
    return write(manifest_name(plugin), text);
  }

 private:
  std::string path_;
};

// Replaces the one place where `from` stands.
inline void replace(std::string& text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  ASSERT_NE(at, std::string::npos) << from << " is not in " << text;
  text.replace(at, from.size(), to);
}

inline std::function<void(std::string&)> with(const std::string& from, const std::string& to) {
  return [=](std::string& text) { replace(text, from, to); };
}

}  // namespace alliance::test
