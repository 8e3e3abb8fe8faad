// SPDX-License-Identifier: Apache-2.0
#include "host_call.h"

namespace alliance::tools {
namespace {

struct Gathered {
  std::vector<std::uint8_t> bytes;
  static std::int32_t write(void* context, const std::uint8_t* data, std::uint64_t length) noexcept {
    try {
      auto& bytes = static_cast<Gathered*>(context)->bytes;
      bytes.insert(bytes.end(), data, data + length);
      return ALLIANCE_OK;
    } catch (...) {
      return ALLIANCE_E_LIMIT;
    }
  }
};

}  // namespace

std::string sentence(const alliance_error& error, std::int32_t status) {
  return error.message[0] != '\0' ? error.message : alliance_status_text(status);
}

Result<std::vector<std::uint8_t>> gather(const HostCall& call) {
  Gathered gathered;
  const alliance_sink sink{sizeof sink, 0, &gathered, &Gathered::write};
  alliance_error error = ALLIANCE_ERROR_INIT;
  const std::int32_t status = call(&sink, &error);
  if (status != ALLIANCE_OK) return fail(status, sentence(error, status));
  return std::move(gathered.bytes);
}

}  // namespace alliance::tools
