// SPDX-License-Identifier: Apache-2.0
#include "host/handing.h"

#include <cstdint>
#include <span>
#include <vector>

#include "schema/json.h"

namespace alliance::host {

Result<void> hand(const Taker& taker, const fb::Envelope& envelope) {
  // The payload's place in the batch is the sender's choice, and verifying wants it aligned: where it is not, a copy
  // is.
  std::span<const std::uint8_t> payload(envelope.payload()->data(), envelope.payload()->size());
  std::vector<std::uint8_t> aligned;
  if (reinterpret_cast<std::uintptr_t>(payload.data()) % 8 != 0) {
    aligned.assign(payload.begin(), payload.end());
    payload = aligned;
  }
  if (envelope.withheld() != payload.empty()) return fail(ALLIANCE_E_BAD_INPUT, "a notification holds a report");
  if (auto ok = payload.empty() ? Result<void>() : schema::verify("Report", payload); !ok) {
    return fail(ALLIANCE_E_BAD_INPUT, "the report is not well formed: " + ok.error().message);
  }
  std::string json;
  if (taker.format == ALLIANCE_JSON && !payload.empty()) {
    auto text = schema::bytes_to_json("Report", payload);
    if (!text) return tl::unexpected(std::move(text).error());
    json = std::move(*text);
  }
  alliance_report report{};
  report.size = sizeof report;
  report.lane = envelope.lane() == fb::Lane::safety ? ALLIANCE_LANE_SAFETY : ALLIANCE_LANE_NORMAL;
  report.id = envelope.id()->c_str();
  report.tenant = envelope.tenant()->c_str();
  report.case_id = envelope.case_()->c_str();
  report.kind = envelope.kind()->c_str();
  report.epoch = envelope.epoch();
  report.sequence = envelope.sequence();
  report.first_sequence = envelope.first_sequence();
  report.time = envelope.time();
  report.body = json.empty() ? payload.data() : reinterpret_cast<const std::uint8_t*>(json.data());
  report.length = json.empty() ? payload.size() : json.size();
  report.withheld = envelope.withheld() ? 1 : 0;
  alliance_error error = ALLIANCE_ERROR_INIT;
  const std::int32_t status = taker.take(taker.context, &report, &error);
  if (status == ALLIANCE_OK) return {};
  error.message[sizeof error.message - 1] = '\0';
  return fail(status, error.message[0] == '\0' ? "the application gave no reason" : error.message);
}

}  // namespace alliance::host
