// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <fstream>
#include <string>

// What this process has read so far, from the kernel; -1: it does not say.
inline std::int64_t bytes_read() {
  std::ifstream io("/proc/self/io");
  std::string name;
  std::int64_t value = -1;
  while (io >> name >> value) {
    if (name == "rchar:") return value;
  }
  return -1;
}
