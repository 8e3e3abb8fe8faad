// SPDX-License-Identifier: Apache-2.0
// Time accounts over cases: what each stream adds, the sums of it, and when a practitioner's time was counted.
// A stream's part is written in the transaction of its event: the old one is taken out of the sum and the new one put
// in, so that nothing else is read. Figures are whole numbers, so that a sum does not depend on the order.
#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "store/sqlite.h"
#include "store/store.h"
#include "store/vault.h"

namespace alliance::store {

inline constexpr const char* accounts_note = "accounts";  // by which version of the figures they were made

// Of a stream that was erased or restricted: no sum and no list has it any more. Within a transaction.
Result<void> drop_account(const sqlite::Database& db, const std::string& stream);

// On the connection that writes, within its transaction.
class AccountWriter {
 public:
  static Result<AccountWriter> create(const sqlite::Database& db);
  // What the account holds was sealed under the stream's epoch.
  Result<void> put(std::int64_t stream, std::int64_t epoch, const Account& account);
  Result<void> drop(const std::string& stream);
  Result<void> put(std::int64_t stream, const SpansOf& spans);
  Result<void> clear();  // all of it, to be made anew

 private:
  explicit AccountWriter(std::vector<sqlite::Statement> statements) : statements_(std::move(statements)) {}
  Result<void> add(const AccountSum& sum, std::int64_t sign);
  Result<std::optional<Account>> kept(std::int64_t stream);
  std::vector<sqlite::Statement> statements_;
};

// Of a row that has the stream's name, and of a span its id, start, end and flags.
Span span_in(const sqlite::Statement& row);

// On a connection of its own, so that a long look keeps nobody from the outbox. Any thread; one at a time.
class AccountReader {
 public:
  static Result<AccountReader> open(const std::string& path, const Vault& vault);
  Result<std::vector<AccountSum>> sums(CarriedBy of, const std::string& id);
  Result<void> each(CarriedBy of, const std::string& id, bool open_only, const AccountVisit& visit);
  Result<std::vector<Span>> spans(const std::string& practitioner, std::int64_t from, std::int64_t until);

 private:
  AccountReader(sqlite::Database db, const Vault& vault, std::vector<sqlite::Statement> statements)
      : db_(std::move(db)),
        vault_(&vault),
        statements_(std::move(statements)),
        mutex_(std::make_unique<std::mutex>()) {}
  sqlite::Database db_;
  const Vault* vault_;
  std::vector<sqlite::Statement> statements_;
  std::unique_ptr<std::mutex> mutex_;
};

}  // namespace alliance::store
