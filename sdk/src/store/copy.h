// SPDX-License-Identifier: Apache-2.0
// A store's copies, made while it is used, and put back.
#pragma once

#include <functional>
#include <string>

#include "store/store.h"

namespace alliance::store {

using Told = std::function<void(std::uint64_t done, std::uint64_t of)>;  // pages

// A consistent copy as of one moment, by SQLite's backup, in a new file of its owner's alone. It says that it is a
// copy: whoever opens it as a store gives every case a new epoch. The keys are not in it.
Result<void> backup(const std::string& store, const std::string& to, std::int64_t now, const Told& told);
// The key file, over the last copy of it: an older one would bring keys back that were destroyed since.
Result<void> copy_keys(const std::string& store, const std::string& to);

struct Restore {
  std::string from, to;
  bool replace = false;  // an existing store, which is put aside as TO.before-restore
  std::int64_t now = 0;
  KeySource keys{};
};
struct Restored {
  std::uint64_t cases = 0, events = 0;
  std::uint64_t erased = 0;  // since the copy was made
};
// Checks the copy, puts it in its place and opens it once: new epochs, everyone told, and what was erased since is
// gone.
Result<Restored> restore(const Restore& what, const Told& told);

}  // namespace alliance::store
