// SPDX-License-Identifier: Apache-2.0
#include "store/copy.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>

#include "store/opening.h"
#include "store/outbox_view.h"
#include "store/tables.h"

namespace alliance::store {
namespace {

namespace fs = std::filesystem;
using sqlite::Database;
using sqlite::Statement;

constexpr int pages_at_once = 1024;

// Made by us and empty; a file that exists is left as it was.
Result<void> make_private(const std::string& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) {
    return fail(ALLIANCE_E_IO, path + " cannot be made: " + std::strerror(errno) + ": name a file that does not exist");
  }
  ::close(file);
  return {};
}

Result<void> copied(Database& from, Database& to, const Told& told) {
  // One snapshot from the first page to the last, however much is written meanwhile.
  if (auto ok = from.run("BEGIN"); !ok) return ok;
  if (auto pinned = sqlite::number_of(from, "SELECT count(*) FROM meta"); !pinned) {
    return tl::unexpected(pinned.error());
  }
  sqlite3_backup* const work = sqlite3_backup_init(to.raw(), "main", from.raw(), "main");
  if (work == nullptr) return tl::unexpected(to.fault(sqlite3_errcode(to.raw())));
  int code = SQLITE_OK;
  while (code == SQLITE_OK) {
    code = sqlite3_backup_step(work, pages_at_once);
    const auto of = static_cast<std::uint64_t>(sqlite3_backup_pagecount(work));
    if (told) told(of - static_cast<std::uint64_t>(sqlite3_backup_remaining(work)), of);
  }
  sqlite3_backup_finish(work);
  from.rollback();
  if (code != SQLITE_DONE) return tl::unexpected(sqlite::failure(nullptr, to.path(), code));
  return {};
}

Result<void> whole_file(Database& db) {
  auto check = Statement::prepare(db, "PRAGMA quick_check(1)");
  if (!check) return tl::unexpected(check.error());
  const auto row = check->step();
  if (!row) return tl::unexpected(row.error());
  if (check->text(0) == "ok") return {};
  return fail(ALLIANCE_E_BAD_INPUT, db.path() + " is damaged: see alliance store check");
}

Result<void> copy_database(const std::string& from, const std::string& to, const std::string& mark, const Told& told) {
  auto source = Database::open(from, SQLITE_OPEN_READWRITE);
  if (!source) return tl::unexpected(std::move(source).error());
  sqlite3_busy_timeout(source->raw(), 10'000);
  if (auto ok = make_private(to); !ok) return ok;
  const auto work = [&]() -> Result<void> {
    auto target = Database::open(to, SQLITE_OPEN_READWRITE);
    if (!target) return tl::unexpected(std::move(target).error());
    if (auto ok = copied(*source, *target, told); !ok) return ok;
    // One file and no log beside it: what is copied or moved by hand must be whole.
    if (auto ok = target->run("PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL"); !ok) return ok;
    auto put = Statement::prepare(*target, "INSERT OR REPLACE INTO meta (name, value) VALUES ('backup', ?1)");
    if (!put) return tl::unexpected(std::move(put).error());
    if (auto ok = put->bind(1, mark).finish(); !ok) return ok;
    return whole_file(*target);
  };
  auto done = work();
  if (!done) {
    std::error_code ignored;
    fs::remove(to, ignored);
  }
  return done ? sync_folder(to) : done;
}

}  // namespace

Result<void> backup(const std::string& store, const std::string& to, std::int64_t now, const Told& told) {
  if (auto fine = OutboxView::open(store); !fine) return tl::unexpected(std::move(fine).error());
  auto target = sqlite::real_path(to);
  if (!target) return tl::unexpected(std::move(target).error());
  if (file_exists(*target)) {
    return fail(ALLIANCE_E_INVALID, to + " exists already: name a new file, so that the last backup is not lost");
  }
  const std::string draft = *target + ".part";
  std::error_code ignored;
  fs::remove(draft, ignored);  // of a backup that was ended half-way
  if (auto ok = copy_database(store, draft, std::to_string(now), told); !ok) return ok;
  std::error_code error;
  fs::rename(draft, *target, error);
  if (error) return fail(ALLIANCE_E_IO, to + " cannot be made: " + error.message());
  return sync_folder(*target);
}

Result<void> copy_keys(const std::string& store, const std::string& to) {
  auto real = sqlite::real_path(store);
  if (!real) return tl::unexpected(std::move(real).error());
  const int file = ::open(key_ring_path(*real).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0) return fail(ALLIANCE_E_IO, key_ring_path(*real) + " cannot be read: " + std::strerror(errno));
  Bytes all;
  std::array<std::uint8_t, 65536> piece{};
  ssize_t length = 0;
  while ((length = ::read(file, piece.data(), piece.size())) > 0)
    all.insert(all.end(), piece.begin(), piece.begin() + length);
  ::close(file);
  if (length < 0) return fail(ALLIANCE_E_IO, key_ring_path(*real) + " cannot be read: " + std::strerror(errno));
  const std::string draft = to + ".part";
  std::error_code error;
  fs::remove(draft, error);
  if (auto ok = write_private(draft, all); !ok) return ok;
  fs::rename(draft, to, error);
  if (error) return fail(ALLIANCE_E_IO, to + " cannot be made: " + error.message());
  return sync_folder(to);
}

Result<Restored> restore(const Restore& what, const Told& told) {
  auto to = sqlite::real_path(what.to);
  if (!to) return tl::unexpected(std::move(to).error());
  auto from = OutboxView::open(what.from);
  if (!from) return tl::unexpected(std::move(from).error());
  const auto status = from->status();
  if (!status) return tl::unexpected(status.error());
  const bool there = file_exists(*to);
  if (there && !what.replace) {
    return fail(ALLIANCE_E_INVALID, what.to + " exists already: give --replace to put it aside and take the backup");
  }
  if (there && file_exists(*to + ".before-restore")) {
    return fail(ALLIANCE_E_INVALID, what.to + ".before-restore is there from an earlier restore: move it away first");
  }
  const std::string draft = *to + ".restoring";
  {
    auto lock = sqlite::FileLock::take(*to);  // nobody may be using what is replaced
    if (!lock) return tl::unexpected(std::move(lock).error());
    std::error_code error;
    fs::remove(draft, error);
    if (auto ok = copy_database(what.from, draft, std::to_string(what.now), told); !ok)
      return tl::unexpected(ok.error());
    for (const char* tail : {"", "-wal", "-shm"}) {
      if (!file_exists(*to + tail)) continue;
      fs::rename(*to + tail, *to + ".before-restore" + tail, error);
      if (error) return fail(ALLIANCE_E_IO, *to + tail + " cannot be put aside: " + error.message());
    }
    fs::rename(draft, *to, error);
    if (error) return fail(ALLIANCE_E_IO, *to + " cannot be made: " + error.message());
    if (auto ok = sync_folder(*to); !ok) return tl::unexpected(std::move(ok).error());
  }
  Opening how;
  how.keys = what.keys;
  how.now = what.now;
  auto store = Store::open(*to, status->tenant, how);
  if (!store) return tl::unexpected(std::move(store).error());
  const auto heads = (*store)->streams();
  if (!heads) return tl::unexpected(heads.error());
  Restored out;
  for (const auto& head : *heads) {
    ++out.cases;
    out.events += head.events;
    out.erased += head.erased != 0;
  }
  return out;
}

}  // namespace alliance::store
