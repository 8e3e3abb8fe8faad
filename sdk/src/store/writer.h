// SPDX-License-Identifier: Apache-2.0
// The one connection that writes. Each call of write() is one transaction.
#pragma once

#include <optional>

#include "store/batch.h"
#include "store/ledger.h"
#include "store/sqlite.h"
#include "store/vault.h"

namespace alliance::store {

// What one caller wants in the next transaction. A request without anything takes acknowledgements to the disk.
struct Request {
  std::vector<Entry> entries;
  std::int64_t epoch_if_new = 0;
  std::optional<Read> read;
  std::optional<std::pair<std::string, std::string>> note;
  std::optional<std::string> forgotten;  // endpoint
  std::vector<DeadLetter> buried;
  std::optional<Resend> again;
  std::optional<Act> act;
  KeyId fresh{};    // for an erasure: the key from then on
  StreamHead head;  // answer: the stream that was acted on
  std::size_t weight() const { return entries.size() + 1; }
};

struct Written {
  struct Row {
    Lane lane;
    std::uint64_t position, reports;
    Bytes batch;  // as it is to be sent; empty: nobody is there to have it
  };
  std::vector<Row> rows;
  std::uint64_t events = 0;
  std::int64_t epoch = 0;  // highest that was used
};

class Writer {
 public:
  struct Totals {  // by the last commit
    std::uint64_t events = 0, reports = 0, acknowledged = 0;
    std::int64_t epoch = 0;
    std::uint64_t position = 0;  // the last one in the outbox
    std::int64_t latest = 0;     // instant of an event
  };
  static Result<Writer> create(sqlite::Database& db, Vault& vault);
  // Everything, or nothing and why.
  Result<Written> write(std::span<Request* const> requests, const Ledger::Pending& pending);

 private:
  struct Statements;
  Writer(sqlite::Database& db, Vault& vault, std::shared_ptr<Statements> statements)
      : db_(&db), vault_(&vault), statements_(std::move(statements)) {}
  Result<void> make_keys(std::span<Request* const> requests);
  Result<Written> fill(std::span<Request* const> requests, const Ledger::Pending& pending);
  struct Stream {
    std::int64_t row = 0, epoch = 0;
    std::uint64_t last = 0;  // of its rows in the log
    std::int64_t due = 0;    // as the index has it
  };
  Result<void> put(const Entry& entry, std::int64_t epoch_if_new, Written& out);
  Result<Stream*> find(const std::string& name);  // null: there is none
  // As it stands before the entry, whose row in the log is that.
  Result<Stream> put_stream(const Entry& entry, std::int64_t epoch_if_new, std::uint64_t row);
  Result<void> put_event(const Entry& entry, const Stream& stream, std::uint64_t row);
  // Who carries it, and its account.
  Result<void> put_whose(const Entry& entry, const Stream& stream);
  Result<void> put_account(const Entry& entry, std::int64_t stream, std::int64_t epoch);
  Result<void> put_outbox(Lane lane, std::vector<Batch>& batches, bool wanted, Written& out);
  Result<void> put_dead(const Request& request, BatchBuilder& normal, BatchBuilder& safety);
  Result<void> put_places(const Ledger::Pending& pending);

  sqlite::Database* db_;
  Vault* vault_;
  std::shared_ptr<Statements> statements_;
};

}  // namespace alliance::store
