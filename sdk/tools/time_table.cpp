// SPDX-License-Identifier: Apache-2.0
#include "time_table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "due_read.h"
#include "review_escape.h"

namespace alliance::tools::time {
namespace {

using Value = flatbuffers::Optional<double>;
using TimeTableRow = std::vector<std::string>;

std::string time_table_whole(double value) { return std::to_string(std::llround(value)); }
std::string time_table_shown(const Value& value) { return value ? time_table_whole(*value) : "-"; }

std::string name(fb::Work work) {
  std::string text = fb::EnumNameWork(work);
  std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

// First column to the left, the others to the right.
std::string lined_up(const std::vector<TimeTableRow>& rows) {
  std::vector<std::size_t> widths;
  for (const TimeTableRow& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const TimeTableRow& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string gap(widths[i] - row[i].size(), ' ');
      line += i == 0 ? row[i] + gap : "  " + gap + row[i];
    }
    text += review::terminal_text(line) + "\n";
  }
  return text;
}

std::string work_table(const fb::TimeViewT& view) {
  std::vector<TimeTableRow> rows = {{"MINUTES", "PLANNED", "BOOKED", "USED", "REST"}};
  for (const auto& row : view.work) {
    rows.push_back({name(row->work), time_table_shown(row->planned), time_table_shown(row->booked),
                    time_table_shown(row->used), time_table_shown(row->remaining)});
  }
  rows.push_back({"all", time_table_shown(view.planned), time_table_shown(view.booked), time_table_shown(view.used),
                  time_table_shown(view.remaining)});
  return lined_up(rows);
}

std::string percent(const Value& share) { return share ? time_table_whole(*share * 100) + " %" : "-"; }

std::string sentences(const fb::TimeViewT& view) {
  std::string text;
  if (view.forecast) {
    text += "The rest as it went so far: " + time_table_whole(*view.forecast) + " minutes";
    if (view.forecast_low && view.forecast_high) {
      text += ", 95 % of the time between " + time_table_whole(*view.forecast_low) + " and " +
              time_table_whole(*view.forecast_high);
    }
    text += ".\n";
  }
  if (view.sessions_planned && view.modules_planned) {
    text += "Sessions to modules: planned " + time_table_shown(view.sessions_planned) + " to " +
            time_table_shown(view.modules_planned) + ", so far " + time_table_shown(view.sessions_held) + " to " +
            time_table_shown(view.modules_reviewed) + ". Online share of minutes: planned " +
            percent(view.online_share_planned) + ", used " + percent(view.online_share_used) + ".\n";
  }
  if (view.waiting_reviews) {
    text += "Online work that waits for a review: " + time_table_shown(view.waiting_reviews) + ", of it overdue " +
            time_table_shown(view.overdue_reviews) + ".\n";
  }
  if (view.longest_weeks_without_contact) {
    text += "Weeks since the last human contact: " + time_table_shown(view.longest_weeks_without_contact) +
            (view.scope == fb::Scope::practitioner ? " at the longest.\n" : ".\n");
  }
  if (view.scope == fb::Scope::service && view.mean_weeks_without_contact) {
    text +=
        "Weeks since the last human contact, on average: " + time_table_shown(view.mean_weeks_without_contact) + ".\n";
  }
  return text;
}

std::string moves(const fb::WeekLoadT& week) {
  std::string text;
  for (const auto& move : week.could_move) {
    std::string line = "  could move: " + time_table_whole(move->minutes) + " minutes, ";
    if (move->starts == 0) {
      line += name(move->work) + " of " + move->case_;
    } else {
      line += (move->session != 0 ? "session " + std::to_string(move->session) : std::string("the review")) + " of " +
              move->case_ + " at " + due::text_of(move->starts) + "Z";
    }
    line += move->to == 0 ? "; no week looked at has room" : "; room in the week of " + due::day_of(move->to);
    text += review::terminal_text(line) + "\n";
  }
  return text;
}

std::string weeks(const fb::TimeViewT& view) {
  if (view.weeks.empty()) return {};
  std::vector<TimeTableRow> rows = {{"WEEK OF", "NEEDED", "BOOKED", "CAPACITY", "OVER"}};
  for (const auto& week : view.weeks) {
    // A Monday's first instant in the zone may be the Sunday before in UTC.
    const std::string day = due::day_of(week->from + (week->until - week->from) / 14);
    if (week->suppressed) {
      rows.push_back({day, "left out"});
      continue;
    }
    rows.push_back({day, time_table_shown(week->needed), time_table_shown(week->booked),
                    time_table_shown(week->capacity), week->over > 0 ? time_table_whole(week->over) : "-"});
  }
  std::string text = "\n";
  const std::string table = lined_up(rows);
  std::size_t at = table.find('\n') + 1;
  text += table.substr(0, at);
  for (const auto& week : view.weeks) {
    const std::size_t end = table.find('\n', at) + 1;
    text += table.substr(at, end - at) + moves(*week);
    at = end;
  }
  return text;
}

std::string parts(const fb::TimeViewT& view) {
  if (view.scope != fb::Scope::practitioner || view.parts.empty()) return {};
  std::vector<TimeTableRow> rows = {{"CASE", "USED", "REST", "WAITING", "CONTACT"}};
  for (const auto& part : view.parts) {
    if (part->closed != 0) continue;
    rows.push_back({part->id, time_table_whole(part->account->used), time_table_whole(part->account->remaining),
                    std::to_string(part->waiting.size()),
                    part->last_contact == 0 ? "none yet" : due::day_of(part->last_contact)});
  }
  return rows.size() > 1 ? "\n" + lined_up(rows) : std::string();
}

std::string forgotten(const fb::TimeViewT& view) {
  std::string text;
  const auto say = [&](const fb::CaseTimeT& part) {
    for (const auto& timer : part.account->forgotten_timers) {
      text += review::terminal_text("Timer " + timer + " of " + part.id +
                                    " was forgotten: no minute of it counts until it is corrected.") +
              "\n";
    }
  };
  for (const auto& part : view.parts) say(*part);
  if (view.own) say(*view.own);
  return text;
}

}  // namespace

std::string table(const fb::TimeViewT& view) {
  const char* what = view.scope == fb::Scope::case_          ? "Case "
                     : view.scope == fb::Scope::practitioner ? "Practitioner "
                                                             : "Service ";
  std::string text = what + view.id + " as of " + due::text_of(view.as_of) + "Z";
  if (view.open_cases && view.scope != fb::Scope::case_) {
    text += ": " + std::to_string(*view.open_cases) + " open cases of " + std::to_string(view.cases.value_or(0));
    if (view.practitioners) text += ", " + std::to_string(*view.practitioners) + " practitioners";
  }
  if (view.capacity_per_week)
    text += "; contracted for " + time_table_whole(*view.capacity_per_week) + " minutes a week";
  text = review::terminal_text(text + ". Weeks in " + view.zone + ".") + "\n";
  if (!view.work.empty()) text += work_table(view);
  text += sentences(view) + weeks(view) + parts(view) + forgotten(view);
  for (const auto& why : view.withheld) text += "Left out: " + review::terminal_text(why) + ".\n";
  return text + review::terminal_text(view.note) + "\n";
}

}  // namespace alliance::tools::time
