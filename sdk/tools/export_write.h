// SPDX-License-Identifier: Apache-2.0
// The key of the hashes, and a folder of files that is there whole or not at all.
#pragma once

#include <string>
#include <string_view>

#include "common/result.h"
#include "export_model.h"

namespace alliance::tools::study {

struct Key {
  std::string bytes;
  bool made = false;  // there was none
};
// 32 random bytes as 64 hex digits, readable by their owner alone; made when the file is not there. Refuses a key that
// would lie in `out`, among what it protects.
Result<Key> key_of(const std::string& file, const std::string& out);

// One of this run alone.
Result<Key> random_key();

// Whether `out` is free, or, with `force`, an earlier export: nothing else is ever replaced.
Result<void> may_write(const std::string& out, bool force);
Result<void> write(const std::string& out, const Files& files, const std::string& manifest, bool force);

Result<std::string> text_of(const std::string& file);
std::string sha256(std::string_view text);  // 64 hex digits

}  // namespace alliance::tools::study
