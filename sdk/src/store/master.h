// SPDX-License-Identifier: Apache-2.0
// The key above all keys of a store, and where it comes from.
#pragma once

#include <string>

#include "store/seal.h"

namespace alliance::store {

// What the owner of a file says about its encryption.
struct KeySource {
  std::string file;        // of the master key; empty: the environment, else beside the store
  bool plaintext = false;  // nothing is encrypted
};

enum class Make : bool { no, if_missing };

// From the file that was named, ALLIANCE_STORE_KEY (64 hex digits), ALLIANCE_STORE_KEY_FILE, or STORE.master. A file
// that others can read is refused.
Result<Secret> master_key(const KeySource& source, const std::string& store, Make make);

// Writes a small file of its owner's alone (0600) to the disk, or leaves what was there. ALLIANCE_E_STATE: it exists.
Result<void> write_private(const std::string& path, std::span<const std::uint8_t> bytes);
bool file_exists(const std::string& path);
// Takes the entries of a file's folder to the disk.
Result<void> sync_folder(const std::string& path);

}  // namespace alliance::store
