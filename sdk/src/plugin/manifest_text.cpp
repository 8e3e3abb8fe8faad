// SPDX-License-Identifier: Apache-2.0
#include "plugin/manifest_text.h"

#include <optional>

namespace alliance::plugin {
namespace {

constexpr std::string_view blanks = " \t\r\n";

// The quote that ends the string which begins after `from`.
std::size_t end_of_string(std::string_view json, std::size_t from) {
  std::size_t end = from + 1;
  while (end < json.size() && json[end] != '"') end += json[end] == '\\' ? 2 : 1;
  return end < json.size() ? end : std::string_view::npos;
}

struct Span {
  std::size_t from, length;
};

std::optional<Span> signature_in(std::string_view json) {
  const std::size_t at = value_of(json, "signature");
  if (at == std::string_view::npos || json[at] != '"') return std::nullopt;
  const std::size_t end = end_of_string(json, at);
  if (end == std::string_view::npos) return std::nullopt;
  return Span{at + 1, end - at - 1};
}

}  // namespace

std::size_t value_of(std::string_view json, std::string_view field) {
  int depth = 0;
  for (std::size_t at = 0; at < json.size(); ++at) {
    const char c = json[at];
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    if (c != '"') continue;
    const std::size_t end = end_of_string(json, at);
    if (end == std::string_view::npos) return end;
    const std::string_view word = json.substr(at + 1, end - at - 1);
    at = end;
    std::size_t next = json.find_first_not_of(blanks, end + 1);
    if (depth != 1 || word != field || next == std::string_view::npos || json[next] != ':') continue;
    return json.find_first_not_of(blanks, next + 1);
  }
  return std::string_view::npos;
}

std::string without_signature(std::string_view json) {
  std::string text(json);
  if (const auto found = signature_in(json)) text.erase(found->from, found->length);
  return text;
}

Result<std::string> with_signature(std::string_view json, std::string_view signature) {
  std::string text(json);
  if (const auto found = signature_in(json)) return text.replace(found->from, found->length, signature);
  if (value_of(json, "signature") != std::string_view::npos) {
    return fail(ALLIANCE_E_BAD_INPUT, "field signature: it is no text");
  }
  const std::size_t end = json.rfind('}');
  const std::size_t last = end == std::string_view::npos ? end : json.find_last_not_of(" \t\r\n", end - 1);
  if (last == std::string_view::npos) return fail(ALLIANCE_E_BAD_INPUT, "it is no JSON object");
  return text.insert(last + 1, ",\n  \"signature\": \"" + std::string(signature) + "\"");
}

}  // namespace alliance::plugin
