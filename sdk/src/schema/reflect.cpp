// SPDX-License-Identifier: Apache-2.0
#include "schema/reflect.h"

#include <alliance_schema/all_bfbs.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>

namespace alliance::schema {
namespace {

using reflection::BaseType;

std::string local_name(const flatbuffers::String* full) {
  const std::string_view name = full->string_view();
  return std::string(name.substr(name.rfind('.') + 1));
}

struct Catalogue {
  std::vector<std::unique_ptr<Table>> tables;  // in the order of the schema's objects
  std::vector<std::unique_ptr<Enumeration>> enumerations;
  std::map<std::string, const Table*, std::less<>> by_name;

  Catalogue() {
    const reflection::Schema& schema = *reflection::GetSchema(all_bfbs);
    for (const auto* object : *schema.objects()) {
      tables.push_back(std::make_unique<Table>());
      tables.back()->name = local_name(object->name());
      by_name.emplace(tables.back()->name, tables.back().get());
    }
    for (const auto* source : *schema.enums()) add(*source);
    for (flatbuffers::uoffset_t i = 0; i < schema.objects()->size(); ++i) fill(*tables[i], *schema.objects()->Get(i));
  }

  void add(const reflection::Enum& source) {
    auto enumeration = std::make_unique<Enumeration>();
    enumeration->values.reserve(source.values()->size());
    for (const auto* value : *source.values()) {
      const std::int32_t index = source.is_union() ? value->union_type()->index() : -1;
      enumeration->values.push_back({value->value(), value->name()->string_view(),
                                     index < 0 ? nullptr : tables[static_cast<std::size_t>(index)].get()});
    }
    enumerations.push_back(std::move(enumeration));
  }

  void fill(Table& table, const reflection::Object& object) {
    table.fields.reserve(object.fields()->size());
    for (const auto* source : *object.fields()) {
      Field field;
      field.name = source->name()->str();
      field.offset = source->offset();
      field.type = source->type()->base_type();
      field.element = source->type()->element();
      field.default_integer = source->default_integer();
      field.default_real = source->default_real();
      field.required = source->required();
      field.optional = source->optional();
      field.deprecated = source->deprecated();
      const std::int32_t index = source->type()->index();
      const bool object_type = field.type == BaseType::Obj || field.element == BaseType::Obj;
      if (index >= 0 && object_type) field.table = tables[static_cast<std::size_t>(index)].get();
      if (index >= 0 && !object_type) field.names = enumerations[static_cast<std::size_t>(index)].get();
      if (source->attributes() != nullptr) {
        for (const auto* attribute : *source->attributes()) {
          if (attribute->key()->string_view() == "force_align") {
            field.alignment = static_cast<std::uint16_t>(std::atoi(attribute->value()->c_str()));
          }
        }
      }
      table.fields.push_back(std::move(field));
    }
    std::sort(table.fields.begin(), table.fields.end(),
              [](const Field& a, const Field& b) { return a.offset < b.offset; });
  }
};

}  // namespace

const Field* Table::field(std::string_view wanted) const {
  for (const Field& field : fields) {
    if (field.name == wanted) return &field;
  }
  return nullptr;
}

// flatc orders them by value, and those of a union count up from 0.
const Enumerator* Enumeration::find(std::int64_t value) const {
  if (value >= 0 && value < std::ssize(values) && values[static_cast<std::size_t>(value)].value == value) {
    return &values[static_cast<std::size_t>(value)];
  }
  const auto found = std::find_if(values.begin(), values.end(), [&](const auto& one) { return one.value == value; });
  return found == values.end() ? nullptr : &*found;
}

const Enumerator* Enumeration::find(std::string_view name) const {
  const auto found = std::find_if(values.begin(), values.end(), [&](const auto& one) { return one.name == name; });
  return found == values.end() ? nullptr : &*found;
}

const Table* find_table(std::string_view name) {
  static const auto* catalogue = new Catalogue;  // never destroyed: callers may outlive static destructors
  const auto found = catalogue->by_name.find(name);
  return found == catalogue->by_name.end() ? nullptr : found->second;
}

}  // namespace alliance::schema
