// SPDX-License-Identifier: Apache-2.0
// Bytes that a host handed over become a table only through here.
#pragma once

#include <alliance/base.h>
#include <flatbuffers/flatbuffers.h>

#include <alliance/error.hpp>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace alliance::shared {

// Verified bytes, at an address that the table's numbers can be read from.
template <class Table>
class Verified {
 public:
  // `what` is how an error calls it; `identifier` null where the schema gives none.
  Verified(const std::uint8_t* bytes, std::uint64_t length, const char* identifier, std::string_view what) {
    if (length > most) {
      throw Error(ALLIANCE_E_LIMIT,
                  std::string(what) + ": " + std::to_string(length) + " bytes, the limit is " + std::to_string(most));
    }
    if (bytes == nullptr) length = 0;
    if (reinterpret_cast<std::uintptr_t>(bytes) % 8 != 0) {
      aligned_.resize((static_cast<std::size_t>(length) + 7) / 8);
      std::memcpy(aligned_.data(), bytes, static_cast<std::size_t>(length));
      bytes = reinterpret_cast<const std::uint8_t*>(aligned_.data());
    }
    flatbuffers::Verifier verifier(bytes, static_cast<std::size_t>(length), 32, 65'536);
    if (length < 8 || !verifier.VerifyBuffer<Table>(identifier)) {
      throw Error(ALLIANCE_E_BAD_INPUT, std::string(what) + ": the bytes are no well-formed table of the schema");
    }
    table_ = flatbuffers::GetRoot<Table>(bytes);
  }
  const Table& operator*() const { return *table_; }
  const Table* operator->() const { return table_; }

 private:
  static constexpr std::uint64_t most = 16u << 20;
  std::vector<std::uint64_t> aligned_;
  const Table* table_ = nullptr;
};

// A vector of the schema that may be absent, to loop over.
template <class Item>
class Each {
 public:
  using Iterator = typename flatbuffers::Vector<Item>::const_iterator;
  explicit Each(const flatbuffers::Vector<Item>* items) : items_(items) {}
  Iterator begin() const { return items_ ? items_->begin() : Iterator(nullptr, 0); }
  Iterator end() const { return items_ ? items_->end() : Iterator(nullptr, 0); }

 private:
  const flatbuffers::Vector<Item>* items_;
};
template <class Item>
Each<Item> each(const flatbuffers::Vector<Item>* items) {
  return Each<Item>(items);
}

inline std::string_view view(const flatbuffers::String* text) {
  return text ? std::string_view(text->c_str(), text->size()) : std::string_view();
}
inline std::string text(const flatbuffers::String* from) { return std::string(view(from)); }

// The bytes of a packed table, with its identifier.
template <class Table, class Object>
std::vector<std::uint8_t> packed(const Object& object, const char* identifier) {
  flatbuffers::FlatBufferBuilder builder(1024);
  builder.Finish(Table::Pack(builder, &object), identifier);
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

}  // namespace alliance::shared
