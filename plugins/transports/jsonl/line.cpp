// SPDX-License-Identifier: Apache-2.0
#include "line.h"

#include "../../shared/member.h"

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

}  // namespace

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
  out += shared::member(line.report, "body");
  out += "}\n";
}

}  // namespace alliance::jsonl
