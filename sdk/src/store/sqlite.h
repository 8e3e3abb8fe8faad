// SPDX-License-Identifier: Apache-2.0
// SQLite with values and results: every failure is a sentence that names the file and the mend.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/result.h"

namespace alliance::sqlite {

inline Failure failure(sqlite3* db, const std::string& path, int code) {
  const int extended = db ? sqlite3_extended_errcode(db) : code;
  const std::string number = " (SQLite " + std::to_string(extended) + ")";
  switch (code & 0xff) {
    case SQLITE_FULL:
      return {ALLIANCE_E_IO, path + ": the disk is full; nothing of this was kept, free some space and try again", {}};
    case SQLITE_NOTADB:
      return {
          ALLIANCE_E_BAD_INPUT,
          path + " is no database, or damaged from its first byte: name the right file, or put a backup in its place",
          {}};
    case SQLITE_CORRUPT:
      return {ALLIANCE_E_BAD_INPUT, path + " is damaged" + number + ": put a backup in its place", {}};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {ALLIANCE_E_IO, path + " cannot be written: check the rights of the file and of its folder", {}};
    case SQLITE_CANTOPEN:
      return {ALLIANCE_E_IO, path + " cannot be opened: check that its folder exists and may be written", {}};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ALLIANCE_E_STATE, path + " is in use by another process: end that one first", {}};
    case SQLITE_TOOBIG:
      return {ALLIANCE_E_LIMIT, path + ": one value is too large for the file", {}};
    case SQLITE_NOMEM:
      return {ALLIANCE_E_IO, path + ": out of memory", {}};
    case SQLITE_IOERR: {
      const int system = db ? sqlite3_system_errno(db) : 0;
      return {ALLIANCE_E_IO,
              path + ": the disk failed" + number +
                  (system ? std::string(", ") + std::strerror(system) : std::string()) + "; nothing of this was kept",
              {}};
    }
    default:
      return {ALLIANCE_E_INTERNAL, path + ": " + (db ? sqlite3_errmsg(db) : sqlite3_errstr(code)) + number, {}};
  }
}

class Database {
 public:
  static Result<Database> open(const std::string& path, int flags) {
    sqlite3* raw = nullptr;
    const int code = sqlite3_open_v2(path.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    Database db(raw, path);
    if (code != SQLITE_OK) return tl::unexpected(failure(raw, path, code));
    return db;
  }

  Result<void> run(const char* sql) {
    const int code = sqlite3_exec(raw_.get(), sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return tl::unexpected(fault(code));
    return {};
  }
  // Ends a transaction that failed; SQLite may have ended it already.
  void rollback() {
    if (sqlite3_get_autocommit(raw_.get()) == 0) sqlite3_exec(raw_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
  Failure fault(int code) const { return failure(raw_.get(), path_, code); }
  sqlite3* raw() const { return raw_.get(); }
  const std::string& path() const { return path_; }

 private:
  struct Close {
    void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
  };
  Database(sqlite3* raw, std::string path) : raw_(raw), path_(std::move(path)) {}
  std::unique_ptr<sqlite3, Close> raw_;
  std::string path_;
};

// Bound values are borrowed until the next reset().
class Statement {
 public:
  static Result<Statement> prepare(const Database& db, const char* sql) {
    sqlite3_stmt* raw = nullptr;
    const int code = sqlite3_prepare_v3(db.raw(), sql, -1, SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
    if (code != SQLITE_OK) return tl::unexpected(db.fault(code));
    return Statement(raw, db.path());
  }

  Statement& bind(int at, std::int64_t value) {
    sqlite3_bind_int64(raw_.get(), at, value);
    return *this;
  }
  Statement& bind(int at, std::string_view text) {
    sqlite3_bind_text64(raw_.get(), at, text.data() ? text.data() : "", text.size(), SQLITE_STATIC, SQLITE_UTF8);
    return *this;
  }
  Statement& bind(int at, std::span<const std::uint8_t> bytes) {
    sqlite3_bind_blob64(raw_.get(), at, bytes.data() ? bytes.data() : reinterpret_cast<const std::uint8_t*>(""),
                        bytes.size(), SQLITE_STATIC);
    return *this;
  }

  Statement& bind_or_null(int at, std::span<const std::uint8_t> bytes) {
    if (bytes.empty()) {
      sqlite3_bind_null(raw_.get(), at);
      return *this;
    }
    return bind(at, bytes);
  }

  // True: a row is there. False: the end.
  Result<bool> step() {
    const int code = sqlite3_step(raw_.get());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    return tl::unexpected(failure(sqlite3_db_handle(raw_.get()), path_, code));
  }
  // For statements whose rows nobody wants.
  Result<void> finish() {
    auto row = step();
    while (row && *row) row = step();
    reset();
    if (!row) return tl::unexpected(std::move(row).error());
    return {};
  }
  void reset() {
    sqlite3_reset(raw_.get());
    sqlite3_clear_bindings(raw_.get());
  }

  std::int64_t integer(int column) const { return sqlite3_column_int64(raw_.get(), column); }
  std::string text(int column) const {
    const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(raw_.get(), column));
    return data ? std::string(data, static_cast<std::size_t>(sqlite3_column_bytes(raw_.get(), column))) : std::string();
  }
  std::span<const std::uint8_t> blob(int column) const {
    const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(raw_.get(), column));
    return {data, data ? static_cast<std::size_t>(sqlite3_column_bytes(raw_.get(), column)) : 0};
  }
  std::vector<std::uint8_t> bytes(int column) const {
    const auto view = blob(column);
    return {view.begin(), view.end()};
  }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  Statement(sqlite3_stmt* raw, std::string path) : raw_(raw), path_(std::move(path)) {}
  std::unique_ptr<sqlite3_stmt, Finalize> raw_;
  std::string path_;
};

// A statement that is left in the middle would keep its snapshot, and the log file could not be reused.
class Scope {
 public:
  explicit Scope(Statement& statement) : statement_(statement) {}
  ~Scope() { statement_.reset(); }
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

 private:
  Statement& statement_;
};

}  // namespace alliance::sqlite
