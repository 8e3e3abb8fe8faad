// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace alliance::schema {

// Well-formed UTF-8 as Unicode table 3-7 has it: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

}  // namespace alliance::schema
