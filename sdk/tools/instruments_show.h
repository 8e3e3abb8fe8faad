// SPDX-License-Identifier: Apache-2.0
// One definition as text: everything that it says, each number with its source.
#pragma once

#include <alliance_schema/instrument_generated.h>

#include <string>
#include <vector>

namespace alliance::tools::definition {

std::string shown(const fb::InstrumentT& instrument);

// "key unverified", "thresholds unverified", "thresholds unverified and in use", "not validated" ...
std::vector<std::string> marks(const fb::InstrumentT& instrument);
// The languages of its texts, or why there is none.
std::string texts(const fb::InstrumentT& instrument);
std::string joined(const std::vector<std::string>& parts, const char* none);

}  // namespace alliance::tools::definition
