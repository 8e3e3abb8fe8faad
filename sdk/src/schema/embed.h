// SPDX-License-Identifier: Apache-2.0
// A buffer of its own becomes a table of a larger one as it lies there: its offsets are all relative, so nothing is
// unpacked, and fields that are added later come along.
#pragma once

#include <flatbuffers/flatbuffers.h>

#include <cstdint>
#include <span>

namespace alliance::schema {

// `root` is a verified buffer of a Table, with its beginning aligned to 8 bytes.
template <class Table>
flatbuffers::Offset<Table> embed(flatbuffers::FlatBufferBuilder& builder, std::span<const std::uint8_t> root) {
  builder.PreAlign(root.size(), 8);
  builder.PushBytes(root.data(), root.size());
  return {builder.GetSize() - flatbuffers::ReadScalar<flatbuffers::uoffset_t>(root.data())};
}

}  // namespace alliance::schema
