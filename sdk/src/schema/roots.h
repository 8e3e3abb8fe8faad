// SPDX-License-Identifier: Apache-2.0
// The tables that travel on their own, with their file identifiers.
#pragma once

#include <flatbuffers/flatbuffers.h>

#include <string_view>

namespace alliance::schema {

struct Root {
  std::string_view table;
  const char* identifier;
  bool (*verify)(flatbuffers::Verifier&, const char* identifier);
};

// Null for a table that never travels alone.
const Root* find_root(std::string_view table);

}  // namespace alliance::schema
