// SPDX-License-Identifier: Apache-2.0
#include "abi/face.h"

using namespace alliance;
using namespace alliance::abi;

int32_t alliance_host_in_force(alliance_host* self, const char* case_id, alliance_instant at,
                               const alliance_viewer* viewer, int32_t format, const alliance_sink* out,
                               alliance_error* error) noexcept {
  return guarded(error, [&]() -> int32_t {
    if (self == nullptr || case_id == nullptr || !ALLIANCE_HAS(alliance_viewer, viewer, id)) {
      return answer(error, ALLIANCE_E_INVALID, "in_force needs a host, a case and a viewer");
    }
    const auto made = self->host->in_force(case_id, at, {viewer->role, viewer->id == nullptr ? "" : viewer->id});
    if (!made) return answer(error, made.error());
    return table_out("InForce", "ALIF", *made, format, out, error);
  });
}

int32_t alliance_host_simulate(alliance_host* self, const char* case_id, const char* policy,
                               const alliance_viewer* viewer, int32_t format, const alliance_sink* out,
                               alliance_error* error) noexcept {
  return guarded(error, [&]() -> int32_t {
    if (self == nullptr || case_id == nullptr || policy == nullptr || !ALLIANCE_HAS(alliance_viewer, viewer, id)) {
      return answer(error, ALLIANCE_E_INVALID, "simulate needs a host, a case, a policy and a viewer");
    }
    const auto made = self->host->simulate(case_id, policy, {viewer->role, viewer->id == nullptr ? "" : viewer->id});
    if (!made) return answer(error, made.error());
    return table_out("Simulation", "ALSM", *made, format, out, error);
  });
}
