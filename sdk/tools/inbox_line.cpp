// SPDX-License-Identifier: Apache-2.0
#include "inbox_line.h"

#include "schema/json.h"

namespace alliance::tools {
namespace {

void append_text(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      constexpr char digits[] = "0123456789abcdef";
      out += "\\u00";
      out += digits[byte >> 4];
      out += digits[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

// Past the value that begins at `at`: to the comma or the bracket that ends it.
std::size_t past_value(std::string_view json, std::size_t at) {
  int depth = 0;
  for (bool text = false; at < json.size(); ++at) {
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
    } else if (depth == 0 && (c == ',' || c == '}' || c == ']')) {
      return at;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return at;
}

}  // namespace

std::string_view json_member(std::string_view object, std::string_view name) {
  const auto skip = [&](std::size_t at) { return std::min(object.find_first_not_of(" \t\r\n", at), object.size()); };
  std::size_t at = skip(0);
  if (at >= object.size() || object[at] != '{') return {};
  for (at = skip(at + 1); at < object.size() && object[at] == '"'; at = skip(at + 1)) {
    const auto end_of_name = object.find('"', at + 1);  // our field names hold no escapes
    if (end_of_name == std::string_view::npos) return {};
    const auto key = object.substr(at + 1, end_of_name - at - 1);
    const auto colon = skip(end_of_name + 1);
    const auto begin = skip(colon + 1);
    const auto end = past_value(object, begin);
    if (key == name) {
      const auto last = object.find_last_not_of(" \t\r\n", end - 1);
      return object.substr(begin, last + 1 - begin);
    }
    at = end;
  }
  return {};
}

std::string inbox_line(const store::InboxReport& report, std::string& why) {
  std::string out = "{\"id\":";
  append_text(out, report.id);
  out += ",\"tenant\":";
  append_text(out, report.tenant);
  out += ",\"case\":";
  append_text(out, report.case_id);
  out += ",\"epoch\":" + std::to_string(report.epoch);
  out += ",\"seq\":" + std::to_string(report.sequence);
  out += ",\"time\":" + std::to_string(report.time);
  out += ",\"kind\":";
  append_text(out, report.kind);
  if (report.report.empty()) return out + ",\"payload\":null,\"withheld\":true}\n";
  out += ",\"payload\":";
  const auto json = schema::bytes_to_json("Report", report.report);
  const auto body = json ? json_member(*json, "body") : std::string_view();
  if (body.empty()) why = json ? "its body is of a kind that this version does not know" : json.error().message;
  out += body.empty() ? "null" : body;
  out += "}\n";
  return out;
}

}  // namespace alliance::tools
