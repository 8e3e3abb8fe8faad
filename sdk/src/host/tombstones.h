// SPDX-License-Identifier: Apache-2.0
// What stands in the place of a report that an endpoint refused.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "store/store.h"

namespace alliance::host {

// The batch with tombstones for these reports. Empty when the batch cannot be read, or when "" is among them: then
// nothing can stand in its place.
store::Bytes with_tombstones(const store::Bytes& batch, std::span<const std::string> reports);

// The reports of a batch as dead letters: one by its id, or all where `report` is empty. Of a batch that cannot be
// read one that holds its bytes.
std::vector<store::DeadLetter> dead_letters_of(const store::Bytes& batch, const std::string& report);

}  // namespace alliance::host
