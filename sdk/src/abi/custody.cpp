// SPDX-License-Identifier: Apache-2.0
#include "abi/face.h"

using namespace alliance;
using namespace alliance::abi;

namespace {

bool names_one(const alliance_viewer* viewer) { return ALLIANCE_HAS(alliance_viewer, viewer, id); }
host::Viewer viewer_of(const alliance_viewer* viewer) {
  return {viewer->role, viewer->id == nullptr ? "" : viewer->id};
}

}  // namespace

int32_t alliance_host_instruct(alliance_host* self, const alliance_instruction* instruction,
                               const alliance_viewer* viewer, alliance_error* error) noexcept {
  return guarded(error, [&]() -> int32_t {
    if (self == nullptr || !ALLIANCE_HAS(alliance_instruction, instruction, reference) || !names_one(viewer) ||
        instruction->subject == nullptr) {
      return answer(error, ALLIANCE_E_INVALID, "instruct needs a host, an ALLIANCE_INSTRUCTION_INIT and a viewer");
    }
    if (instruction->act < ALLIANCE_ACT_ERASE || instruction->act > ALLIANCE_ACT_ERASE_UNSEEN) {
      return answer(error, ALLIANCE_E_INVALID, "act must be erase, restrict, lift, hold or release");
    }
    store::Act act;
    act.unseen = instruction->act == ALLIANCE_ACT_ERASE_UNSEEN;
    act.kind = act.unseen ? store::ActKind::erase : static_cast<store::ActKind>(instruction->act);
    act.stream = instruction->subject;
    if (instruction->reason != nullptr) act.reason = instruction->reason;
    if (instruction->reference != nullptr) act.reference = instruction->reference;
    const auto done = self->host->instruct(std::move(act), viewer_of(viewer));
    return done ? ALLIANCE_OK : answer(error, done.error());
  });
}

int32_t alliance_host_export(alliance_host* self, const char* subject, const alliance_viewer* viewer,
                             const alliance_sink* out, alliance_error* error) noexcept {
  return guarded(error, [&]() -> int32_t {
    if (self == nullptr || subject == nullptr || !names_one(viewer) || out == nullptr || out->write == nullptr) {
      return answer(error, ALLIANCE_E_INVALID, "export needs a host, a case, a viewer and a sink");
    }
    const auto done = self->host->export_case(subject, viewer_of(viewer), [&](const Bytes& piece) -> Result<void> {
      const auto status = out->write(out->context, piece.data(), piece.size());
      if (status != ALLIANCE_OK) return fail(status, "the sink refused the bytes");
      return {};
    });
    return done ? ALLIANCE_OK : answer(error, done.error());
  });
}

int32_t alliance_host_access(alliance_host* self, const char* subject, const alliance_viewer* viewer, int32_t format,
                             const alliance_sink* out, alliance_error* error) noexcept {
  return guarded(error, [&]() -> int32_t {
    if (self == nullptr || subject == nullptr || !names_one(viewer)) {
      return answer(error, ALLIANCE_E_INVALID, "access needs a host, a case and a viewer");
    }
    const auto made = self->host->access(subject, viewer_of(viewer));
    if (!made) return answer(error, made.error());
    return table_out("AccessLog", "ALAX", *made, format, out, error);
  });
}
