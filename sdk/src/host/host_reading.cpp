// SPDX-License-Identifier: Apache-2.0
// Reviews, lists, what is due and single reports: what is read of cases, by whom, each read noted.
#include <algorithm>

#include "host/access.h"
#include "host/due.h"
#include "host/host.h"

namespace alliance::host {

Result<void> Host::with_everyone(const std::function<void(const Everyone&)>& use) {
  Everyone everyone;
  std::vector<std::unique_lock<std::mutex>> locks;  // in the order of ids, as everybody takes them
  const auto all = streams_->all();
  if (!all) return tl::unexpected(all.error());
  for (Stream* stream : *all) {
    locks.emplace_back(stream->mutex);
    if (stream->head.events == 0 || restricted(*stream)) continue;
    if (auto loaded = streams_->load(*stream); !loaded) {
      // One case that is damaged does not hide the others; who asks for it by name is told.
      if (loaded.error().status != ALLIANCE_E_BAD_INPUT) return loaded;
      settings_.log(ALLIANCE_LOG_ERROR, loaded.error().message);
      continue;
    }
    auto& group = stream->folded.state.subject == fb::Subject::practitioner ? everyone.practitioners : everyone.cases;
    group.push_back(&stream->folded.state);
    everyone.as_of = std::max(everyone.as_of, stream->folded.state.last_event);
  }
  use(everyone);
  return {};
}

Result<void> Host::note_read(const char* what, const std::string& id, const Viewer& viewer) {
  return store_->note_read({settings_.now(), viewer.role, viewer.id, what, id});
}

Result<void> Host::readable(const std::string& id) {
  const auto found = streams_->find(id);
  if (!found) return tl::unexpected(found.error());
  Stream* const stream = *found;
  if (stream == nullptr) return {};
  const std::lock_guard lock(stream->mutex);
  if (restricted(*stream)) {
    return fail(ALLIANCE_E_DENIED, "this case is restricted on its controller's instruction: it is shown to nobody");
  }
  return streams_->load(*stream);
}

Result<fb::CaseT> Host::case_at(const std::string& what, const std::string& id, alliance_instant at,
                                const Viewer& viewer) {
  if (auto fine = readable(id); !fine) return tl::unexpected(fine.error());
  auto state = streams_->as_of(id, at);
  if (!state) return tl::unexpected(state.error());
  if (!*state || (*state)->subject == fb::Subject::practitioner) {
    return fail(ALLIANCE_E_NOT_FOUND, what + ": there is no such case", id);
  }
  if ((*state)->opened == 0) {  // nothing says whose it is; today's does
    const auto today = streams_->as_of(id, INT64_MAX);
    if (today && *today && (*today)->opened != 0 && may_see_course(**today, viewer)) {
      return fail(ALLIANCE_E_NOT_FOUND, what + ": the case was not open yet at that time", id);
    }
  }
  return std::move(**state);
}

Result<fb::ReviewT> Host::review(fb::Scope scope, const std::string& id, const Viewer& viewer) {
  if (auto fine = needs_run(); !fine) return tl::unexpected(fine.error());
  if (auto noted = note_read(fb::EnumNameScope(scope), id, viewer); !noted) return tl::unexpected(noted.error());
  if (scope == fb::Scope::case_) {
    if (auto fine = readable(id); !fine) return tl::unexpected(fine.error());
  }
  Result<fb::ReviewT> made;
  const auto looked =
      with_everyone([&](const Everyone& everyone) { made = host::review(everyone, scope, id, viewer); });
  return looked ? std::move(made) : tl::unexpected(looked.error());
}

Result<fb::CaseListT> Host::cases(const Viewer& viewer) {
  if (auto fine = needs_run(); !fine) return tl::unexpected(fine.error());
  if (auto noted = note_read("list of cases", "", viewer); !noted) return tl::unexpected(noted.error());
  fb::CaseListT made;
  const auto looked = with_everyone([&](const Everyone& everyone) { made = host::cases(everyone, viewer); });
  if (!looked) return tl::unexpected(looked.error());
  return made;
}

// Nothing of the case is told but whose it is not, so it is no read.
Result<void> Host::owns(const std::string& id, const Viewer& viewer) {
  if (auto fine = needs_run(); !fine) return fine;
  const auto found = streams_->find(id);
  if (!found) return tl::unexpected(found.error());
  if (Stream* const stream = *found) {
    const std::lock_guard lock(stream->mutex);
    if (stream->head.events > 0) {
      if (auto loaded = streams_->load(*stream); !loaded) return loaded;
      if (host::owns(viewer, stream->folded.state)) return {};
      return fail(ALLIANCE_E_DENIED, "it is not this viewer's own case");
    }
  }
  return fail(ALLIANCE_E_NOT_FOUND, "there is no such case", id);
}

Result<fb::DueListT> Host::due(const std::string& id, alliance_instant at, const Viewer& viewer) {
  if (auto fine = needs_run(); !fine) return tl::unexpected(fine.error());
  if (at == 0) at = settings_.now();
  if (at < 0 || at > 4'102'444'800'000'000) {
    return fail(ALLIANCE_E_INVALID, "due: the instant must lie between 1970 and 2100");
  }
  if (auto noted = note_read("due", id, viewer); !noted) return tl::unexpected(noted.error());
  const auto state = case_at("due", id, at, viewer);
  if (!state) return tl::unexpected(state.error());
  if (auto fine = may_see_course(*state, viewer); !fine) return tl::unexpected(fine.error());
  CallScope scope;
  auto plan = deriver_->planned(case_bytes(*state), at, scope);
  if (!plan) return tl::unexpected(plan.error());
  return due_list(*state, at, std::move(*plan), viewer);
}

Result<OneReport> Host::report(const std::string& case_id, const std::string& id, const Viewer& viewer) {
  if (auto fine = needs_run(); !fine) return tl::unexpected(fine.error());
  if (auto noted = note_read("report", case_id, viewer); !noted) return tl::unexpected(noted.error());
  if (auto fine = readable(case_id); !fine) return tl::unexpected(fine.error());
  const auto there = streams_->find(case_id);
  if (!there) return tl::unexpected(there.error());
  Stream* const stream = *there;
  const auto none = [&] { return fail(ALLIANCE_E_NOT_FOUND, "report: there is no such case", case_id); };
  if (stream == nullptr) return none();
  const std::lock_guard lock(stream->mutex);
  if (stream->head.events == 0) return none();
  if (auto loaded = streams_->load(*stream); !loaded) return tl::unexpected(loaded.error());
  auto found = find_report(*store_, case_id, id);
  if (!found) return found;
  if (auto fine = may_see_report(stream->folded.state, *found, viewer); !fine) return tl::unexpected(fine.error());
  return found;
}

}  // namespace alliance::host
