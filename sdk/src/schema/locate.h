// SPDX-License-Identifier: Apache-2.0
// Where a value stands in a JSON text, for errors that a person can act on.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace alliance::schema {

using Step = std::variant<std::string, std::size_t>;  // a member's name, or an index
using Path = std::vector<Step>;

std::string to_text(const Path& path);                                    // "events[3].body.answers[0].value"
std::string line_and_column(std::string_view json, std::size_t offset);   // "line 4, column 7"
std::size_t locate(std::string_view well_formed_json, const Path& path);  // offset of the value, as far as it exists

}  // namespace alliance::schema
