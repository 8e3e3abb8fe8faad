// SPDX-License-Identifier: Apache-2.0
// The eight factors of a service, week by week: each log is replayed up to each week, with no other one locked.
#include "host/factors_over_time.h"
#include "host/host.h"

namespace alliance::host {
namespace {

constexpr std::int64_t week_of_microseconds = 7 * 86'400'000'000;
constexpr std::uint32_t usual_weeks_back = 12, most_weeks_back = 52;

}  // namespace

Result<fb::FactorsOverTimeT> Host::factors_over_time(const std::string& service, std::uint32_t weeks,
                                                     const Viewer& viewer) {
  if (auto fine = needs_run(); !fine) return tl::unexpected(fine.error());
  if (weeks == 0) weeks = usual_weeks_back;
  if (weeks > most_weeks_back) {
    return fail(ALLIANCE_E_INVALID, "factors: at most " + std::to_string(most_weeks_back) + " weeks are looked at");
  }
  if (auto noted = note_read("factors over time", service, viewer); !noted) return tl::unexpected(noted.error());
  const auto those = those_of(fb::Scope::service, service);
  if (!those) return tl::unexpected(those.error());
  indicators::OverTime series;
  std::vector<std::string> streams;
  Result<fb::ReviewT> now;
  const auto looked = with_those(*those, [&](const Everyone& everyone) {
    now = host::review(everyone, fb::Scope::service, service, viewer);
    if (!now) return;
    const indicators::Group group = group_of(everyone, service);
    series.add(group, now->as_of);
    if (!now->people) return;  // no figure of the group is shown, so none of the past is looked for
    for (const auto& member : group.practitioners) {
      for (const auto* stream : member.streams) streams.push_back(stream->id);
    }
  });
  if (!looked) return tl::unexpected(looked.error());
  if (!now) return tl::unexpected(now.error());
  for (std::uint32_t back = 1; back <= weeks && !streams.empty(); ++back) {
    const std::int64_t at = now->as_of - back * week_of_microseconds;
    std::vector<fb::CaseT> states;
    states.reserve(streams.size());
    Everyone then;
    then.as_of = at;
    for (const std::string& id : streams) {
      auto state = streams_->as_of(id, at);
      if (!state) return tl::unexpected(state.error());
      if (!*state) continue;
      const bool own = of_practitioner((*state)->id);
      if (!own && ((*state)->opened == 0 || (*state)->opened > at)) continue;
      states.push_back(std::move(**state));
      (own ? then.practitioners : then.cases).push_back(&states.back());
    }
    series.add(group_of(then, service), at);
  }
  fb::FactorsOverTimeT out;
  out.scope = fb::Scope::service;
  out.id = service;
  out.as_of = now->as_of;
  out.people = now->people;
  out.note = std::move(now->note);
  out.withheld = std::move(now->withheld);
  out.withheld.emplace_back(
      "weeks by whose difference from another one the part of fewer than five clients or practitioners could be had");
  out.at = series.instants();
  out.factors = series.rows();
  return out;
}

}  // namespace alliance::host
