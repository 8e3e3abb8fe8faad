// SPDX-License-Identifier: Apache-2.0
// How much a buffer says, compared with how long it is. The Verifier counts tables alone: a few kilobytes in which many
// tables point at one long list would keep it, and whoever reads after it, busy for a second.
#pragma once

#include <cstdint>
#include <span>

#include "schema/reflect.h"

namespace alliance::schema {

// False where reading all of it as `table` leads out of the bytes or comes to several times their number. Expects
// nothing of them; what it lets pass is still for the Verifier to judge.
bool says_what_it_holds(const Table& table, std::span<const std::uint8_t> bytes);

}  // namespace alliance::schema
