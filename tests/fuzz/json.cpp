// SPDX-License-Identifier: Apache-2.0
// JSON from outside: taken or refused with a sentence; what was taken is verified bytes that come back as they went.
#include "schema/json.h"

#include "require.h"

#ifndef FUZZ_TABLE
#error "FUZZ_TABLE names the schema table"
#endif

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace alliance;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto bytes = schema::json_to_bytes(FUZZ_TABLE, text);
  if (!bytes) {
    fuzz::require(bytes.error().status != ALLIANCE_OK, "a refusal has a status");
    fuzz::require(!bytes.error().message.empty(), "a refusal has a sentence");
    return 0;
  }
  fuzz::require(schema::verify(FUZZ_TABLE, *bytes).has_value(), "what was encoded passes the Verifier");
  const auto json = schema::bytes_to_json(FUZZ_TABLE, *bytes);
  fuzz::require(json.has_value(), "what was encoded can be decoded");
  const auto again = schema::json_to_bytes(FUZZ_TABLE, *json);
  fuzz::require(again.has_value(),
                "what was decoded can be encoded: " + (again ? std::string() : again.error().message));
  const auto twice = schema::bytes_to_json(FUZZ_TABLE, *again);
  fuzz::require(twice.has_value() && *twice == *json,
                "a second round changes nothing: " + *json + " became " + (twice ? *twice : twice.error().message));
  return 0;
}
