// SPDX-License-Identifier: Apache-2.0
#include "fhir/json.h"

#include <charconv>

#include "common/text.h"

namespace alliance::fhir {

std::string Path::text() const {
  std::string all = up == nullptr ? std::string() : up->text();
  if (index >= 0) return all + "[" + std::to_string(index) + "]";
  if (!all.empty()) all += '.';
  return all + shown(name);
}

std::string shown_line(std::string_view text) {
  std::string line;
  for (const char c : text) line += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  return line;
}

std::string shown(std::string_view text) {
  const auto front = front_of(text, 60);
  return front.size() < text.size() ? shown_line(front) + "..." : shown_line(text);
}

std::string named(std::string_view text) { return '"' + shown(text) + '"'; }

void put_string(std::string& to, std::string_view text) {
  static constexpr char hex[] = "0123456789abcdef";
  to += '"';
  std::size_t plain = 0;  // what needs no escape goes in one piece
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
    to.append(text, plain, at - plain);
    plain = at + 1;
    if (byte >= 0x20) {
      to += '\\';
      to += text[at];
    } else {
      to += {'\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15]};
    }
  }
  to.append(text, plain);
  to += '"';
}

void put_number(std::string& to, double value) {
  char digits[32];
  to.append(digits, std::to_chars(digits, digits + sizeof digits, value == 0 ? 0.0 : value).ptr);
}

std::string number_text(double value) {
  std::string text;
  put_number(text, value);
  return text;
}

}  // namespace alliance::fhir
