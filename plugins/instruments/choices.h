// SPDX-License-Identifier: Apache-2.0
// What the operator's settings make of a definition.
#pragma once

#include <alliance_schema/instrument_generated.h>

#include <memory>
#include <string>
#include <vector>

#include "settings.h"

namespace alliance::instruments {

// Refuses a choice that names no loaded instrument, or nothing that the instrument offers.
void check_choices(const Settings& settings, const std::vector<const fb::InstrumentT*>& definitions);

// Puts the chosen rules in force and marks unverified numbers that were turned on; fills in `denied`. A definition
// that has been through here says what is in force: nothing unverified is, unless its provenance is `accepted`.
void apply_choices(fb::InstrumentT& definition, const Settings& settings);

// A copy in which bands that are not in force are gone: for the key, which would give them.
fb::InstrumentT for_scoring(const fb::InstrumentT& definition);

}  // namespace alliance::instruments
