// SPDX-License-Identifier: Apache-2.0
// A plugin's manifest, read and held against its files before any of the plugin's code is loaded.
#pragma once

#include <string>
#include <vector>

#include "common/result.h"
#include "plugin/file.h"

namespace alliance::plugin {

inline constexpr std::uint32_t manifest_format = 1;

struct Manifest {
  std::string id, name, vendor, version, licence;
  std::vector<std::string> kinds;
  bool python = false;       // its library is the source of a class in Python
  std::string folder;        // absolute and canonical
  std::string library_name;  // as the manifest writes it
  File library;              // the very file whose hash was compared
  std::string library_hash;
  std::vector<std::string> files;  // as the manifest writes them, the library among them
  std::vector<std::string> asks;   // of the operator, where it runs in a process of its own
  std::string signature;           // as it stands there; "" when there is none
  std::string signed_hash;         // sha256 of the file without the signature's own text
};

// What is looked at, in this order.
enum class Step { readable, words, runtime, abi, kinds, paths, hashes, library, done };

// What a manifest may ask for.
inline constexpr const char* all_asks[] = {"network", "read", "write", "environment"};

// What is wrong is said without the manifest's own name: the caller puts it in front. `seen` receives what
// could be read before the failure, for lists of what was refused; `at` the step that failed.
Result<Manifest> read_manifest(const std::string& path, Manifest& seen, Step* at = nullptr);

// "org.example.thing"
bool good_plugin_id(const std::string& id);

}  // namespace alliance::plugin
