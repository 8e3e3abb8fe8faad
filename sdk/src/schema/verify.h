// SPDX-License-Identifier: Apache-2.0
// Bytes from outside become a table only through here.
#pragma once

#include <flatbuffers/flatbuffers.h>

#include <cstdint>
#include <span>

#include "common/result.h"

namespace alliance::schema {

inline constexpr std::size_t max_bytes = 16u << 20;
inline constexpr flatbuffers::uoffset_t max_depth = 32;
inline constexpr flatbuffers::uoffset_t max_tables = 65'536;
inline constexpr flatbuffers::uoffset_t max_tables_small = 256;  // one event, one report

// `identifier` is the table's file identifier, or null where the schema gives it none.
template <class Table>
Result<const Table*> verified(std::span<const std::uint8_t> bytes, const char* identifier,
                              flatbuffers::uoffset_t tables = max_tables) {
  if (bytes.size() > max_bytes) {
    return fail(ALLIANCE_E_LIMIT,
                "payload of " + std::to_string(bytes.size()) + " bytes: the limit is " + std::to_string(max_bytes));
  }
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % 8 != 0) {
    return fail(ALLIANCE_E_INVALID, "payload is not aligned to 8 bytes: copy it to aligned memory first");
  }
  flatbuffers::Verifier verifier(bytes.data(), bytes.size(), max_depth, tables);
  if (bytes.size() < 8 || !verifier.VerifyBuffer<Table>(identifier)) {
    return fail(ALLIANCE_E_BAD_INPUT,
                std::string("payload is not a well-formed ") + (identifier ? identifier : "FlatBuffers") + " buffer");
  }
  return flatbuffers::GetRoot<Table>(bytes.data());
}

}  // namespace alliance::schema
