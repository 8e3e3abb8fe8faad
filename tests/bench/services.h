// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <alliance/plugin.h>

#include <string_view>

#include "schema/json.h"

namespace bench {

// What a host offers of services, for a plugin that is called without a host.
inline const alliance_log_service log_service = {sizeof log_service, 0, nullptr,
                                                 [](void*, std::int32_t, const char*) noexcept {}};
inline const alliance_codec_service codec = {
    sizeof codec, 0, nullptr,
    [](void*, const char* table, const std::uint8_t* json, std::uint64_t length, const alliance_sink* out,
       alliance_error*) noexcept -> std::int32_t {
      const auto bytes = alliance::schema::json_to_bytes(table, {reinterpret_cast<const char*>(json), length});
      return bytes ? out->write(out->context, bytes->data(), bytes->size()) : bytes.error().status;
    },
    [](void*, const char* table, const std::uint8_t* bytes, std::uint64_t length, const alliance_sink* out,
       alliance_error*) noexcept -> std::int32_t {
      const auto json = alliance::schema::bytes_to_json(table, {bytes, length});
      return json ? out->write(out->context, reinterpret_cast<const std::uint8_t*>(json->data()), json->size())
                  : json.error().status;
    }};
inline const void* service(void*, const char* id) noexcept {
  const std::string_view wanted(id);
  return wanted == ALLIANCE_SERVICE_LOG     ? static_cast<const void*>(&log_service)
         : wanted == ALLIANCE_SERVICE_CODEC ? &codec
                                            : nullptr;
}

}  // namespace bench
