// SPDX-License-Identifier: Apache-2.0
// A mapping as it was read, and what is wrong with it.
#pragma once

#include <alliance_schema/mapping_generated.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace alliance::files {

// JSON of a schema table to its bytes; throws alliance::Error with a sentence that names the field.
using Encode = std::function<std::vector<std::uint8_t>(const char* table, std::string_view json)>;

// `text` is JSON of a FileMapping, `file` what an error calls it. Throws alliance::Error that names file, line and
// field.
fb::FileMappingT mapping(const Encode& encode, const std::string& file, std::string_view text);

}  // namespace alliance::files
