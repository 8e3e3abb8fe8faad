// SPDX-License-Identifier: Apache-2.0
// What was in force when, and what another policy would have proposed.
#include "host/access.h"
#include "host/decisions.h"
#include "host/host.h"
#include "host/simulate.h"
#include "schema/json.h"

namespace alliance::host {
namespace {

Result<fb::ProposalsT> unpacked_proposals(const Result<Bytes>& bytes) {
  if (!bytes) return tl::unexpected(bytes.error());
  if (auto fine = schema::verify("Proposals", *bytes); !fine) return tl::unexpected(fine.error());
  fb::ProposalsT out;
  fb::GetProposals(bytes->data())->UnPackTo(&out);
  return out;
}

}  // namespace

Result<fb::InForceT> Host::in_force(const std::string& id, alliance_instant at, const Viewer& viewer) {
  if (auto fine = needs_run(); !fine) return tl::unexpected(fine.error());
  if (at == 0) at = settings_.now();
  if (auto noted = note_read("in-force", id, viewer); !noted) return tl::unexpected(noted.error());
  const auto state = case_at("in_force", id, at, viewer);
  if (!state) return tl::unexpected(state.error());
  if (const auto left_out = withheld(viewer, *state); left_out.has(Datum::proposals)) {
    return fail(ALLIANCE_E_DENIED, "in_force: " + left_out[Datum::proposals], id);
  }
  const Programme* programme = policies_->programme(state->programme);
  return host::in_force(*state, at, programme == nullptr ? nullptr : &programme->catalogue);
}

Result<fb::SimulationT> Host::simulate(const std::string& id, const std::string& policy, const Viewer& viewer) {
  if (auto fine = needs_run(); !fine) return tl::unexpected(fine.error());
  Asked* asked = policies_->tailoring(policy);
  if (asked == nullptr) {
    return fail(ALLIANCE_E_NOT_FOUND, "simulate: no tailoring policy " + policy + " is loaded");
  }
  if (auto noted = note_read("simulate", id, viewer); !noted) return tl::unexpected(noted.error());
  const auto last = case_at("simulate", id, INT64_MAX, viewer);
  if (!last) return tl::unexpected(last.error());
  const std::string name = asked->id + "@" + asked->version;
  const Programme* programme = policies_->programme(last->programme);
  Simulator simulator(id, name, programme == nullptr ? nullptr : &programme->catalogue,
                      [&](const fb::CaseT& state, std::int64_t now) -> Result<fb::ProposalsT> {
                        CallScope scope;  // what the policy would store is forgotten
                        return unpacked_proposals(policies_->propose(*asked, case_bytes(state), programme, now, scope));
                      });
  auto left_out = withheld(viewer, *last);
  if (!left_out.has(Datum::proposals) && consent_withdrawn(*last)) {
    left_out[Datum::proposals] = "consent was withdrawn: what rests on answers is left out";
  }
  if (left_out.has(Datum::proposals)) {
    fb::SimulationT nothing;
    nothing.id = id;
    nothing.policy = name;
    nothing.withheld = left_out[Datum::proposals];
    return nothing;
  }
  auto replayed = streams_->replay(
      id, [&](const fb::CaseT& state, const fb::EventT& event) { simulator.before(state, event); },
      [&](const fb::CaseT& state) { simulator.after(state); });
  if (!replayed) return tl::unexpected(replayed.error());
  return simulator.finish(*last);
}

}  // namespace alliance::host
