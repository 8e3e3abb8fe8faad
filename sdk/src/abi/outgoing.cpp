// SPDX-License-Identifier: Apache-2.0
#include "abi/face.h"

using namespace alliance;
using namespace alliance::abi;

int32_t alliance_host_receive(alliance_host* self, const char* name, int32_t format, alliance_take_report take,
                              void* context, alliance_error* error) noexcept {
  return guarded(error, [&]() -> int32_t {
    if (self == nullptr || name == nullptr || take == nullptr || !known_format(format)) {
      return answer(error, ALLIANCE_E_INVALID, "receive needs a host, a name, a known format and a callback");
    }
    const auto done = self->host->outgoing().and_then(
        [&](host::Outgoing* out) { return out->receive(name, host::Taker{take, context, format}); });
    return done ? ALLIANCE_OK : answer(error, done.error());
  });
}

int32_t alliance_host_forget(alliance_host* self, const char* endpoint, alliance_error* error) noexcept {
  return guarded(error, [&]() -> int32_t {
    if (self == nullptr || endpoint == nullptr) return answer(error, ALLIANCE_E_INVALID, "no host, or no endpoint");
    const auto done = self->host->outgoing().and_then([&](host::Outgoing* out) { return out->forget(endpoint); });
    return done ? ALLIANCE_OK : answer(error, done.error());
  });
}

int32_t alliance_host_outbox(alliance_host* self, int32_t format, const alliance_sink* out,
                             alliance_error* error) noexcept {
  return guarded(error, [&]() -> int32_t {
    if (self == nullptr) return answer(error, ALLIANCE_E_INVALID, "no host");
    const auto status = self->host->outgoing().and_then([](host::Outgoing* o) { return o->status(); });
    if (!status) return answer(error, status.error());
    return table_out("OutboxStatus", "ALOS", *status, format, out, error);
  });
}

int32_t alliance_host_dead_letters(alliance_host* self, uint64_t number, int32_t format, const alliance_sink* out,
                                   alliance_error* error) noexcept {
  return guarded(error, [&]() -> int32_t {
    if (self == nullptr) return answer(error, ALLIANCE_E_INVALID, "no host");
    const auto letters = self->host->dead_letters(number);
    if (!letters) return answer(error, letters.error());
    return table_out("DeadLetterList", "ALDD", *letters, format, out, error);
  });
}

int32_t alliance_host_resend(alliance_host* self, uint64_t number, uint64_t* sent, alliance_error* error) noexcept {
  return guarded(error, [&]() -> int32_t {
    if (self == nullptr) return answer(error, ALLIANCE_E_INVALID, "no host");
    const auto done = self->host->outgoing().and_then([&](host::Outgoing* out) { return out->resend(number); });
    if (!done) return answer(error, done.error());
    if (sent != nullptr) *sent = *done;
    return ALLIANCE_OK;
  });
}
