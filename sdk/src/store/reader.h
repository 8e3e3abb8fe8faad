// SPDX-License-Identifier: Apache-2.0
// The store's reading connection: every query runs through here, one at a time; a row may lead to another query.
#pragma once

#include <memory>
#include <mutex>

#include "store/outbox_view.h"
#include "store/tables.h"

namespace alliance::store {

#define ALLIANCE_STORE_HEADS                                                                                  \
  "SELECT name, epoch, next_sequence, wake, events, standing, erased, key, key_epoch, service, practitioner " \
  "FROM streams "

class Reader {
 public:
  static Result<Reader> open(const std::string& path) {
    auto db = sqlite::Database::open(path, SQLITE_OPEN_READWRITE);  // a log's index must be writable even for a reader
    if (!db) return tl::unexpected(db.error());
    sqlite3_busy_timeout(db->raw(), 2000);
    if (auto ok = db->run("PRAGMA query_only=ON"); !ok) return tl::unexpected(ok.error());
    Reader reader(std::move(*db));
    for (const char* text : sql) {
      auto statement = sqlite::Statement::prepare(reader.db_, text);
      if (!statement) return tl::unexpected(statement.error());
      reader.statements_.push_back(std::move(*statement));
    }
    return reader;
  }

  enum Which {
    streams,
    head,
    of_practitioner,
    of_service,
    due,
    log,
    values,
    spans,
    outbox,
    outbox_sizes,
    places,
    totals,
    meta,
    letters,
    graves,
    reads,
    acts
  };

  // `bind` sets parameters; `row` is called for each row and says whether it wants more.
  template <class Bind, class Row>
  Result<void> query(Which which, Bind bind, Row row) {
    const std::lock_guard lock(*mutex_);
    sqlite::Statement& statement = statements_[which];
    const sqlite::Scope scope(statement);
    bind(statement);
    for (;;) {
      const auto there = statement.step();
      if (!there) return tl::unexpected(there.error());
      if (!*there || !row(statement)) return {};
    }
  }

 private:
  static constexpr const char* sql[] = {
      ALLIANCE_STORE_HEADS "ORDER BY id",
      ALLIANCE_STORE_HEADS "WHERE name = ?1",
      ALLIANCE_STORE_HEADS "WHERE practitioner = ?1 AND practitioner <> ''",
      ALLIANCE_STORE_HEADS "WHERE service = ?1 AND service <> ''",
      "SELECT name FROM streams WHERE due > 0 AND due <= ?1",
      // One row without an event where there is none; how many there should be besides.
      (ALLIANCE_STORE_OWN_ROWS
       "SELECT l.event_id, l.time, l.event, l.derived, l.id, l.epoch, s.events FROM streams s LEFT JOIN log l "
       "ON l.id IN (SELECT id FROM own) WHERE s.name = ?1 ORDER BY l.id"),
      ("SELECT key, version, bytes, epoch FROM plugin_values WHERE stream = (SELECT id FROM streams WHERE name = ?1) "
       "ORDER BY key"),
      ("SELECT s.name, spans.id, spans.starts, spans.until, spans.flags FROM streams s JOIN spans "
       "ON spans.stream = s.id WHERE s.name = ?1 ORDER BY starts, spans.id"),
      "SELECT batch FROM outbox WHERE position = ?1",
      "SELECT lane, position, reports FROM outbox ORDER BY position",
      "SELECT name, lane, position FROM endpoints",
      "SELECT events, reports, acknowledged, epoch, latest FROM so_far",
      "SELECT value FROM meta WHERE name = ?1",
      dead_letters_sql,
      "SELECT number, endpoint, lane, position, report, resent FROM dead_letters ORDER BY number",
      "SELECT time, role, viewer, scope, subject FROM access_log WHERE subject = ?1 OR subject = '' ORDER BY id",
      "SELECT time, act, stream, role, by, reason, reference, epoch FROM acts WHERE stream = ?1 ORDER BY number",
  };
  explicit Reader(sqlite::Database db) : db_(std::move(db)), mutex_(std::make_unique<std::recursive_mutex>()) {}
  sqlite::Database db_;
  std::vector<sqlite::Statement> statements_;
  std::unique_ptr<std::recursive_mutex> mutex_;
};

inline constexpr auto unbound = [](sqlite::Statement&) {};

}  // namespace alliance::store
