// SPDX-License-Identifier: Apache-2.0
#include "host/time_view.h"

#include <algorithm>
#include <cmath>

#include "host/time_totals.h"

namespace alliance::host {
namespace {

constexpr const char* about_time =
    "Minutes as they were planned, booked and used; what the rest needs is foreseen by the plan and by what sessions "
    "and reviews took so far. It is there to make room for the work, and rates nobody.";

fb::TimeViewT blank_view(const Ahead& ahead, fb::Scope scope, const std::string& id) {
  fb::TimeViewT view;
  view.scope = scope;
  view.id = id;
  view.as_of = ahead.now;
  view.zone = ahead.zone.empty() ? "UTC" : ahead.zone;
  view.note = about_time;
  return view;
}

// What depends on the day.
void say_overdue(fb::CaseTimeT& part, std::int64_t now) {
  for (auto& waiting : part.waiting) waiting->overdue = now - waiting->since > part.review_after;
}

struct Contact {
  double longest = 0, sum = 0;
  int cases = 0;
  void add(const fb::CaseTimeT& part, std::int64_t now) {
    if (part.closed != 0 || part.last_contact == 0) return;
    const double weeks =
        std::floor(static_cast<double>(std::max<std::int64_t>(0, now - part.last_contact)) / (7.0 * one_day));
    longest = std::max(longest, weeks);
    sum += weeks;
    ++cases;
  }
};

double overdue_in(const fb::CaseTimeT& part, std::int64_t now) {
  return static_cast<double>(std::count_if(part.waiting.begin(), part.waiting.end(), [&](const auto& waiting) {
    return now - waiting->since > part.review_after;
  }));
}

bool of_service(const fb::CaseTimeT& part, const std::string& service) {
  return part.service == service && part.counting == fb::Counting::counted && part.opened != 0;
}

std::vector<const fb::CaseTimeT*> borrowed(const CaseTimes& cases) {
  std::vector<const fb::CaseTimeT*> out;
  for (const auto& one : cases) {
    if (in_figures(*one)) out.push_back(one.get());
  }
  return out;
}

// Contracted minutes of the weeks to come with and without leave.
struct Contracted {
  double all = 0, without_leave = 0;
};
Contracted contracted(const Ahead& ahead, const fb::CaseTimeT& own) {
  fb::CaseTimeT never_away(own);
  never_away.leave.clear();
  Contracted sum;
  for (const auto& week : weeks_ahead(ahead, {}, &own).weeks) sum.without_leave += week->capacity.value_or(0);
  for (const auto& week : weeks_ahead(ahead, {}, &never_away).weeks) sum.all += week->capacity.value_or(0);
  return sum;
}

constexpr std::uint32_t leave_weeks = 12;

// The weeks of all whose contracted minutes are known. Whose leave it is must not show: leave enters as one mean over
// the same twelve weeks whoever asks for how many, and only where five or more have some.
void weeks_of_service(fb::TimeViewT& view, const Ahead& ahead, const std::map<std::string, Caseload>& caseloads) {
  std::vector<std::unique_ptr<fb::WeekLoadT>> sum;
  std::vector<Behind> behind(ahead.weeks);
  Contracted all;
  std::size_t away = 0;
  std::uint32_t without_end = 0;
  for (const auto& [name, caseload] : caseloads) {
    if (!caseload.own || !caseload.own->capacity_per_week) continue;
    fb::CaseTimeT own(*caseload.own);
    const Contracted one = contracted({ahead.now, leave_weeks, ahead.zone}, own);
    away += one.without_leave < one.all;
    all.all += one.all;
    all.without_leave += one.without_leave;
    own.leave.clear();
    std::vector<const fb::CaseTimeT*> cases = borrowed(caseload.cases);
    std::erase_if(cases, [](const auto* part) { return part->counting != fb::Counting::counted; });
    Load load = weeks_ahead(ahead, cases, &own);
    without_end += load.without_end;
    for (std::size_t i = 0; i < load.weeks.size(); ++i) {
      auto& week = load.weeks[i];
      if (load.clients[i] > 0) behind[i].add(name, load.clients[i]);
      if (sum.size() <= i) {
        sum.push_back(std::make_unique<fb::WeekLoadT>());
        sum[i]->from = week->from;
        sum[i]->until = week->until;
        sum[i]->needed = sum[i]->booked = sum[i]->capacity = 0.0;
      }
      *sum[i]->needed += *week->needed;
      *sum[i]->booked += *week->booked;
      *sum[i]->capacity += week->capacity.value_or(0);
    }
  }
  const bool with_leave = away >= fewest && all.all > 0;
  for (std::size_t i = 0; i < sum.size(); ++i) {
    if (!behind[i].enough()) {
      sum[i]->needed = sum[i]->booked = sum[i]->capacity = flatbuffers::nullopt;
      sum[i]->suppressed = true;
      continue;
    }
    if (with_leave) *sum[i]->capacity *= all.without_leave / all.all;
    sum[i]->over = std::max(0.0, *sum[i]->needed - *sum[i]->capacity);
  }
  view.weeks = std::move(sum);
  view.withheld.emplace_back(
      "weeks: of practitioners whose contracted minutes are known, all their counted cases, those of other services "
      "too; a week behind which fewer than five clients or practitioners stand is left out");
  view.withheld.emplace_back(with_leave ? "leave enters as one mean over twelve weeks"
                                        : "leave is not counted in: fewer than five practitioners have some in the "
                                          "next twelve weeks, or none is recorded");
  if (without_end > 0) view.withheld.emplace_back("of cases without an end only what is booked is foreseen");
}

}  // namespace

fb::TimeViewT time_of_case(const Ahead& ahead, fb::CaseTimeT part) {
  auto view = blank_view(ahead, fb::Scope::case_, part.id);
  say_overdue(part, ahead.now);
  view.cases = 1u;
  view.open_cases = part.closed == 0 ? 1u : 0u;
  put_totals(view, figures_of(part));
  put_forecast(view, *part.account);
  Contact contact;
  contact.add(part, ahead.now);
  if (contact.cases > 0) view.longest_weeks_without_contact = contact.longest;
  view.overdue_reviews = overdue_in(part, ahead.now);
  const fb::CaseTimeT* const one[] = {&part};
  Load load = weeks_ahead(ahead, one, nullptr);
  view.weeks = std::move(load.weeks);
  view.parts.push_back(std::make_unique<fb::CaseTimeT>(std::move(part)));
  return view;
}

fb::TimeViewT time_of_practitioner(const Ahead& ahead, const std::string& id,
                                   const std::vector<store::AccountSum>& sums, Caseload caseload) {
  auto view = blank_view(ahead, fb::Scope::practitioner, id);
  Figures total(figure::count, 0);
  for (const auto& sum : sums) add(total, sum.figures);
  view.cases = static_cast<std::uint32_t>(total[figure::cases]);
  view.open_cases = static_cast<std::uint32_t>(total[figure::open_cases]);
  put_totals(view, total);
  const auto observed = std::count_if(caseload.cases.begin(), caseload.cases.end(),
                                      [](const auto& part) { return part->counting == fb::Counting::observed; });
  if (observed > 0) {
    view.withheld.push_back("cases that are observed only are not counted in: " + std::to_string(observed));
  }
  std::erase_if(caseload.cases, [](const auto& part) { return !in_figures(*part); });
  std::sort(caseload.cases.begin(), caseload.cases.end(), [](const auto& a, const auto& b) { return a->id < b->id; });
  Contact contact;
  double overdue = 0;
  for (auto& part : caseload.cases) {
    say_overdue(*part, ahead.now);
    contact.add(*part, ahead.now);
    overdue += overdue_in(*part, ahead.now);
  }
  if (contact.cases > 0) {
    view.longest_weeks_without_contact = contact.longest;
    view.mean_weeks_without_contact = contact.sum / contact.cases;
  }
  view.overdue_reviews = overdue;
  Load load = weeks_ahead(ahead, borrowed(caseload.cases), caseload.own.get());
  view.weeks = std::move(load.weeks);
  if (load.without_end > 0) {
    view.withheld.push_back("of cases without an end only what is booked is foreseen: " +
                            std::to_string(load.without_end));
  }
  if (caseload.own) view.capacity_per_week = caseload.own->capacity_per_week;
  view.parts = std::move(caseload.cases);
  view.own = std::move(caseload.own);
  return view;
}

fb::TimeViewT time_of_service(const Ahead& ahead, const std::string& id, const std::vector<store::AccountSum>& sums,
                              const std::map<std::string, Caseload>& caseloads) {
  auto view = blank_view(ahead, fb::Scope::service, id);
  view.withheld.emplace_back("clients who are observed only or who withdrew consent are not counted in");
  Group group;
  for (const auto& sum : sums) {
    if (sum.part != static_cast<std::uint8_t>(fb::Counting::counted) || sum.figures.size() < figure::count) continue;
    if (sum.figures[figure::cases] > 0) group.emplace(sum.practitioner, sum.figures);
  }
  if (!put_group(view, group)) return view;
  Contact contact;
  double overdue = 0;
  for (const auto& [name, caseload] : caseloads) {
    for (const auto& part : caseload.cases) {
      if (!of_service(*part, id)) continue;
      contact.add(*part, ahead.now);
      overdue += overdue_in(*part, ahead.now);
    }
  }
  view.overdue_reviews = overdue;
  if (contact.cases >= static_cast<int>(fewest)) view.mean_weeks_without_contact = contact.sum / contact.cases;
  weeks_of_service(view, ahead, caseloads);
  return view;
}

}  // namespace alliance::host
