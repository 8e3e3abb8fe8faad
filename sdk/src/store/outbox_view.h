// SPDX-License-Identifier: Apache-2.0
// Looks into a store's outbox from outside: also while the process that owns it is running.
#pragma once

#include <alliance_schema/outbox_generated.h>

#include "store/sqlite.h"
#include "store/store.h"
#include "store/vault.h"

namespace alliance::store {

inline constexpr const char* dead_letters_sql =
    "SELECT number, endpoint, lane, position, report, case_id, kind, epoch, sequence, time, status, reason, tries, "
    "since, envelope FROM dead_letters WHERE resent = 0 ORDER BY number";
// Of the query above. Without its envelope when that cannot be read.
DeadLetter dead_letter(const sqlite::Statement& row, const Vault& vault);

// For people and programs. With its report where it can still be read.
fb::DeadLetterT described(const DeadLetter& letter, bool with_report);

// The same letters under new numbers of their case, from `next_sequence` on; ids stay. All are of one case.
// ALLIANCE_E_BAD_INPUT when one cannot be sent again because the outbox was damaged there.
Result<Resend> again(const std::vector<DeadLetter>& letters, std::uint64_t next_sequence);

class OutboxView {
 public:
  // Changes nothing; ALLIANCE_E_NOT_FOUND: no file.
  static Result<OutboxView> open(const std::string& path, KeySource keys = {});
  Result<fb::OutboxStatusT> status();  // as of the last time that the owner went to the disk
  Result<std::vector<DeadLetter>> dead_letters();

 private:
  OutboxView(sqlite::Database db, KeySource keys) : db_(std::move(db)), keys_(std::move(keys)) {}
  sqlite::Database db_;
  KeySource keys_;
};

}  // namespace alliance::store
