// SPDX-License-Identifier: Apache-2.0
#include "abi/face.h"

using namespace alliance;
using namespace alliance::abi;

const char* alliance_status_text(int32_t status) noexcept {
  switch (status) {
    case ALLIANCE_OK:
      return "done";
    case ALLIANCE_E_INVALID:
      return "the call is wrong";
    case ALLIANCE_E_BAD_INPUT:
      return "the data were refused";
    case ALLIANCE_E_NOT_FOUND:
      return "not found";
    case ALLIANCE_E_UNSUPPORTED:
      return "not supported";
    case ALLIANCE_E_VERSION:
      return "versions do not match";
    case ALLIANCE_E_STATE:
      return "not possible in this state";
    case ALLIANCE_E_DENIED:
      return "not permitted";
    case ALLIANCE_E_LIMIT:
      return "over a limit";
    case ALLIANCE_E_IO:
      return "a file, disk or socket failed";
    case ALLIANCE_E_TIMEOUT:
      return "out of time";
    case ALLIANCE_E_CANCELLED:
      return "cancelled";
    case ALLIANCE_E_INTERNAL:
      return "an internal fault";
    case ALLIANCE_E_INSTANCE:
      return "a broken instance";
    case ALLIANCE_E_LIBRARY:
      return "a broken library";
    default:
      return "an unknown status";
  }
}

const char* alliance_version(void) noexcept { return ALLIANCE_VERSION; }

int32_t alliance_convert(const char* table, const uint8_t* bytes, uint64_t length, int32_t format,
                         const alliance_sink* out, alliance_error* error) noexcept {
  return guarded(error, [&]() -> int32_t {
    if (table == nullptr) return answer(error, ALLIANCE_E_INVALID, "no table was named");
    const auto read = table_in(table, bytes, length, format);
    if (!read) return answer(error, read.error());
    if (format == ALLIANCE_JSON) return put(out, read->data(), read->size(), error);
    const auto json = schema::bytes_to_json(table, *read);
    if (!json) return answer(error, json.error());
    return put(out, reinterpret_cast<const uint8_t*>(json->data()), json->size(), error);
  });
}
