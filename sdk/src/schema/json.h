// SPDX-License-Identifier: Apache-2.0
// One schema, two faces: JSON text to the bytes of a table and back, for every table in sdk/schema.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.h"

namespace alliance::schema {

// Refuses what the schema does not know (field, enumerator, missing required field, a number out of its
// type's range, text that is not UTF-8) and names line, column and field.
Result<std::vector<std::uint8_t>> json_to_bytes(std::string_view table, std::string_view json);

// Expects verified bytes (verify.h). One line, fields in the schema's order, enumerators by name;
// absent fields are left out.
Result<std::string> bytes_to_json(std::string_view table, std::span<const std::uint8_t> bytes);

// Structure and text of a table by its name, for bytes that come from outside.
Result<void> verify(std::string_view table, std::span<const std::uint8_t> bytes);

}  // namespace alliance::schema
