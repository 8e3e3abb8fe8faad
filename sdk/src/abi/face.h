// SPDX-License-Identifier: Apache-2.0
// Between the C face and the host: what goes in is checked and copied, what comes out goes through a sink.
#pragma once

#include <alliance/host.h>

#include "host/errors.h"
#include "host/host.h"
#include "schema/json.h"

struct alliance_host {  // what the opaque handle points to
  std::unique_ptr<alliance::host::Host> host;
};

namespace alliance::abi {

using host::answer;
using host::Bytes;
using host::guarded;

inline bool known_format(std::int32_t format) { return format == ALLIANCE_FLATBUFFERS || format == ALLIANCE_JSON; }

// A table that came in, in either face, as verified bytes of our own.
inline Result<Bytes> table_in(const char* table, const std::uint8_t* bytes, std::uint64_t length, std::int32_t format) {
  if (bytes == nullptr && length > 0) return fail(ALLIANCE_E_INVALID, std::string(table) + ": the bytes are NULL");
  if (!known_format(format)) {
    return fail(ALLIANCE_E_INVALID, "format must be ALLIANCE_FLATBUFFERS or ALLIANCE_JSON");
  }
  if (format == ALLIANCE_JSON) {
    return schema::json_to_bytes(table, {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length)});
  }
  Bytes copy(bytes, bytes + length);
  if (auto fine = schema::verify(table, copy); !fine) return tl::unexpected(fine.error());
  return copy;
}

inline std::int32_t put(const alliance_sink* out, const std::uint8_t* bytes, std::size_t length,
                        alliance_error* error) {
  if (out == nullptr || out->write == nullptr) return answer(error, ALLIANCE_E_INVALID, "no sink was given");
  const std::int32_t status = out->write(out->context, bytes, length);
  return status == ALLIANCE_OK ? status : answer(error, status, "the sink refused the bytes");
}

// A table that goes out, in either face.
template <class Native>
std::int32_t table_out(const char* table, const char* identifier, const Native& value, std::int32_t format,
                       const alliance_sink* out, alliance_error* error) {
  if (!known_format(format)) {
    return answer(error, ALLIANCE_E_INVALID, "format must be ALLIANCE_FLATBUFFERS or ALLIANCE_JSON");
  }
  flatbuffers::FlatBufferBuilder builder(4096);
  builder.Finish(Native::TableType::Pack(builder, &value), identifier);
  if (format == ALLIANCE_FLATBUFFERS) return put(out, builder.GetBufferPointer(), builder.GetSize(), error);
  const auto json = schema::bytes_to_json(table, {builder.GetBufferPointer(), builder.GetSize()});
  if (!json) return answer(error, json.error());
  return put(out, reinterpret_cast<const std::uint8_t*>(json->data()), json->size(), error);
}

// A verified Report that goes out, in either face.
inline std::int32_t report_out(const Bytes& payload, std::int32_t format, const alliance_sink* out,
                               alliance_error* error) {
  if (!known_format(format)) {
    return answer(error, ALLIANCE_E_INVALID, "format must be ALLIANCE_FLATBUFFERS or ALLIANCE_JSON");
  }
  if (format == ALLIANCE_FLATBUFFERS) return put(out, payload.data(), payload.size(), error);
  const auto json = schema::bytes_to_json("Report", payload);
  if (!json) return answer(error, json.error());
  return put(out, reinterpret_cast<const std::uint8_t*>(json->data()), json->size(), error);
}

}  // namespace alliance::abi
