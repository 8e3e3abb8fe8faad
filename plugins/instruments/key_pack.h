// SPDX-License-Identifier: Apache-2.0
// A verified key for an instrument whose own is not, from whoever holds its manual.
#pragma once

#include <alliance_schema/instrument_generated.h>

#include <string>
#include <vector>

namespace alliance::instruments {

// The pack by itself: every fault as a sentence that begins with the field. Empty: it can be put in place.
std::vector<std::string> check(const fb::KeyPackT& pack, const fb::InstrumentT& definition);

// Puts the pack's key, its test vectors and its provenance in place of the definition's. The pack has passed
// check(); the definition must then be checked again.
void put_in_place(const fb::KeyPackT& pack, fb::InstrumentT& definition);

}  // namespace alliance::instruments
