// SPDX-License-Identifier: Apache-2.0
#include "time_read.h"

#include "export_read.h"
#include "host_call.h"

namespace alliance::tools::own_time {
namespace {

template <class Table>
Result<typename Table::NativeTableType> answer_of(const HostCall& call) {
  const auto bytes = gather(call);
  if (!bytes) return tl::unexpected(bytes.error());
  return study::unpacked<Table>(*bytes, "answer");
}

}  // namespace

Result<Told> read(const Asked& asked) {
  const auto host = study::running(asked.place);
  if (!host) return tl::unexpected(host.error());
  const alliance_viewer viewer{sizeof(alliance_viewer), ALLIANCE_ROLE_PRACTITIONER, asked.practitioner.c_str()};
  auto view = answer_of<fb::TimeView>([&](const alliance_sink* sink, alliance_error* error) {
    return alliance_host_time(host->get(), ALLIANCE_SCOPE_PRACTITIONER, asked.practitioner.c_str(), asked.at, 1,
                              &viewer, ALLIANCE_FLATBUFFERS, sink, error);
  });
  if (!view && view.error().status == ALLIANCE_E_NOT_FOUND) {
    return fail(ALLIANCE_E_NOT_FOUND,
                "the store knows no such practitioner; --practitioner takes the id that the platform records");
  }
  if (!view) return tl::unexpected(view.error());
  Told told{std::move(*view), {}};
  if (!asked.measures) return told;
  for (const auto& part : told.view.parts) {
    if (part->closed != 0) continue;
    auto due = answer_of<fb::DueList>([&](const alliance_sink* sink, alliance_error* error) {
      return alliance_host_due(host->get(), part->id.c_str(), asked.at, &viewer, ALLIANCE_FLATBUFFERS, sink, error);
    });
    if (!due) return tl::unexpected(due.error());
    told.due.push_back(std::move(*due));
  }
  return told;
}

}  // namespace alliance::tools::own_time
