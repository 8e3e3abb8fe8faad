// SPDX-License-Identifier: Apache-2.0
#include "store/maintenance.h"

namespace alliance::store {

Maintenance::Maintenance(sqlite::Database db, std::function<void()> flush)
    : db_(std::move(db)), flush_(std::move(flush)), thread_([this] { run(); }) {}

Maintenance::~Maintenance() { stop(); }

void Maintenance::stop() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  something_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Maintenance::committed(int log_pages) {
  if (log_pages < checkpoint_pages) return;
  if (log_pages >= crowded_pages) {
    checkpoint();  // by the committer: nobody writes meanwhile, so the log can begin anew
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    crowded_ = true;
  }
  something_.notify_one();
}

void Maintenance::acknowledged() {
  {
    const std::lock_guard lock(mutex_);
    if (dirty_) return;
    dirty_ = true;
  }
  something_.notify_one();
}

void Maintenance::empty_log() {
  const std::lock_guard lock(checkpointing_);
  sqlite3_wal_checkpoint_v2(db_.raw(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
}

void Maintenance::run() {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    something_.wait(lock, [&] { return stop_ || crowded_ || dirty_; });
    if (stop_) return;
    if (std::exchange(crowded_, false)) {
      lock.unlock();
      checkpoint();
      lock.lock();
    }
    if (dirty_) {
      // Most acknowledgements ride along with the next commit; this is for the last ones.
      something_.wait_for(lock, flush_delay, [&] { return stop_ || crowded_; });
      if (stop_) return;
      if (crowded_) continue;
      dirty_ = false;
      lock.unlock();
      flush_();
      lock.lock();
    }
  }
}

void Maintenance::checkpoint() {
  const std::lock_guard lock(checkpointing_);
  sqlite3_wal_checkpoint_v2(db_.raw(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
}

}  // namespace alliance::store
