// SPDX-License-Identifier: Apache-2.0
#include "json_field.h"

#include <algorithm>
#include <boost/json/parse.hpp>

namespace alliance::shared {
namespace {

namespace json = boost::json;

// The part before the next separator; the rest stays.
std::string next_part(std::string_view& rest, char separator) {
  const std::size_t end = std::min(rest.find(separator), rest.size());
  std::string part(rest.substr(0, end));
  rest.remove_prefix(std::min(end + 1, rest.size()));
  if (separator != '/') return part;
  for (const auto& [written, meant] : {std::pair{"~1", "/"}, std::pair{"~0", "~"}}) {
    for (std::size_t at = 0; (at = part.find(written, at)) != std::string::npos; ++at) part.replace(at, 2, meant);
  }
  return part;
}

const json::value* step(const json::value& in, const std::string& part) {
  if (const auto* object = in.if_object()) return object->if_contains(part);
  const auto* array = in.if_array();
  const bool number = !part.empty() && part.size() < 7 && part.find_first_not_of("0123456789") == std::string::npos;
  return array != nullptr && number ? array->if_contains(std::stoul(part)) : nullptr;
}

}  // namespace

std::string parse(std::string_view text, json::value& into) {
  if (text.size() > most_bytes) return "the record is longer than " + std::to_string(most_bytes) + " bytes";
  json::parse_options options;
  options.max_depth = most_depth;
  boost::system::error_code bad;
  into = json::parse({text.data(), text.size()}, bad, json::storage_ptr(), options);
  if (bad == json::error::too_deep) return "the record is nested deeper than " + std::to_string(most_depth);
  if (bad == json::error::incomplete) return "the record is cut off before its JSON ends";
  return bad ? "the record is not JSON" : "";
}

const json::value* find_field(const json::value& in, std::string_view field) {
  const char separator = field.starts_with('/') ? '/' : '.';
  if (separator == '/') field.remove_prefix(1);
  const json::value* found = &in;
  do {
    found = step(*found, next_part(field, separator));
  } while (found != nullptr && !field.empty());
  return found;
}

std::optional<std::string> word_of(const json::value* value) {
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) return std::string(value->get_string());
  if (value->is_int64()) return std::to_string(value->get_int64());
  if (value->is_uint64()) return std::to_string(value->get_uint64());
  return std::nullopt;
}

std::string text_at(const json::value& in, std::string_view field) {
  return word_of(find_field(in, field)).value_or("");
}

bool is_case(std::string_view id) {
  return !id.empty() && id.size() <= 128 && std::none_of(id.begin(), id.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '/';
  });
}

bool is_code(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}

}  // namespace alliance::shared
