// SPDX-License-Identifier: Apache-2.0
// Time accounts: read from what is kept of each stream, never from the logs of others.
#include <alliance_schema/time_generated.h>

#include "host/access.h"
#include "host/due.h"
#include "host/host.h"
#include "schema/verify.h"

namespace alliance::host {
namespace {

tl::unexpected<Failure> time_denied(Datum datum, const std::string& id) {
  const AccessRow& row = access_row(datum);
  return fail(ALLIANCE_E_DENIED, std::string("time: ") + row.name + ": not for this viewer; " + row.why, id);
}

Result<Caseload> caseload_of(store::Store& store, const std::string& practitioner, bool open_only) {
  Caseload load;
  auto read = store.accounts(store::CarriedBy::practitioner, practitioner, open_only, [&](auto bytes) -> Result<void> {
    const Bytes copy(bytes.begin(), bytes.end());  // aligned, as the tables in it need it
    const auto table = schema::verified<fb::CaseTime>(copy, nullptr, schema::max_tables);
    if (!table) return fail(ALLIANCE_E_IO, "the store is damaged: a time account can no longer be read");
    std::unique_ptr<fb::CaseTimeT> part((*table)->UnPack());
    if (of_practitioner(part->id)) {
      load.own = std::move(part);
    } else {
      load.cases.push_back(std::move(part));
    }
    return {};
  });
  if (!read) return tl::unexpected(read.error());
  return load;
}

}  // namespace

Result<fb::TimeViewT> Host::time(fb::Scope scope, const std::string& id, alliance_instant at, std::uint32_t weeks,
                                 const Viewer& viewer) {
  if (auto fine = needs_run(); !fine) return tl::unexpected(fine.error());
  const Ahead ahead{at == 0 ? settings_.now() : at, weeks == 0 ? usual_weeks_ahead : weeks, settings_.config.zone};
  if (ahead.now <= 0 || ahead.now > 4'102'444'800'000'000) {
    return fail(ALLIANCE_E_INVALID, "time: the instant must lie between 1970 and 2100");
  }
  if (ahead.weeks > most_weeks_ahead) {
    return fail(ALLIANCE_E_INVALID, "time: at most " + std::to_string(most_weeks_ahead) + " weeks are foreseen");
  }
  if (auto noted = note_read("time", id, viewer); !noted) return tl::unexpected(noted.error());
  switch (scope) {
    case fb::Scope::case_:
      return case_time_of(ahead, id, viewer);
    case fb::Scope::practitioner:
      return practitioner_time_of(ahead, id, viewer);
    case fb::Scope::service:
      return service_time_of(ahead, id, viewer);
    case fb::Scope::unset:
      break;
  }
  return fail(ALLIANCE_E_INVALID, "time: the scope must be that of a case, a practitioner or a service");
}

Result<fb::TimeViewT> Host::case_time_of(const Ahead& ahead, const std::string& id, const Viewer& viewer) {
  auto state = case_at("time", id, ahead.now, viewer);
  if (!state) return tl::unexpected(state.error());
  const Withheld left_out = withheld(viewer, *state);
  if (left_out.has(Datum::minutes)) return fail(ALLIANCE_E_DENIED, "time: " + left_out[Datum::minutes], id);
  deriver_->look_elsewhere(*state);
  CallScope scope;
  const auto account = deriver_->accounted(case_bytes(*state), ahead.now, scope);
  if (!account) return tl::unexpected(account.error());
  fb::CaseTimeT part = case_time(*state, *account);
  if (left_out.has(Datum::capacity)) {
    part.leave.clear();
    part.capacity_per_week = flatbuffers::nullopt;
    part.account->capacity_per_week = flatbuffers::nullopt;
  }
  return time_of_case(ahead, std::move(part));
}

Result<fb::TimeViewT> Host::practitioner_time_of(const Ahead& ahead, const std::string& id, const Viewer& viewer) {
  const std::string name = of_practitioner(id) ? id.substr(practitioner_prefix.size()) : id;
  fb::CaseT page;
  page.id = stream_of_practitioner(name);
  page.subject = fb::Subject::practitioner;
  for (const Datum datum : {Datum::practitioner_page, Datum::capacity}) {
    if (!may_see(viewer, datum, page)) return time_denied(datum, id);
  }
  auto load = caseload_of(*store_, name, false);
  if (!load) return tl::unexpected(load.error());
  if (!load->own && load->cases.empty()) {
    return fail(ALLIANCE_E_NOT_FOUND, "time: there is no such practitioner", id);
  }
  const auto sums = store_->account_sums(store::CarriedBy::practitioner, name);
  if (!sums) return tl::unexpected(sums.error());
  return time_of_practitioner(ahead, name, *sums, std::move(*load));
}

std::vector<std::unique_ptr<fb::WeekAheadT>> Host::weeks_of(const fb::CaseT& own, std::int64_t now) {
  std::vector<std::unique_ptr<fb::WeekAheadT>> made;
  const auto load = caseload_of(*store_, own.practitioner, true);
  if (!load) {
    settings_.log(ALLIANCE_LOG_ERROR, "a practitioner's weeks cannot be read: " + load.error().message);
    return made;
  }
  // The practitioner's own part as the event at hand leaves it: what is kept of it is of the event before.
  const fb::CaseTimeT now_own = case_time(own, {});
  std::vector<const fb::CaseTimeT*> cases;
  for (const auto& one : load->cases) {
    if (in_figures(*one)) cases.push_back(one.get());
  }
  for (const auto& week : weeks_ahead({now, usual_weeks_ahead, settings_.config.zone}, cases, &now_own).weeks) {
    if (!week->capacity || !week->needed) continue;
    auto row = std::make_unique<fb::WeekAheadT>();
    row->from = week->from;
    row->needed = *week->needed;
    row->booked = week->booked.value_or(0);
    row->capacity = *week->capacity;
    made.push_back(std::move(row));
  }
  return made;
}

Result<fb::TimeViewT> Host::service_time_of(const Ahead& ahead, const std::string& id, const Viewer& viewer) {
  if (reach(viewer.role, Datum::group_figures) != Reach::all) return time_denied(Datum::group_figures, id);
  const auto sums = store_->account_sums(store::CarriedBy::service, id);
  if (!sums) return tl::unexpected(sums.error());
  if (id.empty() || sums->empty()) return fail(ALLIANCE_E_NOT_FOUND, "time: there is no such service", id);
  std::map<std::string, Caseload> caseloads;
  for (const store::AccountSum& sum : *sums) {
    if (caseloads.contains(sum.practitioner)) continue;
    auto load = caseload_of(*store_, sum.practitioner, true);
    if (!load) return tl::unexpected(load.error());
    caseloads.emplace(sum.practitioner, std::move(*load));
  }
  return time_of_service(ahead, id, *sums, caseloads);
}

}  // namespace alliance::host
