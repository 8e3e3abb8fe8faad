// SPDX-License-Identifier: Apache-2.0
#include "member.h"

#include <algorithm>

namespace alliance::shared {
namespace {

// To the comma or the bracket that ends the value which begins at `at`.
std::size_t end_of_value(std::string_view json, std::size_t at) {
  int depth = 0;
  bool text = false;
  for (; at < json.size(); ++at) {
    const char c = json[at];
    if (text) {
      if (c == '\\') {
        ++at;
      } else if (c == '"') {
        text = false;
      }
    } else if (c == '"') {
      text = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (depth == 0 && (c == ',' || c == '}')) {
      break;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return std::min(at, json.size());
}

}  // namespace

std::string_view member(std::string_view object, std::string_view name) {
  std::size_t at = 0;
  const auto skip = [&](char what) {
    while (at < object.size() && (object[at] == ' ' || object[at] == what)) ++at;
  };
  for (skip('{'); at < object.size() && object[at] == '"'; skip(',')) {
    const auto end_of_name = std::min(object.find('"', at + 1), object.size());
    const auto key = object.substr(at + 1, end_of_name - at - 1);
    at = std::min(end_of_name + 1, object.size());
    skip(':');
    const auto end = end_of_value(object, at);
    if (key == name) return object.substr(at, end - at);
    at = end;
  }
  return "null";
}

}  // namespace alliance::shared
