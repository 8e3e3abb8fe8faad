// SPDX-License-Identifier: Apache-2.0
#include "sqlite_counts.h"

#include <sqlite3.h>

#include <mutex>
#include <set>

namespace bench {
namespace {

std::mutex mutex;
std::set<sqlite3*> connections;
SqliteCounts gone;  // steps of statements that ended, pages of connections that were closed

void add_pages(sqlite3* db, SqliteCounts& to) {
  int hits = 0, misses = 0, unused = 0;
  sqlite3_db_status(db, SQLITE_DBSTATUS_CACHE_HIT, &hits, &unused, 0);
  sqlite3_db_status(db, SQLITE_DBSTATUS_CACHE_MISS, &misses, &unused, 0);
  to.pages += hits + misses;
  to.read += misses;
}

int happened(unsigned what, void*, void* of, void*) {
  const std::lock_guard lock(mutex);
  if (what == SQLITE_TRACE_PROFILE) {
    gone.steps += sqlite3_stmt_status(static_cast<sqlite3_stmt*>(of), SQLITE_STMTSTATUS_VM_STEP, 1);
  } else {
    auto* db = static_cast<sqlite3*>(of);
    add_pages(db, gone);
    connections.erase(db);
  }
  return 0;
}

int opened(sqlite3* db, const char**, const void*) {
  const std::lock_guard lock(mutex);
  connections.insert(db);
  return sqlite3_trace_v2(db, SQLITE_TRACE_PROFILE | SQLITE_TRACE_CLOSE, happened, nullptr);
}

}  // namespace

void count_sqlite() { sqlite3_auto_extension(reinterpret_cast<void (*)()>(opened)); }

SqliteCounts sqlite_counts() {
  const std::lock_guard lock(mutex);
  SqliteCounts now = gone;
  for (sqlite3* db : connections) add_pages(db, now);
  return now;
}

}  // namespace bench
