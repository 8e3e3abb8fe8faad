// SPDX-License-Identifier: Apache-2.0
// A record's JSON, and a part of it by the name that an operator gives it. Pure.
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace alliance::shared {

// Limits of one record.
inline constexpr std::size_t most_bytes = 1u << 20;
inline constexpr std::size_t most_depth = 32;

// Empty, or a sentence that says why the text is no record.
std::string parse(std::string_view text, boost::json::value& into);

// "actor.account.name", where no name on the way has a dot in it; else a JSON pointer (RFC 6901), which begins with a
// slash: "/context/extensions/https:~1~1example.org~1case". An index picks from an array. Null where there is none.
const boost::json::value* find_field(const boost::json::value& in, std::string_view field);

// A text as it stands, a whole number in digits; nothing for all else.
std::optional<std::string> word_of(const boost::json::value* value);

// The same of a part, or an empty text.
std::string text_at(const boost::json::value& in, std::string_view field);

// What may be a case's id: 1 to 128 characters, none of them a slash or control character.
bool is_case(std::string_view id);

// A word of the programme's own in lower case; what a person wrote is none.
bool is_code(std::string_view text);

}  // namespace alliance::shared
