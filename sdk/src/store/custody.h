// SPDX-License-Identifier: Apache-2.0
// What a controller decides about a stream, carried out in the store's file. Each inside its caller's transaction.
#pragma once

#include "store/batch.h"
#include "store/file.h"
#include "store/vault.h"

namespace alliance::store {

// One stream, as the file has it; ALLIANCE_E_NOT_FOUND.
Result<StreamHead> head_of(sqlite::Database& db, const std::string& stream);

std::uint8_t standing_after(ActKind kind, std::uint8_t before);
Act act_of(const sqlite::Statement& row);  // time, act, stream, role, by, reason, reference, epoch

// `act.epoch` is the new one of an erasure, `fresh` the key from then on. The report that tells of it goes to
// `reports`. The old key stands among the acts: it is to be destroyed once this is on the disk.
Result<StreamHead> carry_out(sqlite::Database& db, Vault& vault, const Act& act, const KeyId& fresh,
                             BatchBuilder& reports);

// After a backup became a store: every stream gets this epoch, and everyone is told.
Result<void> renew(sqlite::Database& db, Vault& vault, std::int64_t epoch, std::int64_t now, BatchBuilder& reports);

}  // namespace alliance::store
