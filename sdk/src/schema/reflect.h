// SPDX-License-Identifier: Apache-2.0
// The schema as data: tables and enumerations by name, as flatc described them at build time.
#pragma once

#include <flatbuffers/reflection_generated.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace alliance::schema {

struct Table;
struct Enumeration;

struct Field {
  std::string name;
  flatbuffers::voffset_t offset = 0;  // in the vtable
  reflection::BaseType type = reflection::BaseType::None;
  reflection::BaseType element = reflection::BaseType::None;  // of a vector
  const Table* table = nullptr;                               // of an object, or of a vector's elements
  const Enumeration* names = nullptr;                         // of an enumeration; of a union and its type: the tables
  std::int64_t default_integer = 0;
  double default_real = 0;
  bool required = false, optional = false, deprecated = false;
  std::uint16_t alignment = 0;  // force_align
};

struct Table {
  std::string name;           // "Event"
  std::vector<Field> fields;  // by id
  const Field* field(std::string_view name) const;
};

struct Enumerator {
  std::int64_t value = 0;
  std::string_view name;
  const Table* table = nullptr;  // of a union, where it carries one
};

struct Enumeration {
  std::vector<Enumerator> values;  // by value
  const Enumerator* find(std::int64_t value) const;
  const Enumerator* find(std::string_view name) const;
};

// Null when the schema has no such table.
const Table* find_table(std::string_view name);

}  // namespace alliance::schema
