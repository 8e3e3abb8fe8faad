// SPDX-License-Identifier: Apache-2.0
// What the parts of `alliance store` share.
#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "commands.h"
#include "store/master.h"

namespace alliance::tools {

struct StoreChoice {
  std::string store, key_file, file, keys_to, subject, by, reason, reference, lifted;
  bool json = false, replace = false, restricts = false, lifts = false, holds = false, releases = false;
  store::KeySource keys() const {
    store::KeySource source;
    source.file = key_file;
    return source;
  }
};

inline std::int64_t now_in_microseconds() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}
std::string utc_text(std::int64_t instant);
const char* role_word(std::int32_t role);

using AddStore = std::function<CLI::App*(const char*, const char*, int (*)(const StoreChoice&))>;
using OfOne = std::function<CLI::App*(CLI::App*)>;
// erase, and with it restriction and legal hold.
void add_store_acts(const AddStore& add, const OfOne& of_one, const std::shared_ptr<StoreChoice>& choice);
void add_store_quarantine(const AddStore& add, const std::shared_ptr<StoreChoice>& choice);

}  // namespace alliance::tools
