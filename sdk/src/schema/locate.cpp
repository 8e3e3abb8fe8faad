// SPDX-License-Identifier: Apache-2.0
#include "schema/locate.h"

#include <algorithm>
#include <boost/json/parse.hpp>

namespace alliance::schema {
namespace {

// Walks a text that a JSON parser has already accepted.
struct Walker {
  std::string_view text;
  std::size_t at = 0;

  void space() {
    while (at < text.size() && std::string_view(" \t\r\n").find(text[at]) != std::string_view::npos) ++at;
  }
  std::string_view string() {
    const std::size_t begin = at++;
    while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
    if (at < text.size()) ++at;
    return text.substr(begin, at - begin);
  }
  void skip() {  // one value
    int depth = 0;
    do {
      space();
      if (at >= text.size()) return;
      const char c = text[at];
      if (c == '"') {
        string();
      } else {
        if (c == '{' || c == '[') ++depth;
        if (c == '}' || c == ']') --depth;
        ++at;
        if (depth == 0 && std::string_view("{}[],:").find(c) == std::string_view::npos) {
          while (at < text.size() && std::string_view(",}] \t\r\n").find(text[at]) == std::string_view::npos) ++at;
        }
      }
    } while (depth > 0);
  }
  bool enter(const Step& step) {
    space();
    if (at >= text.size()) return false;
    const bool member = std::holds_alternative<std::string>(step);
    if (text[at] != (member ? '{' : '[')) return false;
    ++at;
    for (std::size_t index = 0;; ++index) {
      space();
      if (at >= text.size() || text[at] == '}' || text[at] == ']') return false;
      if (member) {
        boost::system::error_code ignored;
        const auto name = boost::json::parse(string(), ignored);
        space();
        ++at;  // the colon
        space();
        if (name.is_string() && std::string_view(name.get_string()) == std::get<std::string>(step)) return true;
      } else if (index == std::get<std::size_t>(step)) {
        return true;
      }
      skip();
      space();
      if (at < text.size() && text[at] == ',') ++at;
    }
  }
};

}  // namespace

std::string to_text(const Path& path) {
  std::string text;
  for (const Step& step : path) {
    if (const auto* index = std::get_if<std::size_t>(&step)) {
      text += "[" + std::to_string(*index) + "]";
    } else {
      if (!text.empty()) text += ".";
      text += std::get<std::string>(step);
    }
  }
  return text;
}

std::string line_and_column(std::string_view json, std::size_t offset) {
  const std::string_view before = json.substr(0, std::min(offset, json.size()));
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::size_t newline = before.rfind('\n');
  const std::size_t column = newline == std::string_view::npos ? before.size() + 1 : before.size() - newline;
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

std::size_t locate(std::string_view well_formed_json, const Path& path) {
  Walker walker{well_formed_json};
  walker.space();
  for (const Step& step : path) {
    const std::size_t parent = walker.at;
    if (!walker.enter(step)) return parent;  // a member that is missing is reported where its object begins
    walker.space();
  }
  return walker.at;
}

}  // namespace alliance::schema
