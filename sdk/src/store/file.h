// SPDX-License-Identifier: Apache-2.0
// Whose is this file? What is checked of a database file before SQLite touches it, what a file of ours looks
// like inside, and the lock that keeps it to one process.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <utility>

#include "common/result.h"
#include "store/sqlite.h"

namespace alliance::sqlite {

// POSIX locks do not keep this process from opening twice, so it remembers what it holds. They are not
// inherited by fork(), so a child that lives on does not hold the file.
class FileLock {
 public:
  static Result<FileLock> take(const std::string& path) {
    const std::string name = path + ".lock";
    {
      const std::lock_guard guard(mutex());
      if (!held().insert(name).second) {
        return fail(ALLIANCE_E_STATE, path + " is already open in this process: close it first");
      }
    }
    FileLock lock(name);
    lock.descriptor_ = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock.descriptor_ < 0) {
      return fail(ALLIANCE_E_IO, path + " cannot be kept from other processes: " + name + " cannot be opened: " +
                                     std::strerror(errno) + ": run this as the owner of the file, who may write there");
    }
    struct flock whole{};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    if (::fcntl(lock.descriptor_, F_SETLK, &whole) != 0) {
      const int error = errno;
      if (error != EAGAIN && error != EACCES) {
        return fail(ALLIANCE_E_IO, name + " cannot be locked: " + std::strerror(error));
      }
      std::string who;
      if (::fcntl(lock.descriptor_, F_GETLK, &whole) == 0 && whole.l_type != F_UNLCK && whole.l_pid > 0) {
        who = " (process " + std::to_string(whole.l_pid) + ")";
      }
      return fail(ALLIANCE_E_STATE, path + " is in use by another process" + who + ": end that one first");
    }
    return lock;
  }
  FileLock(FileLock&& other) noexcept
      : name_(std::move(other.name_)), descriptor_(std::exchange(other.descriptor_, -1)) {
    other.name_.clear();
  }
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (!name_.empty()) {
      const std::lock_guard guard(mutex());
      held().erase(name_);
    }
  }

 private:
  explicit FileLock(std::string name) : name_(std::move(name)) {}
  static std::mutex& mutex() {
    static std::mutex one;
    return one;
  }
  static std::set<std::string>& held() {
    static std::set<std::string> names;
    return names;
  }
  std::string name_;
  int descriptor_ = -1;
};

struct Kind {
  const char* what;             // "an Alliance store"
  std::int32_t application_id;  // PRAGMA application_id
  // Step n takes a file of format n to format n + 1; step 0 makes an empty one.
  std::span<const char* const> migrations;
  // Asked before a file that holds nothing becomes one of ours.
  Result<void> (*may_begin)(const std::string& path) = [](const std::string&) -> Result<void> { return {}; };
};

struct OwnFile {
  FileLock lock;  // first: given up last
  Database db;    // WAL, synchronous=FULL, of the newest format
};

// The whole path, so that one file has one name, and a name such as ":memory:" is a file like any other.
inline Result<std::string> real_path(const std::string& path) {
  namespace fs = std::filesystem;
  if (path.empty()) return fail(ALLIANCE_E_INVALID, "no file was named: give a path");
  if (path.find('\0') != std::string::npos) return fail(ALLIANCE_E_INVALID, "the path holds a NUL: give a plain path");
  std::error_code error;
  const fs::path whole = fs::absolute(path, error);
  if (error) return fail(ALLIANCE_E_IO, path + ": " + error.message());
  const fs::path real = fs::weakly_canonical(whole, error);
  if (error) return fail(ALLIANCE_E_IO, path + " cannot be reached: " + error.message());
  if (real.filename().empty() || fs::is_directory(real, error)) {
    return fail(ALLIANCE_E_INVALID, path + " is a folder: name a file in it");
  }
  if (!fs::is_directory(real.parent_path(), error)) {
    return fail(ALLIANCE_E_IO, path + ": its folder does not exist: make " + real.parent_path().string() + " first");
  }
  return real.string();
}

// Before SQLite sees it: a regular file, empty or with SQLite's heading. Made with mode 0600 if missing.
inline Result<void> look_at_file(const std::string& path, const Kind& kind) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0600);
  if (descriptor < 0) {
    return fail(ALLIANCE_E_IO, path + " cannot be opened for writing: " + std::strerror(errno));
  }
  struct stat status{};
  char heading[16] = {};
  const bool regular = ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
  const ssize_t length = regular ? ::pread(descriptor, heading, sizeof heading, 0) : 0;
  ::close(descriptor);
  if (!regular) return fail(ALLIANCE_E_INVALID, path + " is no regular file: name a file");
  if (length < 0) return fail(ALLIANCE_E_IO, path + " cannot be read: " + std::strerror(errno));
  if (length > 0 && (length < 16 || std::memcmp(heading, "SQLite format 3", 16) != 0)) {
    return fail(ALLIANCE_E_BAD_INPUT, path + " is not " + kind.what + ": nothing was changed, name another file");
  }
  return {};
}

inline Result<std::int64_t> number_of(Database& db, const char* sql) {
  auto statement = Statement::prepare(db, sql);
  if (!statement) return tl::unexpected(std::move(statement).error());
  auto row = statement->step();
  if (!row) return tl::unexpected(std::move(row).error());
  return *row ? statement->integer(0) : 0;
}

// Makes, checks and migrates; a foreign or newer file is left as it was.
inline Result<void> settle(Database& db, const Kind& kind) {
  const auto id = number_of(db, "PRAGMA application_id");
  if (!id) return tl::unexpected(id.error());
  const auto format = number_of(db, "PRAGMA user_version");
  if (!format) return tl::unexpected(format.error());
  const auto tables = number_of(db, "SELECT count(*) FROM sqlite_schema");
  if (!tables) return tl::unexpected(tables.error());

  const bool fresh = *id == 0 && *format == 0 && *tables == 0;
  const auto newest = static_cast<std::int64_t>(kind.migrations.size());
  if (!fresh && *id != kind.application_id) {
    return fail(ALLIANCE_E_BAD_INPUT, db.path() + " is another program's database, not " + kind.what +
                                          ": nothing was changed, name another file");
  }
  if (*format > newest) {
    return fail(ALLIANCE_E_VERSION, db.path() + " has format " + std::to_string(*format) +
                                        " and this version of the SDK reads up to " + std::to_string(newest) +
                                        ": use a newer SDK");
  }
  if (fresh) {
    if (auto ok = kind.may_begin(db.path()); !ok) return ok;
  }
  if (!fresh && *format < 1) return fail(ALLIANCE_E_BAD_INPUT, db.path() + " is damaged: it names no format");

  if (auto ok = db.run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                       "PRAGMA trusted_schema=OFF; PRAGMA temp_store=MEMORY");
      !ok) {
    return ok;
  }
  if (*format == newest) return {};
  std::string script = "BEGIN IMMEDIATE; PRAGMA application_id=" + std::to_string(kind.application_id) + ";";
  for (auto step = *format; step < newest; ++step) script += kind.migrations[static_cast<std::size_t>(step)];
  script += "PRAGMA user_version=" + std::to_string(newest) + "; COMMIT";
  if (auto ok = db.run(script.c_str()); !ok) {
    db.rollback();
    return ok;
  }
  return {};
}

inline Result<OwnFile> open_own(const std::string& path, const Kind& kind) {
  auto real = real_path(path);
  if (!real) return tl::unexpected(std::move(real).error());
  auto lock = FileLock::take(*real);
  if (!lock) return tl::unexpected(std::move(lock).error());
  // Before SQLite sees it: beside an empty file it would delete a log that may hold what is missing.
  std::error_code missing;
  const auto length = std::filesystem::file_size(*real, missing);
  if (missing || length == 0) {
    if (auto ok = kind.may_begin(*real); !ok) return tl::unexpected(std::move(ok).error());
  }
  if (auto ok = look_at_file(*real, kind); !ok) return tl::unexpected(std::move(ok).error());
  auto db = Database::open(*real, SQLITE_OPEN_READWRITE);
  if (!db) return tl::unexpected(std::move(db).error());
  sqlite3_busy_timeout(db->raw(), 2000);
  if (auto ok = settle(*db, kind); !ok) return tl::unexpected(std::move(ok).error());
  return OwnFile{std::move(*lock), std::move(*db)};
}

}  // namespace alliance::sqlite
