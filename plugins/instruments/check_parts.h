// SPDX-License-Identifier: Apache-2.0
// The parts of check(), one subject each.
#pragma once

#include "faults.h"
#include "key.h"

namespace alliance::instruments {

// A missing rule, and the rules that the settings may choose in its place.
void check_missing(Faults& faults, const fb::InstrumentT& definition);
// One scale by itself; `items` are those of the instrument.
void check_scale(Faults& faults, const std::string& field, const fb::ScaleT& scale, const Names& items);

// What follows expects that every part by itself is right: names resolve, numbers are there.
// Formulas, and rules that need a middle answer.
void check_formulas(Faults& faults, const fb::InstrumentT& definition);
// The stated ranges against the key's, and the test vectors.
void check_reach(Faults& faults, const fb::InstrumentT& definition, const Key& key);
void check_vectors(Faults& faults, const fb::InstrumentT& definition, const Key& key);

}  // namespace alliance::instruments
