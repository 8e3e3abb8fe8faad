// SPDX-License-Identifier: Apache-2.0
#include "schema/extent.h"

#include <flatbuffers/reflection.h>

#include <cstring>

#include "schema/verify.h"

namespace alliance::schema {
namespace {

using reflection::BaseType;

// Honest writers share vtables, and now and then a text.
constexpr std::uint64_t times_over = 4, free_bytes = 4096;
constexpr std::uint64_t of_each = 16;  // for a table, a text or a list, however short it is

class Extent {
 public:
  explicit Extent(std::span<const std::uint8_t> bytes) : bytes_(bytes), left_(bytes.size() * times_over + free_bytes) {}

  bool root(const Table& of) { return table(of, at<std::uint32_t>(0)) && !outside_; }

 private:
  template <class Number>
  Number at(std::uint64_t place) {
    Number value = 0;
    if (place > bytes_.size() || bytes_.size() - place < sizeof value) {
      outside_ = true;
    } else {
      std::memcpy(&value, bytes_.data() + place, sizeof value);
    }
    return value;
  }
  bool spend(std::uint64_t bytes) {
    if (outside_ || bytes + of_each > left_) return false;
    left_ -= bytes + of_each;
    return true;
  }
  std::uint64_t target(std::uint64_t place) { return place + at<std::uint32_t>(place); }

  bool table(const Table& of, std::uint64_t place) {
    const std::uint64_t vtable = place - static_cast<std::uint64_t>(std::int64_t{at<std::int32_t>(place)});
    const auto known = at<std::uint16_t>(vtable);
    if (depth_ == max_depth || !spend(at<std::uint16_t>(vtable + 2))) return false;
    ++depth_;
    for (const Field& one : of.fields) {
      if (one.offset + sizeof(flatbuffers::voffset_t) > known) break;
      const auto offset = at<std::uint16_t>(vtable + one.offset);
      if (offset != 0 && !field(one, place, place + offset, vtable)) return false;
    }
    --depth_;
    return true;
  }

  bool field(const Field& one, std::uint64_t table_at, std::uint64_t place, std::uint64_t vtable) {
    switch (one.type) {
      case BaseType::String:
        return text(target(place));
      case BaseType::Obj:
        return table(*one.table, target(place));
      case BaseType::Vector:
        return list(one, target(place));
      case BaseType::Union: {
        const auto type = at<std::uint16_t>(vtable + one.offset - sizeof(flatbuffers::voffset_t));
        const Enumerator* found = one.names->find(type == 0 ? 0 : at<std::uint8_t>(table_at + type));
        return found == nullptr || found->table == nullptr || table(*found->table, target(place));
      }
      default:
        return true;
    }
  }

  bool text(std::uint64_t place) { return spend(at<std::uint32_t>(place)); }

  bool list(const Field& one, std::uint64_t place) {
    const std::uint64_t count = at<std::uint32_t>(place);
    const bool pointers = one.element == BaseType::String || one.element == BaseType::Obj;
    if (!spend(count * (pointers ? sizeof(flatbuffers::uoffset_t) : flatbuffers::GetTypeSize(one.element))))
      return false;
    if (!pointers) return true;
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t to = target(place + (i + 1) * sizeof(flatbuffers::uoffset_t));
      if (!(one.element == BaseType::String ? text(to) : table(*one.table, to))) return false;
    }
    return true;
  }

  std::span<const std::uint8_t> bytes_;
  std::uint64_t left_;
  flatbuffers::uoffset_t depth_ = 0;
  bool outside_ = false;
};

}  // namespace

bool says_what_it_holds(const Table& table, std::span<const std::uint8_t> bytes) { return Extent(bytes).root(table); }

}  // namespace alliance::schema
