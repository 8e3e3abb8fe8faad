// SPDX-License-Identifier: Apache-2.0
// FHIR's primitive types, as their definitions in R4 have them (hl7.org/fhir/R4/datatypes.html#primitive).
#pragma once

#include <string_view>

namespace alliance::fhir {

bool is_date(std::string_view text);       // 2026, 2026-11, 2026-11-24
bool is_date_time(std::string_view text);  // a date, or 2026-11-24T09:30:00Z; with a time there is a zone
bool is_time(std::string_view text);       // 09:30:00
bool is_id(std::string_view text);         // letters, digits, '-' and '.', 64 at most
bool is_code(std::string_view text);       // no white space but single blanks between

}  // namespace alliance::fhir
