// SPDX-License-Identifier: Apache-2.0
#include "review_series.h"

#include <algorithm>
#include <cmath>

namespace alliance::tools::review {
namespace {

// A scale may play several roles; the last that fits is the most particular one in a definition's list.
const std::string* role_of(const fb::ScoreT& score, std::string_view wanted) {
  const std::string* found = nullptr;
  for (const auto& role : score.roles) {
    if (role == wanted || (wanted.ends_with('.') && std::string_view{role}.starts_with(wanted))) found = &role;
  }
  return found;
}

void add_range(Series& series, const std::vector<fb::InstrumentT>& instruments, const std::string& version) {
  for (const auto& instrument : instruments) {
    if (instrument.id != series.instrument || instrument.version != version) continue;
    for (const auto& scale : instrument.scales) {
      if (!scale || scale->id != series.scale) continue;
      if (scale->min) series.min = *scale->min;
      if (scale->max) series.max = *scale->max;
      series.lower_is_better = scale->direction == fb::Direction::lower_is_better;
    }
  }
}

}  // namespace

double week_of(const fb::CaseT& course, std::int64_t instant) {
  constexpr double week = 7.0 * 24 * 3600 * 1e6;
  return static_cast<double>(instant - course.opened) / week;
}

std::vector<Series> series(const fb::CaseT& course, const std::vector<fb::InstrumentT>& instruments,
                           std::string_view wanted, fb::Target target, Axis axis) {
  std::vector<Series> out;
  for (const auto& sheet : course.sheets) {
    if (!sheet || sheet->target != target || (axis == Axis::session && sheet->session == 0)) continue;
    for (const auto& score : sheet->scores) {
      if (!score || !score->value || !std::isfinite(*score->value)) continue;
      const std::string* role = role_of(*score, wanted);
      if (!role) continue;
      auto found = std::find_if(out.begin(), out.end(), [&](const Series& s) {
        return s.instrument == sheet->instrument && s.scale == score->scale && s.rater == sheet->rater;
      });
      if (found == out.end()) {
        Series made;
        made.instrument = sheet->instrument;
        made.scale = score->scale;
        made.role = *role;
        made.rater = sheet->rater;
        made.target = sheet->target;
        add_range(made, instruments, sheet->version);
        out.push_back(std::move(made));
        found = std::prev(out.end());
      }
      const double x = axis == Axis::session ? sheet->session : week_of(course, sheet->time);
      found->points.push_back({x, *score->value, sheet->time, sheet->event});
    }
  }
  for (auto& s : out) {
    std::stable_sort(s.points.begin(), s.points.end(),
                     [](const SeriesPoint& a, const SeriesPoint& b) { return a.time < b.time; });
  }
  return out;
}

}  // namespace alliance::tools::review
