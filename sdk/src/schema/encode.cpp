// SPDX-License-Identifier: Apache-2.0
// JSON to the bytes of a table. A value that the schema does not know is refused where it stands.
#include <algorithm>
#include <cmath>
#include <limits>

#include "schema/json.h"
#include "schema/locate.h"
#include "schema/parse.h"
#include "schema/reflect.h"
#include "schema/roots.h"
#include "schema/verify.h"

namespace alliance::schema {
namespace {

namespace json = boost::json;
using flatbuffers::FlatBufferBuilder;
using flatbuffers::uoffset_t;
using reflection::BaseType;

// Raised inside this file only and caught in json_to_bytes: recursion without a status at every step.
struct Refusal {
  Path path;
  std::string reason;
  std::string detail{};
};

struct Slot {
  const Field* field;
  uoffset_t offset;           // of what was built already; 0 for a scalar
  const json::value* scalar;  // written when the table is
  std::int64_t union_type;
};

bool is_scalar(BaseType type) { return type >= BaseType::UType && type <= BaseType::Double; }

class Encoder {
 public:
  explicit Encoder(FlatBufferBuilder& builder) : builder_(builder) {}

  uoffset_t table(const Table& table, const json::value& value) {
    if (!value.is_object()) refuse("expected an object (" + table.name + ")");
    const json::object& object = value.get_object();
    if (path_.size() > 2 * max_depth) refuse("nested too deeply");
    std::vector<Slot> slots;
    for (const auto& member : object) {
      Scope scope(*this, std::string(member.key()));
      const Field* field = table.field(member.key());
      if (field == nullptr || field->deprecated) refuse("unknown field: " + table.name + " has " + known_fields(table));
      if (member.value().is_null()) continue;
      slots.push_back(build(table, *field, member.value(), object));
    }
    if (table.name == "Answer") check_answer(object);
    for (const Field& field : table.fields) {
      const bool given = std::any_of(slots.begin(), slots.end(), [&](const Slot& s) { return s.field == &field; });
      if (field.required && !given) {
        Scope scope(*this, field.name);
        refuse("missing: " + table.name + " needs it");
      }
      if (field.type == BaseType::UType && given && !object.contains(field.name.substr(0, field.name.size() - 5))) {
        Scope scope(*this, field.name);
        refuse("names the kind of a value that is missing");
      }
    }
    const uoffset_t start = builder_.StartTable();
    for (const Slot& slot : slots) write(slot);
    return builder_.EndTable(start);
  }

 private:
  struct Scope {
    Encoder& encoder;
    Scope(Encoder& e, Step step) : encoder(e) { encoder.path_.push_back(std::move(step)); }
    ~Scope() { encoder.path_.pop_back(); }
  };

  [[noreturn]] void refuse(std::string reason, std::string detail = {}) const {
    throw Refusal{path_, std::move(reason), std::move(detail)};
  }

  // As bytes a value that is absent is 0, and 0 is an answer: whoever has none must not seem to have given it.
  void check_answer(const json::object& object) const {
    const json::value* value = object.if_contains("value");
    const json::value* code = object.if_contains("code");
    const json::value* state = object.if_contains("state");
    const bool valued = value != nullptr && !value->is_null();
    const bool coded = code != nullptr && !code->is_null() && !code->get_string().empty();
    const bool missing = state != nullptr && !state->is_null() && state->get_string() != "answered";
    if (!valued && !coded && !missing) {
      refuse("has neither value nor code: give one, or say why there is none, as in \"state\":\"skipped\"");
    }
  }

  static std::string known_fields(const Table& table) {
    std::string names;
    for (const Field& field : table.fields) names += (names.empty() ? "" : ", ") + field.name;
    return names;
  }

  Slot build(const Table& table, const Field& field, const json::value& value, const json::object& object) {
    Slot slot{&field, 0, nullptr, 0};
    if (field.type == BaseType::String) {
      slot.offset = string(value);
    } else if (field.type == BaseType::Obj) {
      slot.offset = this->table(*field.table, value);
    } else if (field.type == BaseType::Vector) {
      slot.offset = vector(field, value);
    } else if (field.type == BaseType::Union) {
      const json::value* kind = object.if_contains(field.name + "_type");
      if (kind == nullptr || kind->is_null()) refuse("needs " + field.name + "_type beside it");
      const std::int64_t type = enumerator(*table.field(field.name + "_type"), *kind);
      const Enumerator* target = field.names->find(type);
      if (target == nullptr || target->table == nullptr) refuse("has a " + field.name + "_type that carries nothing");
      slot.offset = this->table(*target->table, value);
    } else if (is_scalar(field.type)) {
      check_scalar(field, value);
      slot.scalar = &value;
    } else {
      refuse("cannot be given in JSON");
    }
    return slot;
  }

  uoffset_t string(const json::value& value) {
    if (!value.is_string()) refuse("expected text");
    const json::string& text = value.get_string();
    if (text.find('\0') != json::string::npos) refuse("text holds a NUL character");
    return builder_.CreateString(text.data(), text.size()).o;
  }

  uoffset_t vector(const Field& field, const json::value& value) {
    if (!value.is_array()) refuse("expected an array");
    const json::array& array = value.get_array();
    if (field.element == BaseType::String || field.element == BaseType::Obj) {
      std::vector<flatbuffers::Offset<void>> offsets;
      offsets.reserve(array.size());
      for (std::size_t i = 0; i < array.size(); ++i) {
        Scope scope(*this, i);
        offsets.emplace_back(field.element == BaseType::String ? string(array[i]) : table(*field.table, array[i]));
      }
      return builder_.CreateVector(offsets).o;
    }
    Field element = field;
    element.type = field.element;
    const std::size_t size = flatbuffers_size(field.element);
    if (field.alignment > 0) builder_.ForceVectorAlignment(array.size(), size, field.alignment);
    builder_.StartVector(array.size(), size);
    for (std::size_t i = array.size(); i-- > 0;) {
      Scope scope(*this, i);
      check_scalar(element, array[i]);
      push(element, array[i]);
    }
    return builder_.EndVector(array.size());
  }

  static std::size_t flatbuffers_size(BaseType type) {
    switch (type) {
      case BaseType::Short:
      case BaseType::UShort:
        return 2;
      case BaseType::Int:
      case BaseType::UInt:
      case BaseType::Float:
        return 4;
      case BaseType::Long:
      case BaseType::ULong:
      case BaseType::Double:
        return 8;
      default:
        return 1;
    }
  }

  std::int64_t enumerator(const Field& field, const json::value& value) const {
    if (!value.is_string()) refuse("expected one of " + enumerators(*field.names));
    const Enumerator* found = field.names->find(std::string_view(value.get_string()));
    if (found == nullptr) refuse("is none of " + enumerators(*field.names));
    return found->value;
  }

  static std::string enumerators(const Enumeration& enumeration) {
    std::string names;
    for (const Enumerator& one : enumeration.values) {
      if (one.name != "NONE") names.append(names.empty() ? "" : ", ").append(one.name);
    }
    return names;
  }

  void check_scalar(const Field& field, const json::value& value) const {
    if (field.names != nullptr) {
      enumerator(field, value);
    } else if (field.type == BaseType::Bool) {
      if (!value.is_bool()) refuse("expected true or false");
    } else if (field.type == BaseType::Double || field.type == BaseType::Float) {
      if (!value.is_number() || !std::isfinite(value.to_number<double>())) refuse("expected a finite number");
    } else if (field.type == BaseType::ULong) {
      unsigned_long(value);
    } else {
      integer(field.type, value);
    }
  }

  // JavaScript and PHP may write whole numbers as 3.0: these are taken, others are not.
  std::int64_t whole(const json::value& value) const {
    if (value.is_int64()) return value.get_int64();
    if (value.is_double() && std::trunc(value.get_double()) == value.get_double() &&
        std::abs(value.get_double()) <= 9007199254740992.0) {
      return static_cast<std::int64_t>(value.get_double());
    }
    refuse("expected a whole number");
  }

  std::uint64_t unsigned_long(const json::value& value) const {
    if (value.is_uint64()) return value.get_uint64();
    const std::int64_t number = whole(value);
    if (number < 0) refuse("must not be negative");
    return static_cast<std::uint64_t>(number);
  }

  template <class T>
  static bool fits(std::int64_t number) {
    return number >= static_cast<std::int64_t>(std::numeric_limits<T>::min()) &&
           number <= static_cast<std::int64_t>(std::numeric_limits<T>::max());
  }

  std::int64_t integer(BaseType type, const json::value& value) const {
    if (value.is_uint64() && value.get_uint64() > std::uint64_t(std::numeric_limits<std::int64_t>::max())) {
      refuse("is too large");
    }
    const std::int64_t number = value.is_uint64() ? static_cast<std::int64_t>(value.get_uint64()) : whole(value);
    bool ok = true;
    switch (type) {
      case BaseType::Byte:
        ok = fits<std::int8_t>(number);
        break;
      case BaseType::UByte:
        ok = fits<std::uint8_t>(number);
        break;
      case BaseType::Short:
        ok = fits<std::int16_t>(number);
        break;
      case BaseType::UShort:
        ok = fits<std::uint16_t>(number);
        break;
      case BaseType::Int:
        ok = fits<std::int32_t>(number);
        break;
      case BaseType::UInt:
        ok = fits<std::uint32_t>(number);
        break;
      default:
        break;
    }
    if (!ok) refuse("is outside the range of the field");
    return number;
  }

  std::int64_t integer_of(const Field& field, const json::value& value) const {
    if (field.names != nullptr) return enumerator(field, value);
    if (field.type == BaseType::Bool) return value.get_bool() ? 1 : 0;
    return integer(field.type, value);
  }

  // Calls `use` with the value in the field's own C++ type.
  template <class Use>
  void typed(const Field& field, const json::value& value, Use use) const {
    switch (field.type) {
      case BaseType::Byte:
        return use(static_cast<std::int8_t>(integer_of(field, value)));
      case BaseType::Short:
        return use(static_cast<std::int16_t>(integer_of(field, value)));
      case BaseType::UShort:
        return use(static_cast<std::uint16_t>(integer_of(field, value)));
      case BaseType::Int:
        return use(static_cast<std::int32_t>(integer_of(field, value)));
      case BaseType::UInt:
        return use(static_cast<std::uint32_t>(integer_of(field, value)));
      case BaseType::Long:
        return use(integer_of(field, value));
      case BaseType::ULong:
        return use(unsigned_long(value));
      case BaseType::Float:
        return use(static_cast<float>(value.to_number<double>()));
      case BaseType::Double:
        return use(value.to_number<double>());
      default:
        return use(static_cast<std::uint8_t>(integer_of(field, value)));
    }
  }

  void push(const Field& field, const json::value& value) {
    typed(field, value, [&](auto number) { builder_.PushElement(number); });
  }

  void write(const Slot& slot) {
    const Field& field = *slot.field;
    if (slot.scalar == nullptr) {
      builder_.AddOffset(field.offset, flatbuffers::Offset<void>(slot.offset));
      return;
    }
    typed(field, *slot.scalar, [&](auto number) {
      using Number = decltype(number);
      if (field.optional) {
        builder_.AddElement(field.offset, number);
      } else if constexpr (std::is_floating_point_v<Number>) {
        builder_.AddElement(field.offset, number, static_cast<Number>(field.default_real));
      } else {
        builder_.AddElement(field.offset, number, static_cast<Number>(field.default_integer));
      }
    });
  }

  FlatBufferBuilder& builder_;
  Path path_;
};

}  // namespace

Result<std::vector<std::uint8_t>> json_to_bytes(std::string_view table_name, std::string_view text) {
  const Table* table = find_table(table_name);
  if (table == nullptr) return fail(ALLIANCE_E_INVALID, "the schema has no table " + std::string(table_name));
  if (text.size() > max_bytes) {
    return fail(ALLIANCE_E_LIMIT,
                "JSON of " + std::to_string(text.size()) + " bytes: the limit is " + std::to_string(max_bytes));
  }
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // editors on Windows write this mark
  const Parsed parsed = parse_json(text, max_depth * 2);
  if (!parsed.problem.empty()) {
    return fail(ALLIANCE_E_BAD_INPUT, std::string(table_name) + ", " + line_and_column(text, parsed.offset) +
                                          ": not JSON (" + parsed.problem + ")");
  }
  const json::value& value = parsed.value;
  try {
    FlatBufferBuilder builder(text.size() + 64);
    Encoder encoder(builder);
    const flatbuffers::Offset<void> root(encoder.table(*table, value));
    const Root* known = find_root(table_name);
    builder.Finish(root, known == nullptr ? nullptr : known->identifier);
    return std::vector<std::uint8_t>(builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize());
  } catch (const Refusal& refusal) {
    const std::string place = refusal.path.empty() ? "" : " " + to_text(refusal.path);
    return fail(ALLIANCE_E_BAD_INPUT,
                std::string(table_name) + ", " + line_and_column(text, locate(text, refusal.path)) + ":" + place + " " +
                    refusal.reason,
                refusal.detail);
  } catch (const std::exception& unexpected) {
    return fail(ALLIANCE_E_INTERNAL, std::string("JSON could not be read: ") + unexpected.what());
  }
}

}  // namespace alliance::schema
