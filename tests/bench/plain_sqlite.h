// SPDX-License-Identifier: Apache-2.0
// What one would use instead: a table in SQLite, WAL, synchronous=FULL, a row per message.
#pragma once

#include <sqlite3.h>

#include <string>
#include <vector>

#include "pairs.h"

namespace bench {

class PlainSqlite {
 public:
  explicit PlainSqlite(const std::string& path) {
    need(sqlite3_open(path.c_str(), &db_) == SQLITE_OK, "a database");
    run("PRAGMA journal_mode=WAL");
    run("PRAGMA synchronous=FULL");
    run("CREATE TABLE messages (id INTEGER PRIMARY KEY, message BLOB NOT NULL)");
    need(sqlite3_prepare_v2(db_, "INSERT INTO messages (message) VALUES (?1)", -1, &insert_, nullptr) == SQLITE_OK,
         "a statement");
  }
  PlainSqlite(const PlainSqlite&) = delete;
  PlainSqlite& operator=(const PlainSqlite&) = delete;
  ~PlainSqlite() {
    sqlite3_finalize(insert_);
    sqlite3_close(db_);
  }
  void commit(const std::vector<std::uint8_t>& message, int rows) {
    run("BEGIN IMMEDIATE");
    for (int row = 0; row < rows; ++row) {
      sqlite3_bind_blob(insert_, 1, message.data(), static_cast<int>(message.size()), SQLITE_STATIC);
      need(sqlite3_step(insert_) == SQLITE_DONE, "a row");
      sqlite3_reset(insert_);
    }
    run("COMMIT");
  }

 private:
  void run(const char* sql) { need(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) == SQLITE_OK, sql); }
  sqlite3* db_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
};

}  // namespace bench
