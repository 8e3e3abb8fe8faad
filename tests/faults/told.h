// SPDX-License-Identifier: Apache-2.0
// What fault_platform tells its caller of: the id of each report that its store has.
#pragma once

#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace alliance::faults {

// All lines have one length, of which a page has a whole number: whoever is killed in mid-write ends with a page, and
// so with a line.
constexpr std::size_t told_length = 63;  // without the line's end

inline std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream in(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(std::move(line));
  return lines;
}

// A line of another length stays as it is: no report has such an id.
inline std::vector<std::string> ids_told(const std::string& path) {
  auto ids = lines_of(path);
  for (auto& id : ids) {
    if (id.size() == told_length) id.erase(id.find_last_not_of(' ') + 1);
  }
  return ids;
}

}  // namespace alliance::faults
