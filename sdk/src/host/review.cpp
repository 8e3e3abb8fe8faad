// SPDX-License-Identifier: Apache-2.0
#include "host/review.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include "host/access.h"
#include "host/factors.h"
#include "host/stream_names.h"

namespace alliance::host {
namespace {

constexpr const char* note =
    "The eight factors are those of Doukani et al. 2022 (doi 10.1192/bjo.2022.546). The indicators are ours, "
    "inspired by the study and not validated. None rates a practitioner: each is a reason to ask.";
fb::ReviewT begin(const Everyone& everyone, fb::Scope scope, const std::string& id) {
  fb::ReviewT out;
  out.scope = scope;
  out.id = id;
  out.as_of = everyone.as_of;
  out.note = note;
  return out;
}

tl::unexpected<Failure> denied(Datum datum, const std::string& id) {
  return fail(ALLIANCE_E_DENIED,
              std::string("review: ") + access_row(datum).name + ": not for this viewer; " + access_row(datum).why, id);
}

// A group counts those whose consent stands and who are not merely observed.
bool counted(const fb::CaseT& state) { return !state.observe_only && !state.practice && !consent_withdrawn(state); }

Result<fb::ReviewT> review_case(const Everyone& everyone, const std::string& id, const Viewer& viewer) {
  if (reach(viewer.role, Datum::course) == Reach::none) return denied(Datum::course, id);
  const auto found = std::find_if(everyone.cases.begin(), everyone.cases.end(),
                                  [&](const auto* state) { return state != nullptr && state->id == id; });
  if (found == everyone.cases.end()) return fail(ALLIANCE_E_NOT_FOUND, "review: there is no such case", id);
  const auto& state = **found;
  if (!may_see(viewer, Datum::course, state)) return denied(Datum::course, id);

  auto out = begin(everyone, fb::Scope::case_, id);
  const auto left_out = withheld(viewer, state);
  out.withheld = left_out.sentences();
  if (left_out.has(Datum::course)) return out;  // observed only
  out.course = std::make_unique<fb::CaseT>(as_seen(state, viewer, left_out));
  if (!left_out.has(Datum::factors)) out.factors = indicators::case_rows(*out.course, everyone.as_of, left_out);
  return out;
}

// "ID" or, as streams are called, "practitioner/ID".
std::string practitioner_named(const Everyone& everyone, const std::string& id) {
  const auto known = std::any_of(everyone.cases.begin(), everyone.cases.end(),
                                 [&](const auto* state) { return state != nullptr && state->practitioner == id; });
  return !known && of_practitioner(id) ? id.substr(practitioner_prefix.size()) : id;
}

const fb::CaseT* own_stream(const Everyone& everyone, const std::string& practitioner) {
  for (const auto* state : everyone.practitioners) {
    if (state != nullptr && state->id == stream_of_practitioner(practitioner)) return state;
  }
  return nullptr;
}

// A practitioner of whom there is no event of their own yet is still somebody.
fb::CaseT nobody_yet(const std::string& practitioner) {
  fb::CaseT out;
  out.id = stream_of_practitioner(practitioner);
  out.subject = fb::Subject::practitioner;
  return out;
}

Result<fb::ReviewT> review_practitioner(const Everyone& everyone, const std::string& id, const Viewer& viewer) {
  const std::string name = practitioner_named(everyone, id);
  const auto* stream = own_stream(everyone, name);
  const auto empty = nobody_yet(name);
  const auto& own = stream == nullptr ? empty : *stream;
  if (!may_see(viewer, Datum::practitioner_page, own)) return denied(Datum::practitioner_page, id);

  auto out = begin(everyone, fb::Scope::practitioner, id);
  const auto left_out = withheld(viewer, own);
  std::vector<fb::CaseT> seen;
  std::size_t observed_only = 0, withdrawn = 0;
  for (const auto* state : everyone.cases) {
    if (state == nullptr || state->practitioner != name || state->practice) continue;
    if (state->observe_only) {
      ++observed_only;
      continue;
    }
    withdrawn += consent_withdrawn(*state);
    seen.push_back(as_seen(*state, viewer, withheld(viewer, *state)));
  }
  if (stream == nullptr && seen.empty() && observed_only == 0) {
    return fail(ALLIANCE_E_NOT_FOUND, "review: there is no such practitioner", id);
  }
  std::sort(seen.begin(), seen.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  std::vector<const fb::CaseT*> cases;
  for (const auto& state : seen) cases.push_back(&state);
  auto own_seen = as_seen(own, viewer, left_out);
  out.factors = indicators::practitioner_rows(&own_seen, cases, everyone.as_of, left_out);
  out.people = static_cast<std::uint32_t>(seen.size());
  out.withheld = left_out.sentences();
  if (!own_seen.proposals.empty()) {  // what is proposed to this person, for this person to decide
    out.course = std::make_unique<fb::CaseT>();
    out.course->id = own.id;
    out.course->subject = own.subject;
    out.course->proposals = std::move(own_seen.proposals);
  }
  if (observed_only > 0) {
    out.withheld.push_back("cases that are observed only are not counted in: " + std::to_string(observed_only));
  }
  if (withdrawn > 0) {
    out.withheld.push_back("scores and signals of clients who withdrew consent are left out: " +
                           std::to_string(withdrawn));
  }
  return out;
}

}  // namespace

indicators::Group group_of(const Everyone& everyone, const std::string& service) {
  indicators::Group out;
  std::set<std::string> names;
  std::map<std::string, std::vector<const fb::CaseT*>> streams;
  for (const auto* state : everyone.practitioners) {
    if (state == nullptr || !of_practitioner(state->id)) continue;
    streams[state->id.substr(practitioner_prefix.size())].push_back(state);
  }
  for (const auto* state : everyone.cases) {
    if (state == nullptr || !counted(*state)) continue;
    streams[state->practitioner].push_back(state);
    if (state->service != service) continue;
    out.clients.push_back({{state}, state->practitioner});
    names.insert(state->practitioner);
  }
  for (const auto& name : names) out.practitioners.push_back({streams[name], name});
  return out;
}

namespace {

Result<fb::ReviewT> review_service(const Everyone& everyone, const std::string& id, const Viewer& viewer) {
  if (reach(viewer.role, Datum::group_figures) != Reach::all) return denied(Datum::group_figures, id);
  const bool known = std::any_of(everyone.cases.begin(), everyone.cases.end(), [&](const auto* state) {
    return state != nullptr && !id.empty() && state->service == id;
  });
  if (!known) return fail(ALLIANCE_E_NOT_FOUND, "review: there is no such service", id);

  auto out = begin(everyone, fb::Scope::service, id);
  const auto group = group_of(everyone, id);
  if (indicators::large_enough(group)) {
    out.people = static_cast<std::uint32_t>(group.clients.size());
  } else {
    out.withheld.emplace_back(
        "all figures: fewer than five clients or fewer than five practitioners stand behind them");
  }
  out.withheld.emplace_back("clients who are observed only or who withdrew consent are not counted in");
  out.withheld.push_back(std::string(access_row(Datum::confidence).name) + ": " + access_row(Datum::confidence).why);
  out.factors = indicators::group_rows(group, everyone.as_of);
  return out;
}

}  // namespace

Result<fb::ReviewT> review(const Everyone& everyone, fb::Scope scope, const std::string& id, const Viewer& viewer) {
  switch (scope) {
    case fb::Scope::case_:
      return review_case(everyone, id, viewer);
    case fb::Scope::practitioner:
      return review_practitioner(everyone, id, viewer);
    case fb::Scope::service:
      return review_service(everyone, id, viewer);
    case fb::Scope::unset:
      break;
  }
  return fail(ALLIANCE_E_INVALID, "review: the scope must be that of a case, a practitioner or a service");
}

std::unique_ptr<fb::CaseSummaryT> summary_of(const fb::CaseT& state) {
  auto one = std::make_unique<fb::CaseSummaryT>();
  one->id = state.id;
  one->service = state.service;
  one->practitioner = state.practitioner;
  one->delivery = state.delivery;
  one->opened = state.opened;
  one->closed = state.closed;
  one->observe_only = state.observe_only;
  return one;
}

}  // namespace alliance::host
