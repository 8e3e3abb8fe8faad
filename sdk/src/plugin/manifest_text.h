// SPDX-License-Identifier: Apache-2.0
// A manifest as text: what is looked at before it is parsed, and what a signature is over.
#pragma once

#include <string>
#include <string_view>

#include "common/result.h"

namespace alliance::plugin {

// Where the value of a field of the outermost object begins; npos where there is none.
std::size_t value_of(std::string_view json, std::string_view field);

// The text with nothing between the quotes of the field `signature`: every other byte is signed. As it is where there
// is no such field.
std::string without_signature(std::string_view json);

// The same with this signature in it, in the place of the one that is there or as a new last field.
Result<std::string> with_signature(std::string_view json, std::string_view signature);

}  // namespace alliance::plugin
