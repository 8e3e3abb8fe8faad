// SPDX-License-Identifier: Apache-2.0
// What SQLite does in this process, counted by SQLite itself. It does not hang on how busy the machine is.
#pragma once

#include <cstdint>

namespace bench {

struct SqliteCounts {
  std::int64_t steps = 0;  // of its virtual machine, in statements that ended
  std::int64_t pages = 0;  // looked at
  std::int64_t read = 0;   // of these, not in memory: read from the file

  SqliteCounts operator-(const SqliteCounts& before) const {
    return {steps - before.steps, pages - before.pages, read - before.read};
  }
};

void count_sqlite();  // every connection that is opened from now on
SqliteCounts sqlite_counts();

}  // namespace bench
