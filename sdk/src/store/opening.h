// SPDX-License-Identifier: Apache-2.0
// From a file to a store that is whole: its tenant, its keys, and what a backup, an older format or a crash left to do.
#pragma once

#include "store/file.h"
#include "store/store.h"
#include "store/vault.h"

namespace alliance::store {

inline constexpr const char* cipher_name = "XAES-256-GCM";
inline constexpr const char* keys_note = "keys";  // the mark of the key file up to which this file has followed it

struct Opened {
  sqlite::OwnFile file;
  std::unique_ptr<Vault> vault;
};
Result<Opened> open_file(const std::string& path, const std::string& tenant, const Opening& how);

// The keys of a file's streams, as its rows name them.
Result<void> know_streams(sqlite::Database& db, Vault& vault);
// The keys of a file that is looked at from outside; a plain file's vault passes bytes through.
Result<std::unique_ptr<Vault>> open_vault(sqlite::Database& db, const std::string& tenant, const KeySource& keys);
Result<std::string> meta_of(sqlite::Database& db, std::string_view name);  // empty: not there

}  // namespace alliance::store
