// SPDX-License-Identifier: Apache-2.0
#include "line.h"

#include <algorithm>

namespace alliance::jsonl {
namespace {

void append_text(std::string& out, std::string_view text) {
  constexpr char digits[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20) {
      out += "\\u00";
      out += digits[byte >> 4];
      out += digits[byte & 15];
    } else {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
  }
  out += '"';
}

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

void append(std::string& out, const Line& line) {
  out += "{\"id\":";
  append_text(out, line.id);
  out += ",\"tenant\":";
  append_text(out, line.tenant);
  out += ",\"case\":";
  append_text(out, line.case_id);
  out += ",\"epoch\":" + std::to_string(line.epoch);
  out += ",\"seq\":" + std::to_string(line.sequence);
  out += ",\"time\":" + std::to_string(line.time);
  out += ",\"kind\":";
  append_text(out, line.kind);
  out += ",\"payload\":";
  out += member(line.report, "body");
  out += "}\n";
}

}  // namespace alliance::jsonl
