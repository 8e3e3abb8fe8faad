// SPDX-License-Identifier: Apache-2.0
// The places of a store's file in which sealed bytes open.
#pragma once

#include <alliance_schema/envelope_generated.h>

#include "store/seal.h"
#include "store/store.h"

namespace alliance::store {

inline Place event_place(std::string_view stream, std::int64_t epoch, std::uint64_t row, std::string_view event,
                         std::int64_t time) {
  return {"event", stream, epoch, row, event, time};
}
inline Place derived_place(Place event) {
  event.what = "derived";
  return event;
}
inline Place value_place(std::string_view stream, std::int64_t epoch, std::string_view key, std::uint32_t version) {
  return {"value", stream, epoch, version, key, 0};
}
inline Place account_place(std::string_view stream, std::int64_t epoch) { return {"account", stream, epoch, 0, "", 0}; }
inline Place report_place(const fb::EnvelopeT& envelope) {
  return {envelope.lane == fb::Lane::safety ? "safety report" : "report",
          envelope.case_,
          envelope.epoch,
          envelope.sequence,
          envelope.id,
          envelope.time};
}
inline Place letter_place(const DeadLetter& letter) {
  return {"letter", letter.case_id, letter.epoch, letter.sequence, letter.report, letter.time};
}

}  // namespace alliance::store
