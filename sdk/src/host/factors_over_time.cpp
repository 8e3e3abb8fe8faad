// SPDX-License-Identifier: Apache-2.0
#include "host/factors_over_time.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "host/factors_rows.h"

namespace alliance::host::indicators {
namespace {

constexpr double fineness = 1e-6;  // of changes that count as the same

// People that something rests on: of each, and of the practitioners behind them, five or none.
struct Resting {
  std::size_t people = 0;
  std::set<std::string> practitioners;
  void add(const std::string& practitioner) {
    ++people;
    practitioners.insert(practitioner);
  }
  bool enough() const { return people >= fewest_people && practitioners.size() >= fewest_people; }
};

}  // namespace

void OverTime::add(const Group& group, std::int64_t at) {
  sizes_[at] = {large_enough(group), group.clients.empty()};
  for (const auto& spec : indicator_table()) {
    if (spec.where == Where::own_page) continue;
    auto& figure = figures_[&spec];
    const bool of_clients = spec.about == About::client;
    for (const auto& member : of_clients ? group.clients : group.practitioners) {
      if (member.streams.empty()) continue;
      const auto reading = spec.read(member.streams, at);
      if (!reading.value || !std::isfinite(*reading.value)) continue;
      const std::string& person = of_clients ? member.streams.front()->id : member.practitioner;
      figure.by_series[reading.series][at][person] = {*reading.value, member.practitioner};
    }
  }
}

// Whether by their means somebody's own part could be had.
bool OverTime::may_be_told_apart(const Values& one, const Values& other) {
  std::map<std::int64_t, std::size_t> changes;
  const auto step = [](const Value& from, const Value& to) {
    return static_cast<std::int64_t>(std::llround((to.value - from.value) / fineness));
  };
  for (const auto& [person, value] : one) {
    if (const auto found = other.find(person); found != other.end()) ++changes[step(found->second, value)];
  }
  const auto common = std::max_element(changes.begin(), changes.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
  Resting changed;
  for (const auto& [person, value] : one) {
    const auto found = other.find(person);
    if (found == other.end() || step(found->second, value) != common->first) changed.add(value.practitioner);
  }
  for (const auto& [person, value] : other) {
    if (!one.contains(person)) changed.add(value.practitioner);
  }
  return changed.people > 0 && !changed.enough();
}

void OverTime::put(const IndicatorSpec& spec, const Figure& figure, fb::FactorOverTimeT& row) const {
  static const std::map<std::string, Moments> nothing = {{"", {}}};
  const auto& all = figure.by_series.empty() ? nothing : figure.by_series;
  for (const auto& [series, moments] : all) {
    auto line = std::make_unique<fb::IndicatorOverTimeT>();
    line->id = spec.id;
    line->title = spec.title;
    if (!series.empty()) line->title += " (" + series + ")";
    if (all.size() > 1) line->id += "-" + slug(series);
    line->unit = spec.unit;
    line->text = spec.about == About::client ? "mean per client" : "mean per practitioner";
    if (moments.empty()) line->text = "nothing recorded yet";
    std::vector<const Values*> shown;
    for (const auto& [at, size] : sizes_) {
      auto point = std::make_unique<fb::IndicatorPointT>();
      const auto found = moments.find(at);
      if (!size.large) {
        point->suppressed = !size.nobody || at == sizes_.begin()->first;  // before there was anybody: nothing
      } else if (found != moments.end()) {
        const Values& values = found->second;
        Resting behind;
        std::vector<double> sorted;
        for (const auto& [person, value] : values) {
          behind.add(value.practitioner);
          sorted.push_back(value.value);
        }
        point->suppressed = !behind.enough() || std::any_of(shown.begin(), shown.end(), [&](const Values* other) {
          return may_be_told_apart(values, *other);
        });
        if (!point->suppressed) {
          point->value = mean_of(std::move(sorted));
          shown.push_back(&values);
        }
      }
      line->points.push_back(std::move(point));
    }
    std::reverse(line->points.begin(), line->points.end());
    row.indicators.push_back(std::move(line));
  }
}

std::vector<std::int64_t> OverTime::instants() const {
  std::vector<std::int64_t> out;
  for (const auto& one : sizes_) out.push_back(one.first);
  std::reverse(out.begin(), out.end());
  return out;
}

std::vector<std::unique_ptr<fb::FactorOverTimeT>> OverTime::rows() const {
  std::vector<std::unique_ptr<fb::FactorOverTimeT>> out;
  for (auto& plain : eight_rows()) {
    auto row = std::make_unique<fb::FactorOverTimeT>();
    row->factor = plain->factor;
    row->title = plain->title;
    for (const auto& spec : indicator_table()) {
      if (spec.factor != plain->factor) continue;
      if (const auto found = figures_.find(&spec); found != figures_.end()) {
        put(spec, found->second, *row);
      } else {
        auto line = std::make_unique<fb::IndicatorOverTimeT>();
        line->id = spec.id;
        line->title = spec.title;
        line->text = not_of_groups;
        row->indicators.push_back(std::move(line));
      }
    }
    out.push_back(std::move(row));
  }
  return out;
}

}  // namespace alliance::host::indicators
