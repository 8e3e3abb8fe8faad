// SPDX-License-Identifier: Apache-2.0
// The forms of texts that xAPI knows. Pure.
#pragma once

#include <string_view>

namespace alliance::xapi {

bool is_uuid(std::string_view text);
bool is_iri(std::string_view text);  // absolute: it has a scheme
bool is_mailto(std::string_view text);
bool is_hex(std::string_view text, std::size_t digits);
bool is_language(std::string_view text);   // RFC 5646, by its form
bool is_timestamp(std::string_view text);  // ISO 8601 and RFC 3339, with an offset that is none of -00:00
bool is_duration(std::string_view text);   // ISO 8601, years and months included
bool is_media_type(std::string_view text);
// 1 or 2 for a version that a statement may have; 0 for any other.
int major_of(std::string_view version);

}  // namespace alliance::xapi
