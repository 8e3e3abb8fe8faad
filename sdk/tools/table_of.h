// SPDX-License-Identifier: Apache-2.0
// What the host answered as JSON, as a table of the schema.
#pragma once

#include <flatbuffers/flatbuffers.h>

#include <string>

#include "common/result.h"
#include "schema/json.h"

namespace alliance::tools {

template <class Table>
Result<typename Table::NativeTableType> table_of(const char* table, const std::string& json) {
  const auto bytes = schema::json_to_bytes(table, json);
  if (!bytes) return tl::unexpected(bytes.error());
  typename Table::NativeTableType out;
  flatbuffers::GetRoot<Table>(bytes->data())->UnPackTo(&out);
  return out;
}

}  // namespace alliance::tools
