// SPDX-License-Identifier: Apache-2.0
// Which curves a client's page shows: found by role, rater and target, never by an instrument's id.
#include <algorithm>
#include <map>

#include "review_html.h"
#include "review_plot.h"
#include "review_series.h"
#include "review_words.h"

namespace alliance::tools::review {
namespace {

struct Group {
  std::string role, title;
  std::vector<Series> series;
};

// Curves may share a plot when they play the same role on the same range; nothing else makes them comparable.
std::vector<Group> grouped(std::vector<Series> all, const Words& w) {
  std::vector<Group> out;
  for (auto& one : all) {
    auto found = std::find_if(out.begin(), out.end(), [&](const Group& g) {
      return g.role == one.role && g.series.front().min == one.min && g.series.front().max == one.max;
    });
    if (found == out.end()) {
      out.push_back({one.role, role_name(one.role, w), {}});
      found = std::prev(out.end());
    }
    found->series.push_back(std::move(one));
  }
  for (auto& group : out) {  // the client's view first, whoever answered first
    std::stable_sort(group.series.begin(), group.series.end(),
                     [](const Series& a, const Series& b) { return a.rater < b.rater; });
  }
  return out;
}

std::string line_style(const Series& one, bool symptom) {
  if (symptom) return "symptom";
  if (one.rater == fb::Rater::client) return "client";
  return one.rater == fb::Rater::practitioner ? "practitioner" : "other";
}

void set_y_range(Plot& plot, const Group& group, const Words& w) {
  double low = 0, high = 1;
  bool first = true;
  for (const auto& one : group.series) {
    for (const auto& p : one.points) {
      low = first ? p.y : std::min(low, p.y);
      high = first ? p.y : std::max(high, p.y);
      first = false;
    }
  }
  const auto& front = group.series.front();
  plot.y_min = front.min ? *front.min : low - 1;
  plot.y_max = front.max ? *front.max : high + 1;
  plot.y_name = w("score");
  if (front.min && front.max) plot.y_name += " " + w("{} to {}", {number(*front.min), number(*front.max)});
  if (front.lower_is_better) plot.y_name += w(", ") + w("low is good");
}

Plot plot_of(const Group& group, Axis axis, double x_last, bool symptom, const Words& w) {
  Plot plot;
  std::size_t letters = 0;
  for (const auto& one : group.series) letters += name(one.rater).size() + one.instrument.size() + 10;
  for (const auto& one : group.series) {
    const std::string who = w(name(one.rater));
    const bool room = letters < 86;
    PlotLine line{room ? who + " (" + one.instrument + ")" : who, line_style(one, symptom), {}};
    for (const auto& p : one.points) {
      line.points.push_back(
          {p.x, p.y, who + w(", ") + day(p.time, w) + w(": ") + number(p.y, 2) + " (" + one.instrument + ")"});
    }
    plot.lines.push_back(std::move(line));
  }
  plot.title = group.title;
  plot.x_name = w(axis == Axis::session ? "session" : "week since the start");
  plot.x_min = axis == Axis::session ? 0.5 : 0;
  plot.x_max = axis == Axis::session ? x_last + 0.5 : x_last;
  set_y_range(plot, group, w);
  return plot;
}

std::string_view mark_style(fb::SignalKind kind) {
  switch (kind) {
    case fb::SignalKind::drop:
      return "drop";
    case fb::SignalKind::repaired:
      return "repaired";
    case fb::SignalKind::unrepaired:
      return "unrepaired";
    default:
      return "silent";
  }
}

// A signal is drawn round the point that it is about; silence has no point and becomes a line.
void mark_signals(Plot& plot, const Group& group, const fb::CaseT& course, Axis axis, fb::Target target,
                  const Words& w) {
  for (const auto& record : course.signals) {
    if (!record || !record->signal) continue;
    const auto& signal = *record->signal;
    if (signal.role != group.role || signal.target != target) continue;
    PlotMark mark;
    mark.style = mark_style(signal.kind);
    const std::string known = w.said(signal.wording);
    mark.hint = w(name(signal.kind)) + w(": ") + (known.empty() ? signal.wording : known);
    if (axis == Axis::session && signal.session == 0) continue;
    mark.x = axis == Axis::session ? signal.session : week_of(course, record->time);
    for (const auto& one : group.series) {
      if (one.rater != signal.rater || signal.kind == fb::SignalKind::non_response) continue;
      for (const auto& p : one.points) {
        if (axis == Axis::session ? p.x == mark.x : p.time <= record->time) mark.y = p.y;
        if (axis == Axis::week && p.time <= record->time) mark.x = p.x;
      }
    }
    plot.marks.push_back(std::move(mark));
  }
}

void mark_flags(Plot& plot, const Group& group, const fb::CaseT& course, const Words& w) {
  for (const auto& record : course.flags) {
    if (!record || !record->flag) continue;
    const bool here = std::any_of(group.series.begin(), group.series.end(),
                                  [&](const Series& s) { return s.instrument == record->flag->instrument; });
    if (!here) continue;
    plot.marks.push_back({week_of(course, record->raised),
                          {},
                          "safety",
                          w("safety item {}, {}", {w(name(record->flag->state)), moment(record->raised, w)})});
  }
}

double last_session(const fb::CaseT& course) {
  double last = course.planned_sessions;
  for (const auto& session : course.sessions) {
    if (session) last = std::max<double>(last, session->number);
  }
  return std::max(last, 2.0);
}

double last_week(const fb::CaseT& course) {
  double last = course.weeks;
  for (const auto& sheet : course.sheets) {
    if (sheet) last = std::max(last, week_of(course, sheet->time));
  }
  return std::max(last, 1.0);
}

}  // namespace

std::string client_plots(const fb::CaseT& course, const std::vector<fb::InstrumentT>& instruments, const Words& w) {
  std::string out;
  const double sessions = last_session(course), weeks = last_week(course);
  for (const char* role : {"alliance.pulse", "alliance.total"}) {
    for (const auto& group : grouped(series(course, instruments, role, fb::Target::practitioner, Axis::session), w)) {
      Plot plot = plot_of(group, Axis::session, sessions, false, w);
      mark_signals(plot, group, course, Axis::session, fb::Target::practitioner, w);
      out += svg(plot);
    }
  }
  for (const char* role : {"alliance.pulse", "alliance.total"}) {
    for (const auto& group : grouped(series(course, instruments, role, fb::Target::programme, Axis::week), w)) {
      Plot plot = plot_of(group, Axis::week, weeks, false, w);
      plot.title += w(", with the programme");
      mark_signals(plot, group, course, Axis::week, fb::Target::programme, w);
      out += svg(plot);
    }
  }
  for (const auto& group : grouped(series(course, instruments, "symptom.", fb::Target::none, Axis::week), w)) {
    Plot plot = plot_of(group, Axis::week, weeks, true, w);
    mark_flags(plot, group, course, w);
    out += svg(plot);
  }
  for (const auto& group : grouped(series(course, instruments, "usability.", fb::Target::programme, Axis::week), w)) {
    out += svg(plot_of(group, Axis::week, weeks, false, w));
  }
  if (course.account) {
    std::vector<Bar> bars;
    for (const auto& work : course.account->work) {
      if (work && (work->used > 0 || work->planned > 0)) {
        bars.push_back({w(name(work->work)), work->used, work->planned});
      }
    }
    if (!bars.empty()) out += svg_bars(w("Minutes used, against the plan"), bars, w);
  }
  if (out.empty()) return paragraph(w("No scores and no minutes so far."), "soft");
  out = "<div class=\"plots\">" + out + "</div>";
  if (course.signals.empty() && course.flags.empty()) return out;
  return out + "<p class=\"soft\"><small>" +
         w("A ring marks a signal, a dashed line with a triangle a safety item or a silence; point at one to read "
           "it.") +
         "</small></p>";
}

}  // namespace alliance::tools::review
