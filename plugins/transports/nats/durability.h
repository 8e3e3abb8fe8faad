// SPDX-License-Identifier: Apache-2.0
// What an acknowledgement of the stream is worth.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace alliance::nats {

struct Kept {
  bool in_memory = false;
  bool drops_old = false;  // at a limit it makes room by dropping what nobody has fetched yet
  int replicas = 1;
};

struct Durability {
  std::string sentence;
  std::optional<double> after_seconds;  // what was acknowledged is on the disk so much later; absent: nobody says so
};

// `said`: what each server answers to /jsz?config=true, or as much from the system account; empty where none was asked.
// The slowest counts, and one that does not say counts for all.
Durability durability(const Kept& stream, const std::vector<std::string>& said);

// One answer over plain HTTP, at most 64 KiB and 3 s. Empty when there is none.
std::string ask_monitor(const std::string& address, const std::string& path);

}  // namespace alliance::nats
