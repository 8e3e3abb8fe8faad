// SPDX-License-Identifier: Apache-2.0
#include "host/time_totals.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace alliance::host {
namespace {

using Shown = flatbuffers::Optional<double>;

constexpr std::array columns = {figure::planned, figure::booked, figure::used, figure::remaining};
constexpr std::size_t in_person = static_cast<std::size_t>(fb::Work::in_person) - 1;
constexpr std::size_t online_review = static_cast<std::size_t>(fb::Work::online_review) - 1;
constexpr std::size_t messaging = static_cast<std::size_t>(fb::Work::messaging) - 1;

double minutes(std::int64_t sum) { return static_cast<double>(sum) / milliseconds; }

// The four columns of a row, and of the view.
std::array<Shown*, 4> cells(fb::WorkTotalT& row) { return {&row.planned, &row.booked, &row.used, &row.remaining}; }
std::array<Shown*, 4> cells(fb::TimeViewT& view) { return {&view.planned, &view.booked, &view.used, &view.remaining}; }

Shown online_share(const std::vector<std::unique_ptr<fb::WorkTotalT>>& rows, std::size_t column) {
  double online = 0, all = 0;
  for (const std::size_t kind : {in_person, online_review, messaging}) {
    const Shown* cell = cells(*rows[kind])[column];
    if (!*cell) return flatbuffers::nullopt;
    all += **cell;
    if (kind != in_person) online += **cell;
  }
  return all > 0 ? Shown(online / all) : flatbuffers::nullopt;
}

struct Column {
  std::array<Behind, work_kinds> behind;
  Behind all;
};

// Which kinds of a column are left out.
std::set<std::size_t> left_out(const Column& column, const Figures& total, std::size_t first) {
  std::set<std::size_t> out;
  Behind together;
  const auto leave = [&](std::size_t kind) {
    out.insert(kind);
    together.join(column.behind[kind]);
  };
  for (std::size_t kind = 0; kind < work_kinds; ++kind) {
    if (!column.behind[kind].nobody() && !column.behind[kind].enough()) leave(kind);
  }
  while (!out.empty() && !together.enough()) {
    std::size_t smallest = work_kinds;
    for (std::size_t kind = 0; kind < work_kinds; ++kind) {
      if (out.contains(kind) || column.behind[kind].nobody()) continue;
      if (smallest == work_kinds || total[first + kind] < total[first + smallest]) smallest = kind;
    }
    if (smallest == work_kinds) break;
    leave(smallest);
  }
  return out;
}

void drop_empty(fb::TimeViewT& view) {
  std::erase_if(view.work, [](const auto& row) {
    if (row->suppressed) return false;
    const auto all = cells(*row);
    return std::all_of(all.begin(), all.end(), [](const Shown* cell) { return cell->value_or(0) == 0; });
  });
}

void put_rows(fb::TimeViewT& view, const Figures& total) {
  for (std::size_t kind = 0; kind < work_kinds; ++kind) {
    auto row = std::make_unique<fb::WorkTotalT>();
    row->work = static_cast<fb::Work>(kind + 1);
    const auto into = cells(*row);
    for (std::size_t i = 0; i < columns.size(); ++i) *into[i] = minutes(total[columns[i] + kind]);
    view.work.push_back(std::move(row));
  }
  const auto into = cells(view);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    double sum = 0;
    for (const auto& row : view.work) sum += **cells(*row)[i];
    *into[i] = sum;
  }
}

void put_counts(fb::TimeViewT& view, const Figures& total) {
  const auto count = [&](figure::Figure which) { return static_cast<double>(total[which]); };
  view.sessions_planned = count(figure::sessions_planned);
  view.sessions_held = count(figure::sessions_held);
  view.modules_planned = count(figure::modules_planned);
  view.modules_reviewed = count(figure::modules_reviewed);
  view.waiting_reviews = count(figure::waiting_reviews);
  view.forecast = minutes(total[figure::forecast]);
  if (total[figure::foretold] == 0) return;
  const double half = 1.96 * std::sqrt(static_cast<double>(total[figure::forecast_variance]) / 1e6);
  view.forecast_low = std::max(0.0, *view.forecast - half);
  view.forecast_high = *view.forecast + half;
}

}  // namespace

void add(Figures& to, const Figures& more) {
  for (std::size_t i = 0; i < std::min(to.size(), more.size()); ++i) to[i] += more[i];
}

void put_totals(fb::TimeViewT& view, const Figures& total) {
  put_rows(view, total);
  put_counts(view, total);
  view.online_share_planned = online_share(view.work, 0);
  view.online_share_used = online_share(view.work, 2);
  drop_empty(view);
}

void put_forecast(fb::TimeViewT& view, const fb::TimeAccountT& account) {
  view.forecast = account.forecast.value_or(account.remaining);
  view.forecast_low = account.remaining_low;
  view.forecast_high = account.remaining_high;
}

bool put_group(fb::TimeViewT& view, const Group& group) {
  Figures total(figure::count, 0);
  std::array<Column, columns.size()> by_column;
  Behind everybody;
  for (const auto& [practitioner, figures] : group) {
    add(total, figures);
    everybody.add(practitioner, figures[figure::cases]);
    for (std::size_t i = 0; i < columns.size(); ++i) {
      Behind one;
      for (std::size_t kind = 0; kind < work_kinds; ++kind) {
        const std::int64_t clients = figures[figure::people + (columns[i] - figure::planned) + kind];
        if (clients > 0) by_column[i].behind[kind].add(practitioner, clients);
        one.clients = std::max(one.clients, clients);
      }
      if (one.clients > 0) by_column[i].all.add(practitioner, one.clients);
    }
  }
  if (!everybody.enough()) {
    view.withheld.emplace_back(
        "all figures: fewer than five clients or fewer than five practitioners stand behind them");
    return false;
  }
  view.cases = static_cast<std::uint32_t>(total[figure::cases]);
  view.open_cases = static_cast<std::uint32_t>(total[figure::open_cases]);
  view.practitioners = static_cast<std::uint32_t>(group.size());
  put_rows(view, total);
  put_counts(view, total);
  bool some = false;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto hidden = left_out(by_column[i], total, columns[i]);
    for (const std::size_t kind : hidden) {
      *cells(*view.work[kind])[i] = flatbuffers::nullopt;
      view.work[kind]->suppressed = true;
    }
    if (!by_column[i].all.nobody() && !by_column[i].all.enough()) *cells(view)[i] = flatbuffers::nullopt;
    some = some || !hidden.empty();
  }
  view.online_share_planned = online_share(view.work, 0);
  view.online_share_used = online_share(view.work, 2);
  if (!view.remaining) view.forecast = view.forecast_low = view.forecast_high = flatbuffers::nullopt;
  if (some) {
    view.withheld.emplace_back(
        "minutes of a kind of work behind which fewer than five clients or practitioners stand, and those by which "
        "they "
        "could be had from the total");
  }
  drop_empty(view);
  return true;
}

}  // namespace alliance::host
