// SPDX-License-Identifier: Apache-2.0
// Reviews, lists, what is due and single reports: what is read of cases, by whom, each read noted.
#include <algorithm>
#include <set>

#include "host/access.h"
#include "host/due.h"
#include "host/host.h"

namespace alliance::host {

Result<bool> Host::shown(Stream& stream) {
  if (stream.head.events == 0 || restricted(stream)) return false;
  auto loaded = streams_->load(stream);
  if (loaded) return true;
  // One case that is damaged does not hide the others; who asks for it by name is told.
  if (loaded.error().status != ALLIANCE_E_BAD_INPUT) return tl::unexpected(std::move(loaded).error());
  settings_.log(ALLIANCE_LOG_ERROR, loaded.error().message);
  return false;
}

Result<void> Host::with_those(const std::vector<Stream*>& those, const std::function<void(const Everyone&)>& use) {
  Everyone everyone;
  const auto latest = store_->latest();
  if (!latest) return tl::unexpected(latest.error());
  everyone.as_of = std::min(*latest, settings_.now());  // an event that lies ahead is the present of its own case alone
  {
    std::vector<std::unique_lock<std::mutex>> locks;  // in the order of ids, as everybody takes them
    for (Stream* stream : those) {
      locks.emplace_back(stream->mutex);
      const auto there = shown(*stream);
      if (!there) return tl::unexpected(there.error());
      if (!*there) continue;
      const auto& state = stream->folded.state;
      (state.subject == fb::Subject::practitioner ? everyone.practitioners : everyone.cases).push_back(&state);
      everyone.as_of = std::max(everyone.as_of, state.last_event);
    }
    use(everyone);
  }
  streams_->let_go();
  return {};
}

Result<std::vector<Stream*>> Host::those_of(fb::Scope scope, const std::string& id) {
  if (!carriers_known_ && scope != fb::Scope::case_) return streams_->all();
  std::set<std::string> ids, practitioners;
  switch (scope) {
    case fb::Scope::case_:
      ids.insert(id);
      break;
    case fb::Scope::practitioner:
      practitioners.insert(id);
      if (of_practitioner(id)) practitioners.insert(id.substr(practitioner_prefix.size()));
      break;
    case fb::Scope::service: {
      const auto heads = store_->streams_of(store::CarriedBy::service, id);
      if (!heads) return tl::unexpected(heads.error());
      for (const auto& head : *heads) {
        ids.insert(head.id);
        practitioners.insert(head.carrier.practitioner);
      }
      break;
    }
    case fb::Scope::unset:
      break;
  }
  for (const auto& practitioner : practitioners) {
    const auto heads = store_->streams_of(store::CarriedBy::practitioner, practitioner);
    if (!heads) return tl::unexpected(heads.error());
    for (const auto& head : *heads) ids.insert(head.id);
    ids.insert(stream_of_practitioner(practitioner));
  }
  std::vector<Stream*> those;
  for (const auto& one : ids) {
    const auto found = streams_->find(one);
    if (!found) return tl::unexpected(found.error());
    if (*found != nullptr) those.push_back(*found);
  }
  return those;
}

Result<void> Host::note_read(const char* what, const std::string& id, const Viewer& viewer) {
  return store_->note_read({settings_.now(), viewer.role, viewer.id, what, id});
}

Result<void> Host::readable(const std::string& id) {
  const auto found = streams_->find(id);
  if (!found) return tl::unexpected(found.error());
  Stream* const stream = *found;
  if (stream == nullptr) return {};
  streams_->let_go();
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
  const auto those = those_of(scope, id);
  if (!those) return tl::unexpected(those.error());
  Result<fb::ReviewT> made;
  const auto looked =
      with_those(*those, [&](const Everyone& everyone) { made = host::review(everyone, scope, id, viewer); });
  return looked ? std::move(made) : tl::unexpected(looked.error());
}

Result<fb::CaseListT> Host::cases(const Viewer& viewer) {
  if (auto fine = needs_run(); !fine) return tl::unexpected(fine.error());
  if (auto noted = note_read("list of cases", "", viewer); !noted) return tl::unexpected(noted.error());
  fb::CaseListT made;
  const Reach reach = host::reach(viewer.role, Datum::case_list);
  if (reach == Reach::none) return made;
  const bool all = reach == Reach::all;
  const bool client = viewer.role == ALLIANCE_ROLE_CLIENT;  // whose case bears the client's id
  const auto those = all ? streams_->all() : those_of(client ? fb::Scope::case_ : fb::Scope::practitioner, viewer.id);
  if (!those) return tl::unexpected(those.error());
  for (Stream* stream : *those) {
    streams_->let_go();
    const std::lock_guard lock(stream->mutex);
    if (stream->head.events == 0 || restricted(*stream) || of_practitioner(stream->head.id)) continue;
    if (!all || !stream->summary) {
      const auto there = shown(*stream);
      if (!there) return tl::unexpected(there.error());
      if (!*there || !may_see(viewer, Datum::case_list, stream->folded.state)) continue;
      stream->summary = summary_of(stream->folded.state);
    }
    made.cases.push_back(std::make_unique<fb::CaseSummaryT>(*stream->summary));
  }
  return made;
}

// Nothing of the case is told but whose it is not, so it is no read.
Result<void> Host::owns(const std::string& id, const Viewer& viewer) {
  if (auto fine = needs_run(); !fine) return fine;
  streams_->let_go();
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
