// SPDX-License-Identifier: Apache-2.0
// The service's page for reading. Every figure is one of the whole service, made and suppressed by the host: nothing is
// added up here, and nobody is named.
#include <algorithm>
#include <set>

#include <alliance_schema/time_generated.h>

#include "reading_frame.h"
#include "review_escape.h"
#include "review_html.h"
#include "review_plot.h"
#include "table_of.h"

namespace alliance::tools::reading {
namespace {

using review::html_text;
using review::paragraph;

constexpr std::uint32_t weeks_shown = 12;

struct Figures {
  fb::TimeViewT time;
  fb::ReviewT review;
  fb::FactorsOverTimeT past;
};

template <class Table>
Result<void> take(typename Table::NativeTableType& into, const char* name, const std::string& text) {
  auto read = table_of<Table>(name, text);
  if (!read) return tl::unexpected(read.error());
  into = std::move(*read);
  return {};
}

Result<Figures> figures_of(const Host& host, const Viewer& viewer, const std::string& service) {
  Figures out;
  const auto scope = ALLIANCE_SCOPE_SERVICE;
  if (auto fine = take<fb::TimeView>(out.time, "TimeView", host.time(scope, service, 0, weeks_shown, viewer)); !fine)
    return tl::unexpected(fine.error());
  if (auto fine = take<fb::Review>(out.review, "Review", host.review(scope, service, viewer)); !fine)
    return tl::unexpected(fine.error());
  const std::string past = host.factors_over_time(service, weeks_shown, viewer);
  if (auto fine = take<fb::FactorsOverTime>(out.past, "FactorsOverTime", past); !fine)
    return tl::unexpected(fine.error());
  return out;
}

// As a line begins: titles are written as parts of a sentence.
std::string begun(std::string title) {
  if (!title.empty() && title[0] >= 'a' && title[0] <= 'z') title[0] = static_cast<char>(title[0] - 'a' + 'A');
  return title;
}

std::string hidden(const Words& w) { return "<span class=\"soft\">" + w("suppressed, fewer than five") + "</span>"; }

template <class Number>
std::string figure(const Number& value, const Words& w, int decimals = 1) {
  return value ? review::number(static_cast<double>(*value), decimals) : hidden(w);
}

// A week begins at midnight by the clock of its zone: its noon is the same day everywhere near.
std::string week_day(std::int64_t from, const Words& w) {
  constexpr std::int64_t half_a_day = 43'200'000'000;
  return "<span class=\"whole\">" + review::day(from + half_a_day, w) + "</span>";
}

std::string weeks_ahead(const fb::TimeViewT& time, const Words& w) {
  std::vector<std::vector<std::string>> rows;
  std::size_t shown = 0, over = 0;
  for (const auto& week : time.weeks) {
    if (!week) continue;
    if (week->suppressed) {
      rows.push_back({week_day(week->from, w), hidden(w), "", "", ""});
      continue;
    }
    ++shown;
    over += week->over > 0;
    rows.push_back({week_day(week->from, w), figure(week->needed, w, 0), figure(week->booked, w, 0),
                    figure(week->capacity, w, 0),
                    week->over > 0 ? review::tag("warn", review::number(week->over, 0)) : "–"});
  }
  std::string out = "<h2>" + w("The weeks to come") + "</h2>";
  if (shown == 0) return out + paragraph(w("Suppressed, fewer than five: of no week to come anything can be shown."));
  out += paragraph(
      over > 0 ? w("In {} of the weeks shown more is needed than there are contracted minutes.", {std::to_string(over)})
               : w("In the weeks shown there is room for what is needed."));
  return out +
         table(w("Minutes by week"),
               {w("Week of"), w("Minutes needed"), w("Of it booked"), w("Minutes contracted"), w("Minutes missing")},
               rows, 1);
}

std::string share(double part) { return review::number(100 * part, 0) + " %"; }

std::string what_waits(const fb::TimeViewT& time, const Words& w) {
  std::string rest = hidden(w), online = hidden(w);
  if (time.forecast) {
    rest = review::number(*time.forecast, 0);
    if (time.forecast_low && time.forecast_high) {
      rest = w("{} (95 % between {} and {})",
               {rest, review::number(*time.forecast_low, 0), review::number(*time.forecast_high, 0)});
    }
  }
  if (time.online_share_used && time.online_share_planned)
    online = w("{} of {}", {share(*time.online_share_used), share(*time.online_share_planned)});
  return "<h2>" + w("What waits") + "</h2>" +
         table(w("What waits"), {w("Figure"), w("Now")},
               {{w("Overdue reviews") + " <small>" + w("online work that has waited longer than the schedule allows") +
                     "</small>",
                 time.overdue_reviews ? review::number(*time.overdue_reviews) : hidden(w)},
                {w("Reviews that wait"), figure(time.waiting_reviews, w)},
                {w("Open cases"), figure(time.open_cases, w)},
                {w("Mean weeks without contact"), figure(time.mean_weeks_without_contact, w)},
                {w("Minutes that the open plans still need"), rest},
                {w("Share of the minutes online, used of planned"), online}});
}

std::string valued(const std::string& unit, double value, const Words& w) {
  if (unit == "%") return review::number(value) + " %";
  return review::number(value, 2) + (unit.empty() ? "" : " " + review::told(unit, w));
}

constexpr const char* usability[] = {"difficulties-usability", "difficulties-technical", "difficulties-login",
                                     "error-free-share",       "fallbacks-offered",      "usability-client",
                                     "usability-practitioner", "open-support-requests",  "hours-to-resolve-support"};
constexpr const char* training[] = {"training-gap", "days-since-training", "days-until-training-expires",
                                    "onboarding-steps", "supervision-held"};

// An indicator that is one per instrument has the instrument behind its id.
bool is_one(const std::string& id, const std::string& wanted, std::span<const char* const> all) {
  if (id == wanted) return true;
  return id.starts_with(wanted + "-") &&
         std::none_of(all.begin(), all.end(), [&](const char* other) { return id == other; });
}

std::string figures_now(const char* title, const fb::ReviewT& review, std::span<const char* const> wanted,
                        const Words& w) {
  std::vector<std::vector<std::string>> rows;
  for (const char* id : wanted) {
    for (const auto& row : review.factors) {
      if (!row) continue;
      for (const auto& one : row->indicators) {
        if (!one || !is_one(one->id, id, wanted)) continue;
        const std::string more =
            one->text.empty() || !one->value ? "" : " <small>" + review::told(one->text, w) + "</small>";
        rows.push_back({begun(review::told(one->title, w)) + more, one->suppressed ? hidden(w)
                                                                   : one->value    ? valued(one->unit, *one->value, w)
                                                                                   : w("nothing recorded yet")});
      }
    }
  }
  return "<h2>" + w(title) + "</h2>" + table(w(title), {w("Figure"), w("Now")}, rows);
}

std::string curve_of(const fb::IndicatorOverTimeT& one, const Words& w) {
  std::vector<double> values;
  for (const auto& point : one.points) {
    if (point && point->value) values.push_back(*point->value);
  }
  if (values.size() < 2) return "–";
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return review::sparkline(values, std::min(0.0, *low), std::max(*high, *low + 1), "client",
                           w("{} to {}", {review::number(values.front()), review::number(values.back())}));
}

std::string at_point(const fb::IndicatorOverTimeT& one, std::size_t at, const Words& w) {
  if (at >= one.points.size() || !one.points[at]) return "–";
  const auto& point = *one.points[at];
  if (point.suppressed) return hidden(w);
  return point.value ? valued(one.unit, *point.value, w) : w("nothing recorded yet");
}

std::string factor_over_time(const fb::FactorOverTimeT& row, const std::vector<std::int64_t>& at, const Words& w) {
  std::string out =
      "<h3>" + std::string(review::factor_code(row.factor)) + w(": ") + review::told(row.title, w) + "</h3>";
  std::vector<std::vector<std::string>> rows, numbers;
  std::vector<std::string> heads = {w("Until")};
  for (std::size_t i = 0; i < at.size(); ++i)
    numbers.push_back({"<span class=\"whole\">" + review::day(at[i], w) + "</span>"});
  for (const auto& one : row.indicators) {
    if (!one || one->points.empty()) continue;
    const bool some =
        std::any_of(one->points.begin(), one->points.end(), [](const auto& is) { return is && is->value; });
    const std::string more = one->text.empty() || !some ? "" : " <small>" + review::told(one->text, w) + "</small>";
    const std::size_t before = one->points.size() > 4 ? one->points.size() - 5 : 0;
    rows.push_back({begun(review::told(one->title, w)) + more, at_point(*one, one->points.size() - 1, w),
                    at_point(*one, before, w), curve_of(*one, w)});
    heads.push_back(begun(review::told(one->title, w)));
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i].push_back(at_point(*one, i, w));
  }
  if (rows.empty())
    return out + paragraph(w("Belongs to each practitioner alone and is in no figure of a service."), "soft");
  return out + table(w("Now and before"), {w("Indicator"), w("Now"), w("Four weeks before"), w("Twelve weeks")}, rows) +
         "<details><summary>" + w("The numbers, week by week") + "</summary>" +
         table(w("The numbers, week by week"), heads, numbers, 1) + "</details>";
}

std::string left_out(const Figures& all, const Words& w) {
  std::vector<std::string> sentences;
  for (const auto* some : {&all.time.withheld, &all.review.withheld, &all.past.withheld}) {
    for (const auto& one : *some) {
      if (std::find(sentences.begin(), sentences.end(), one) == sentences.end()) sentences.push_back(one);
    }
  }
  if (sentences.empty()) return {};
  std::string out = "<h2>" + w("What is left out, and why") + "</h2><ul>";
  for (const auto& one : sentences) out += "<li>" + review::told(one, w) + "</li>";
  return out + "</ul>";
}

}  // namespace

Result<Drawn> service_page(const Host& host, const Viewer& viewer, const Reading& reading, const std::string& service) {
  const Words& w = reading.words;
  auto read = figures_of(host, viewer, service);
  if (!read) return tl::unexpected(read.error());
  const auto& [time, review, past] = *read;
  std::string inside = "<h2>" + w("Service {}", {html_text(service)}) + "</h2>";
  const bool few = !time.cases || !review.people;
  if (few) {
    inside += paragraph(
        w("Suppressed, fewer than five: fewer than five clients or fewer than five practitioners stand behind the "
          "figures of this service."),
        "note");
  } else {
    if (time.practitioners) {
      inside += paragraph(w("{} clients and {} practitioners stand behind these figures.",
                            {std::to_string(*time.cases), std::to_string(*time.practitioners)}));
    }
    inside += paragraph(w("Every figure rests on five clients and five practitioners or more. None rates a "
                          "practitioner: it shows where "
                          "the work needs room."),
                        "note") +
              weeks_ahead(time, w) + what_waits(time, w) + figures_now("Usability and support", review, usability, w) +
              figures_now("Training and supervision", review, training, w) +
              paragraph(w("A gap is a reason to offer a training, and locks nothing."), "soft") + "<h2>" +
              w("The eight factors over time") + "</h2><p class=\"soft\">" + review::told(past.note, w) + "</p>";
    for (const auto& row : past.factors) {
      if (row) inside += factor_over_time(*row, past.at, w);
    }
  }
  return framed(reading, {w("The service’s week")}, inside + left_out(*read, w));
}

// Which services there are is on the list of cases; where there is one alone, its page is the first.
Result<Drawn> services_page(const Host& host, const Viewer& viewer, const Reading& reading) {
  const auto listed = table_of<fb::CaseList>("CaseList", host.cases(viewer));
  if (!listed) return tl::unexpected(listed.error());
  std::set<std::string> services;
  for (const auto& one : listed->cases) {
    if (one && !one->service.empty()) services.insert(one->service);
  }
  if (services.size() == 1) return service_page(host, viewer, reading, *services.begin());
  const Words& w = reading.words;
  std::string list;
  for (const auto& one : services) list += "<li>" + link_to(address("/reading/services/", one), one) + "</li>";
  return framed(reading, {w("Services")}, list.empty() ? paragraph(w("Nothing waits.")) : "<ul>" + list + "</ul>");
}

}  // namespace alliance::tools::reading
