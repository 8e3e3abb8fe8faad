// SPDX-License-Identifier: Apache-2.0
// A manifest from a stranger, in a folder with one file that it may name and one outside that it may not.
#include "plugin/manifest.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "require.h"

namespace {

namespace fs = std::filesystem;

struct Folder {
  fs::path top, inside;
  Folder() {
    const fs::path base = fs::is_directory("/dev/shm") ? fs::path("/dev/shm") : fs::temp_directory_path();
    std::string name = (base / "alliance-fuzz-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    top = fs::canonical(name);
    inside = top / "plugins";
    fs::create_directory(inside);
    std::ofstream(inside / "thing.so") << "thing";
    std::ofstream(top / "outside.so") << "thing";
    fs::create_symlink(top / "outside.so", inside / "link.so");
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(top, ignored);
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace alliance;
  static const Folder folder;
  const auto path = folder.inside / "thing.alliance.json";
  {
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out.write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  }
  plugin::Manifest seen;
  const auto manifest = plugin::read_manifest(path.string(), seen);
  if (!manifest) {
    fuzz::require(!manifest.error().message.empty(), "a refusal has a sentence");
    fuzz::require(manifest.error().message.size() < 4096, "a sentence is no page: " + manifest.error().message);
    return 0;
  }
  fuzz::require(plugin::good_plugin_id(manifest->id), "what was taken has an id");
  fuzz::require(manifest->folder == folder.inside.string(), "the folder is the manifest's own");
  fuzz::require(fs::canonical(folder.inside / manifest->library_name).parent_path() == folder.inside,
                "the library lies in the folder");
  fuzz::require(manifest->library_hash.size() == 64, "what was taken was hashed");
  return 0;
}
