// SPDX-License-Identifier: Apache-2.0
// Members of parsed JSON, by the type that is expected: what is absent or of another type is nothing.
#pragma once

#include <simdjson.h>

#include <cstring>
#include <optional>
#include <string_view>

#include "fhir/json.h"

namespace alliance::fhir {

using Array = simdjson::dom::array;
using Object = simdjson::dom::object;

// Whether a name is this one: for those that are asked for again and again.
template <std::size_t Size>
bool is(std::string_view name, const char (&word)[Size]) {
  const char* const first = name.data();
  return name.size() == Size - 1 && std::memcmp(first, word, Size - 1) == 0;
}

inline std::optional<Json> member(const Json& from, std::string_view name) {
  Json found;
  if (from.is_object() && from.at_key(name).get(found) == simdjson::SUCCESS) return found;
  return std::nullopt;
}
inline std::optional<std::string_view> text_of(const Json& value) {
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return text;
  return std::nullopt;
}
inline std::optional<std::string_view> text_of(const Json& from, std::string_view name) {
  const auto found = member(from, name);
  return found ? text_of(*found) : std::nullopt;
}
inline std::string string_of(const Json& from, std::string_view name) {
  return std::string(text_of(from, name).value_or(std::string_view()));
}
inline std::optional<double> number_of(const Json& value) {
  double number = 0;
  if (value.is_number() && value.get(number) == simdjson::SUCCESS) return number;
  return std::nullopt;
}
inline std::optional<double> number_of(const Json& from, std::string_view name) {
  const auto found = member(from, name);
  return found ? number_of(*found) : std::nullopt;
}
inline bool true_at(const Json& from, std::string_view name) {
  bool yes = false;
  const auto found = member(from, name);
  return found && found->get(yes) == simdjson::SUCCESS && yes;
}

// Calls `take(element, index)` for each element of an array, if it is one.
template <class Take>
void each_of(const std::optional<Json>& list, Take&& take) {
  Array array;
  if (!list || list->get(array) != simdjson::SUCCESS) return;
  std::size_t index = 0;
  for (const Json one : array) take(one, index++);
}
template <class Take>
void each(const Json& from, std::string_view name, Take&& take) {
  each_of(member(from, name), take);
}

// The extension with that URL.
inline std::optional<Json> extension_in(const std::optional<Json>& extensions, std::string_view url) {
  std::optional<Json> found;
  each_of(extensions, [&](const Json& one, std::size_t) {
    if (!found && text_of(one, "url") == url) found = one;
  });
  return found;
}
inline std::optional<Json> extension(const Json& of, std::string_view url) {
  return extension_in(member(of, "extension"), url);
}

// The member value[x], whatever its type: its name from "value" on, and itself.
struct Value {
  std::string_view type;  // "Coding"
  Json value;
};
inline std::optional<Value> value_of(const Json& from, std::string_view prefix = "value") {
  Object object;
  if (from.get(object) != simdjson::SUCCESS) return std::nullopt;
  for (const auto field : object) {
    if (field.key.size() > prefix.size() && field.key.starts_with(prefix)) {
      return Value{field.key.substr(prefix.size()), field.value};
    }
  }
  return std::nullopt;
}

}  // namespace alliance::fhir
