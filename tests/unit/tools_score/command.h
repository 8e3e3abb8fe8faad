// SPDX-License-Identifier: Apache-2.0
// Runs the built command and keeps what it said.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace command_test {

struct Said {
  int exit = -1;
  std::string out, err;
};

class Command : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "alliance-score-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override {
    std::error_code bad;
    std::filesystem::remove_all(folder_, bad);
  }

  std::string file(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return (folder_ / name).string();
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  // Only what is loaded by the tests' own plugin folder: other plugins of the build may come and go.
  Said run(const std::vector<std::string>& arguments, const std::string& input = "",
           const std::string& environment = "") {
    const std::string in = file("stdin", input);
    std::string line = environment + " " + quoted(std::string(ALLIANCE_BINARY_DIR) + "/bin/alliance");
    for (const auto& argument : arguments) line += " " + quoted(argument);
    line += " <" + quoted(in) + " >" + quoted(path("out")) + " 2>" + quoted(path("err"));
    const int status = std::system(line.c_str());
    Said said;
    said.exit = WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + status;
    said.out = read("out");
    said.err = read("err");
    return said;
  }
  Said score(std::vector<std::string> arguments, const std::string& input = "") {
    arguments.insert(arguments.begin(), "score");
    arguments.insert(arguments.end(), {"--plugins", plugins()});
    return run(arguments, input);
  }

  // A folder that holds the instruments plugin alone.
  std::string plugins() {
    namespace fs = std::filesystem;
    const fs::path from = ALLIANCE_PLUGIN_DIR, to = folder_ / "plugins";
    if (fs::exists(to)) return to.string();
    fs::create_directories(to);
    for (const auto* name : {"instruments.alliance.json", "liballiance_instruments.so"}) {
      fs::copy_file(from / name, to / name);
    }
    fs::copy(from / "instruments", to / "instruments", fs::copy_options::recursive);
    return to.string();
  }

  std::string read(const std::string& name) const {
    std::ifstream in(folder_ / name, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }

 private:
  static std::string quoted(const std::string& text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? "'\\''" : std::string(1, c);
    return out + "'";
  }

  std::filesystem::path folder_;
};

inline std::vector<std::vector<std::string>> cells(const std::string& csv) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream lines(csv);
  for (std::string line; std::getline(lines, line);) {
    rows.emplace_back();
    std::string cell;
    for (const char c : line + ",") {
      if (c == ',') {
        rows.back().push_back(cell);
        cell.clear();
      } else {
        cell += c;
      }
    }
  }
  return rows;
}

inline bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

inline std::size_t lines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace command_test
