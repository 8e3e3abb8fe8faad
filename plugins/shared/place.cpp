// SPDX-License-Identifier: Apache-2.0
#include "place.h"

#include <algorithm>

namespace alliance::shared {
namespace {

// Goes through the whole text once and remembers the last value on the way to the field.
struct Scan {
  std::string_view json, field;
  std::size_t at = 0, found = 0;

  char now() const { return at < json.size() ? json[at] : '\0'; }
  void pass(std::string_view any) {
    while (at < json.size() && any.find(json[at]) != std::string_view::npos) ++at;
  }
  bool on_the_way(const std::string& path) const {
    if (!field.starts_with(path)) return false;
    return path.empty() || path.size() == field.size() || field[path.size()] == '.' || field[path.size()] == '[';
  }
  std::string_view string() {
    const std::size_t begin = ++at;
    while (at < json.size() && json[at] != '"') at += json[at] == '\\' ? 2 : 1;
    const std::size_t end = std::min(at, json.size());
    ++at;
    return json.substr(begin, end - begin);
  }
  void value(const std::string& path) {
    pass(" \t\r\n");
    if (on_the_way(path)) found = at;
    if (now() == '{') {
      ++at;
      for (pass(" \t\r\n,"); now() == '"'; pass(" \t\r\n,")) {
        const std::string name(string());
        pass(" \t\r\n:");
        value(path.empty() ? name : path + "." + name);
      }
      ++at;
    } else if (now() == '[') {
      ++at;
      std::size_t index = 0;
      for (pass(" \t\r\n,"); at < json.size() && now() != ']'; pass(" \t\r\n,")) {
        value(path + "[" + std::to_string(index++) + "]");
      }
      ++at;
    } else if (now() == '"') {
      string();
    } else {
      at = std::min(json.find_first_of(" \t\r\n,]}", at), json.size());
    }
  }
};

}  // namespace

std::string place(std::string_view json, std::string_view field) {
  Scan scan{json, field};
  scan.value("");
  const std::string_view before = json.substr(0, std::min(scan.found, json.size()));
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  return "line " + std::to_string(line) + ", column " + std::to_string(before.size() - (before.rfind('\n') + 1) + 1);
}

}  // namespace alliance::shared
