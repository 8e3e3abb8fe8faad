// SPDX-License-Identifier: Apache-2.0
// Libraries that are called no more, and who lifted what: kept with the store, so that a restart forgets none.
#pragma once

#include <alliance_schema/review_generated.h>

#include "store/store.h"

namespace alliance::store {

// Those that were lifted too, in the order in which they came; from the note of that name, which whoever looks into a
// running platform's store reads by itself.
inline constexpr const char* quarantine_note = "quarantine";
Result<fb::QuarantineListT> quarantines(const Result<std::string>& note);
inline Result<fb::QuarantineListT> quarantines(Store& store) { return quarantines(store.note(quarantine_note)); }
// The one that stands for a library; null: none does.
const fb::QuarantineT* standing(const fb::QuarantineListT& list, const std::string& library);

// On the disk when they return. A library that is in quarantine already stays so, for its first reason.
Result<void> put_into_quarantine(Store& store, fb::QuarantineT one);
struct Lift {
  std::string what;  // a library's sha256, or its first eight digits or more, or a plugin's id
  std::string by, because;
  std::int64_t now = 0;
};
Result<std::size_t> lift_quarantine(Store& store, const Lift& lift);  // how many; ALLIANCE_E_NOT_FOUND: none

}  // namespace alliance::store
