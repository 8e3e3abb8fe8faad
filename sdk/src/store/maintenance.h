// SPDX-License-Identifier: Apache-2.0
// What need not hold up a commit: small checkpoints from a connection of their own, and acknowledgements for
// which no commit comes.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "store/sqlite.h"

namespace alliance::store {

inline constexpr int checkpoint_pages = 256;  // 1 MiB of log: worth a checkpoint in the background
inline constexpr int crowded_pages = 8192;    // 32 MiB: writers outrun the background, so one of them waits for it
inline constexpr std::chrono::milliseconds flush_delay{200};

class Maintenance {
 public:
  Maintenance(sqlite::Database db, std::function<void()> flush);
  ~Maintenance();
  void committed(int log_pages);  // after each commit, by the committer
  void acknowledged();            // there is something to flush
  void empty_log();               // what stood in the log file is in the database and nowhere else, if nobody reads
  void stop();                    // waits for its thread, which looks at the pointer to this until then

 private:
  void run();
  void checkpoint();

  sqlite::Database db_;
  std::function<void()> flush_;
  std::mutex checkpointing_;
  std::mutex mutex_;
  std::condition_variable something_;
  bool stop_ = false, crowded_ = false, dirty_ = false;
  std::thread thread_;
};

}  // namespace alliance::store
