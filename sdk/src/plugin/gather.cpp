// SPDX-License-Identifier: Apache-2.0
#include <new>

#include "plugin/registry.h"

namespace alliance::plugin {

Gather::Gather(std::size_t most) : sink_{sizeof(alliance_sink), 0, this, &Gather::write}, most_(most) {}

std::int32_t Gather::write(void* context, const std::uint8_t* bytes, std::uint64_t length) noexcept {
  auto* self = static_cast<Gather*>(context);
  if (length == 0) return ALLIANCE_OK;
  if (bytes == nullptr) return ALLIANCE_E_INVALID;
  if (length > self->most_ - self->bytes_.size()) return ALLIANCE_E_LIMIT;
  try {
    self->bytes_.insert(self->bytes_.end(), bytes, bytes + length);
  } catch (const std::bad_alloc&) {
    return ALLIANCE_E_LIMIT;
  }
  return ALLIANCE_OK;
}

}  // namespace alliance::plugin
