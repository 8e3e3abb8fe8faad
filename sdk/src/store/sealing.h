// SPDX-License-Identifier: Apache-2.0
// A store that was plain becomes one that is not.
#pragma once

#include "store/sqlite.h"
#include "store/store.h"
#include "store/vault.h"

namespace alliance::store {

// All rows in one transaction: after a crash the file is what it was, and it begins anew.
Result<void> seal_file(sqlite::Database& db, Vault& vault, const Opening& how);
// What was plain still lies about in pages that are free: the file is written anew, once, and its log emptied.
Result<void> scrub(sqlite::Database& db, const Opening& how);

}  // namespace alliance::store
