// SPDX-License-Identifier: Apache-2.0
// What the schema cannot say about a definition.
#pragma once

#include <alliance_schema/instrument_generated.h>

#include <string>
#include <vector>

namespace alliance::instruments {

// Every fault that was found, as a sentence that begins with the field: "items[2].response: ...".
// Empty: the definition can be scored, and its own test vectors came out as it says.
std::vector<std::string> check(const fb::InstrumentT& definition);

// The same for a content pack of that instrument.
std::vector<std::string> check(const fb::ContentPackT& pack, const fb::InstrumentT& definition);

// Ids of items, scales, bands and so on: letters, digits, '.', '_' and '-', 64 at most.
bool good_name(const std::string& name);
// "en", "zh-Hans": what a file's name may carry.
bool good_language(const std::string& language);
// The shortest text that reads back as the same number.
std::string text(double value);

}  // namespace alliance::instruments
