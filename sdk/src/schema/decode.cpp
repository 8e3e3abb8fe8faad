// SPDX-License-Identifier: Apache-2.0
// Bytes of a table to JSON, and the checks that the FlatBuffers verifier leaves to us: text is UTF-8, numbers
// are finite, enumerators are known.
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <charconv>
#include <cmath>

#include "schema/extent.h"
#include "schema/json.h"
#include "schema/reflect.h"
#include "schema/roots.h"
#include "schema/utf8.h"
#include "schema/verify.h"

namespace alliance::schema {
namespace {

using flatbuffers::uoffset_t;
using reflection::BaseType;

struct Unreadable {
  std::string reason;
};

class Decoder {
 public:
  explicit Decoder(std::string* out) : out_(out) {}

  void table(const Table& table, const flatbuffers::Table& source) {
    put("{");
    bool first = true;
    for (const Field& field : table.fields) {
      if (!source.CheckField(field.offset)) {
        if (field.optional || !is_scalar(field.type) || field.type == BaseType::UType) continue;
      }
      if (field.deprecated) continue;
      if (field.type == BaseType::UType && source.GetField<std::uint8_t>(field.offset, 0) == 0) continue;
      if (!first) put(",");
      first = false;
      text(field.name);
      put(":");
      value(field, source);
    }
    put("}");
  }

 private:
  static bool is_scalar(BaseType type) { return type >= BaseType::UType && type <= BaseType::Double; }

  void put(std::string_view piece) {
    if (out_ != nullptr) *out_ += piece;
  }
  void text(std::string_view piece) {
    if (out_ != nullptr) *out_ += boost::json::serialize(boost::json::string_view(piece.data(), piece.size()));
  }

  void value(const Field& field, const flatbuffers::Table& source) {
    switch (field.type) {
      case BaseType::String:
        return string(field, *source.GetPointer<const flatbuffers::String*>(field.offset));
      case BaseType::Obj:
        return table(*field.table, *source.GetPointer<const flatbuffers::Table*>(field.offset));
      case BaseType::Union: {
        const auto type = source.GetField<std::uint8_t>(static_cast<flatbuffers::voffset_t>(field.offset - 2), 0);
        const Enumerator* target = field.names->find(type);
        if (target == nullptr || target->table == nullptr) throw Unreadable{field.name + " is of an unknown kind"};
        return table(*target->table, *source.GetPointer<const flatbuffers::Table*>(field.offset));
      }
      case BaseType::Vector:
        return vector(field, source);
      default:
        return scalar(field, field.type, [&](auto zero) {
          using Number = decltype(zero);
          if constexpr (std::is_floating_point_v<Number>) {
            return source.GetField<Number>(field.offset, static_cast<Number>(field.default_real));
          } else {
            return source.GetField<Number>(field.offset, static_cast<Number>(field.default_integer));
          }
        });
    }
  }

  void vector(const Field& field, const flatbuffers::Table& source) {
    put("[");
    if (field.element == BaseType::String) {
      const auto& strings =
          *source.GetPointer<const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>*>(field.offset);
      for (uoffset_t i = 0; i < strings.size(); ++i) {
        if (i > 0) put(",");
        string(field, *strings.Get(i));
      }
    } else if (field.element == BaseType::Obj) {
      const auto& tables =
          *source.GetPointer<const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::Table>>*>(field.offset);
      for (uoffset_t i = 0; i < tables.size(); ++i) {
        if (i > 0) put(",");
        table(*field.table, *tables.Get(i));
      }
    } else {
      const uoffset_t size = source.GetPointer<const flatbuffers::Vector<std::uint8_t>*>(field.offset)->size();
      for (uoffset_t i = 0; i < size; ++i) {
        if (i > 0) put(",");
        scalar(field, field.element, [&](auto zero) {
          return source.GetPointer<const flatbuffers::Vector<decltype(zero)>*>(field.offset)->Get(i);
        });
      }
    }
    put("]");
  }

  template <class Read>
  void scalar(const Field& field, BaseType type, Read read) {
    const auto one = [&](auto zero) { number(field, read(zero)); };
    switch (type) {
      case BaseType::Bool:
        return put(read(std::uint8_t{}) != 0 ? "true" : "false");
      case BaseType::Byte:
        return one(std::int8_t{});
      case BaseType::Short:
        return one(std::int16_t{});
      case BaseType::UShort:
        return one(std::uint16_t{});
      case BaseType::Int:
        return one(std::int32_t{});
      case BaseType::UInt:
        return one(std::uint32_t{});
      case BaseType::Long:
        return one(std::int64_t{});
      case BaseType::ULong:
        return one(std::uint64_t{});
      case BaseType::Float:
        return one(float{});
      case BaseType::Double:
        return one(double{});
      default:
        return one(std::uint8_t{});
    }
  }

  template <class Number>
  void number(const Field& field, Number value) {
    if constexpr (std::is_integral_v<Number>) {
      if (field.names != nullptr) {
        const Enumerator* found = field.names->find(static_cast<std::int64_t>(value));
        if (found == nullptr) throw Unreadable{field.name + " is of an unknown kind"};
        return text(found->name);
      }
    } else {
      if (!std::isfinite(value)) throw Unreadable{field.name + " is not a finite number"};
      if (value == 0) value = 0;  // JSON's -0 is a whole number to many readers: one zero is enough
    }
    if (out_ == nullptr) return;
    char digits[40];
    const auto end = std::to_chars(digits, digits + sizeof digits, value);
    out_->append(digits, end.ptr);
  }

  void string(const Field& field, const flatbuffers::String& value) {
    const std::string_view view(value.c_str(), value.size());
    if (!is_utf8(view)) throw Unreadable{field.name + " is not UTF-8"};
    if (view.find('\0') != std::string_view::npos) throw Unreadable{field.name + " holds a NUL character"};
    text(view);
  }

  std::string* out_;  // null: check only
};

Result<void> decode(const Table& table, std::span<const std::uint8_t> bytes, std::string* out) {
  try {
    Decoder(out).table(table, *flatbuffers::GetRoot<flatbuffers::Table>(bytes.data()));
  } catch (const Unreadable& refusal) {
    return fail(ALLIANCE_E_BAD_INPUT, table.name + ": " + refusal.reason);
  }
  return {};
}

}  // namespace

Result<std::string> bytes_to_json(std::string_view table, std::span<const std::uint8_t> bytes) {
  const Table* known = find_table(table);
  if (known == nullptr) return fail(ALLIANCE_E_INVALID, "the schema has no table " + std::string(table));
  std::string out;
  out.reserve(bytes.size() * 2);
  if (auto done = decode(*known, bytes, &out); !done) return tl::unexpected(done.error());
  return out;
}

Result<void> verify(std::string_view table, std::span<const std::uint8_t> bytes) {
  const Root* root = find_root(table);
  if (root == nullptr) return fail(ALLIANCE_E_INVALID, std::string(table) + " does not travel on its own");
  if (bytes.size() > max_bytes) {
    return fail(ALLIANCE_E_LIMIT, std::string(table) + " of " + std::to_string(bytes.size()) + " bytes: the limit is " +
                                      std::to_string(max_bytes));
  }
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % 8 != 0) {
    return fail(ALLIANCE_E_INVALID, std::string(table) + " is not aligned to 8 bytes: copy it to aligned memory first");
  }
  const Table* known = find_table(table);
  if (known == nullptr || !says_what_it_holds(*known, bytes)) {
    return fail(ALLIANCE_E_BAD_INPUT, std::string(table) + ": not a well-formed " + root->identifier +
                                          " buffer: it leads outside itself, or says the same many times over");
  }
  flatbuffers::Verifier verifier(bytes.data(), bytes.size(), max_depth, max_tables);
  if (bytes.size() < 8 || !root->verify(verifier, root->identifier)) {
    return fail(ALLIANCE_E_BAD_INPUT, std::string(table) + ": not a well-formed " + root->identifier + " buffer");
  }
  return decode(*known, bytes, nullptr);
}

}  // namespace alliance::schema
