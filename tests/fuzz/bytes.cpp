// SPDX-License-Identifier: Apache-2.0
// Bytes from outside: the Verifier first; what it passes can be read to its end and comes back from JSON.
#include <vector>

#include "require.h"
#include "schema/json.h"

#ifndef FUZZ_TABLE
#error "FUZZ_TABLE names the schema table"
#endif

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace alliance;
  const std::vector<std::uint8_t> bytes(data, data + size);  // on the heap: aligned, and its end is watched
  const auto verified = schema::verify(FUZZ_TABLE, bytes);
  if (!verified) {
    fuzz::require(!verified.error().message.empty(), "a refusal has a sentence");
    return 0;
  }
  const auto json = schema::bytes_to_json(FUZZ_TABLE, bytes);
  if (!json) return 0;  // numbers and enumerators are beyond the Verifier
  const auto again = schema::json_to_bytes(FUZZ_TABLE, *json);
  fuzz::require(again.has_value(),
                "what was decoded can be encoded: " + (again ? std::string() : again.error().message));
  const auto twice = schema::bytes_to_json(FUZZ_TABLE, *again);
  fuzz::require(twice.has_value() && *twice == *json,
                "a second round changes nothing: " + *json + " became " + (twice ? *twice : twice.error().message));
  return 0;
}
