// SPDX-License-Identifier: Apache-2.0
#include "due_read.h"

#include <alliance/host.hpp>
#include <filesystem>

#include "table_of.h"

namespace alliance::tools::due {

std::string practitioner_of(const Host& host, const std::string& case_id) {
  const auto cases = table_of<fb::CaseList>("CaseList", host.cases({ALLIANCE_ROLE_SERVICE, "operator"}));
  if (!cases) return {};
  for (const auto& one : cases->cases) {
    if (one->id == case_id) return one->practitioner;
  }
  return {};
}

Result<Answer> ask(const Request& request) {
  try {
    Host host(HostOptions{request.tenant, request.store, request.config, ALLIANCE_LOG_ERROR});
    const LoadedFolder loaded = host.load_folder(request.plugins);
    if (loaded.loaded == 0) {
      return fail(ALLIANCE_E_NOT_FOUND, "no plugin could be loaded from " + request.plugins +
                                            (loaded.first_refusal ? ": " + loaded.first_refusal->message() : ""));
    }
    host.run();
    Viewer viewer{request.role, request.viewer};
    if (viewer.role == 0) viewer = {ALLIANCE_ROLE_PRACTITIONER, practitioner_of(host, request.case_id)};
    Answer answer;
    answer.json = host.due(request.case_id, request.at, viewer);
    auto list = table_of<fb::DueList>("DueList", answer.json);
    if (!list) return tl::unexpected(list.error());
    answer.list = std::move(*list);
    return answer;
  } catch (const Error& error) {
    return fail(error.status(), error.message());
  }
}

std::string stage_of(const fb::OccasionRecordT& record) {
  const fb::OccasionT& occasion = *record.occasion;
  if (occasion.state == fb::OccasionState::due || occasion.state == fb::OccasionState::overdue) {
    if (record.shown != 0) return "shown";
    return record.sent != 0 ? "sent" : "due";
  }
  return fb::EnumNameOccasionState(occasion.state);
}

}  // namespace alliance::tools::due
