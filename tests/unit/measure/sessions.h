// SPDX-License-Identifier: Apache-2.0
// Session-by-session depression scores of 43 people, where the shared data are beside the sources.
#pragma once

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace sessions_test {

inline std::filesystem::path file() {
  return std::filesystem::path(ALLIANCE_SOURCE_DIR) / ".." / "shared" / "data" / "depression_sessions_43.csv";
}

// BDI of sessions 1 to 12, not a number where it was not answered; by the person's number.
inline std::map<int, std::vector<double>> people() {
  std::map<int, std::vector<double>> all;
  std::ifstream in(file());
  std::string line, cell;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::istringstream cells(line);
    std::getline(cells, cell, ',');
    auto& scores = all[std::stoi(cell)];
    std::getline(cells, cell, ',');  // before treatment
    for (int session = 1; session <= 12 && std::getline(cells, cell, ','); ++session) {
      scores.push_back(cell.empty() ? std::nan("") : std::stod(cell));
    }
  }
  return all;
}

}  // namespace sessions_test
