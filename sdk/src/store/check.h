// SPDX-License-Identifier: Apache-2.0
// Where is a store damaged? Every page, key and row is looked at; nothing is changed.
#pragma once

#include <alliance_schema/custody_generated.h>

#include <functional>

#include "store/store.h"

namespace alliance::store {

// Also while the platform runs. ALLIANCE_OK with damages when it could be opened at all.
Result<fb::StoreReportT> check(const std::string& path, const KeySource& keys,
                               const std::function<void(std::uint64_t done, std::uint64_t of)>& told);

}  // namespace alliance::store
