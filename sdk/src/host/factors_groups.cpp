// SPDX-License-Identifier: Apache-2.0
// Means over people, and which of them may be shown.
//
// A figure of a service is shown when at least five clients and at least five practitioners stand behind it,
// for it says something about both: the mean of one practitioner's clients is that practitioner's figure.
// A suppressed figure must not come back by subtraction, so
//   - no figure spans services: there is no total from which the services that are shown could be taken away;
//   - figures that add up (minutes in sessions and online, difficulties by kind) are read from the same people,
//     so that they are shown or suppressed together;
//   - how many people stand behind a single figure is not said, only how many the group has;
//   - practitioners and clients, who know their own part, are shown no group at all (access.cpp).
#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "host/factors_read.h"
#include "host/factors_rows.h"

namespace alliance::host::indicators {

std::string slug(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool lower = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (lower) {
      out += c;
    } else if (c >= 'A' && c <= 'Z') {
      out += static_cast<char>(c - 'A' + 'a');
    } else if (!out.empty() && out.back() != '-') {
      out += '-';
    }
  }
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out;
}

double mean_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

namespace {

std::unique_ptr<fb::IndicatorT> suppressed(const IndicatorSpec& spec) {
  auto out = indicator_of(spec, read::nothing("fewer than five clients or practitioners stand behind it"));
  out->suppressed = true;
  return out;
}

std::vector<Part> parts_of(const IndicatorSpec& spec, const Group& group, std::int64_t as_of) {
  std::vector<Part> parts;
  for (const auto& member : spec.about == About::client ? group.clients : group.practitioners) {
    if (!member.streams.empty()) parts.push_back({spec.read(member.streams, as_of), member.practitioner});
  }
  return parts;
}

}  // namespace

bool large_enough(const Group& group) {
  std::set<std::string> practitioners;
  for (const auto& member : group.clients) practitioners.insert(member.practitioner);
  return group.clients.size() >= fewest_people && practitioners.size() >= fewest_people;
}

std::vector<Mean> means(const IndicatorSpec& spec, const std::vector<Part>& parts) {
  struct Values {
    std::vector<double> values;
    std::set<std::string> practitioners;
  };
  std::map<std::string, Values> by_series;
  for (const auto& part : parts) {
    if (!part.reading.value) continue;
    auto& one = by_series[part.reading.series];
    one.values.push_back(*part.reading.value);
    one.practitioners.insert(part.practitioner);
  }
  std::vector<Mean> out;
  for (const auto& [series, found] : by_series) {
    Mean mean{.reading = {.value = mean_of(found.values), .series = series},
              .id = spec.id,
              .title = spec.title,
              .people = found.values.size(),
              .practitioners = found.practitioners.size()};
    if (by_series.size() > 1) mean.id += "-" + slug(series);
    if (!series.empty()) mean.title += " (" + series + ")";
    out.push_back(std::move(mean));
  }
  if (out.empty())
    out.push_back({.reading = read::nothing("nothing recorded yet"), .id = spec.id, .title = spec.title});
  return out;
}

std::unique_ptr<fb::IndicatorT> indicator_of(const IndicatorSpec& spec, const Mean& mean) {
  auto out = indicator_of(spec, mean.reading);
  out->id = mean.id;
  out->title = mean.title;
  return out;
}

Rows group_rows(const Group& group, std::int64_t as_of) {
  Rows rows = eight_rows();
  const bool shown = large_enough(group);
  for (const auto& spec : indicator_table()) {
    auto& into = row_of(rows, spec.factor).indicators;
    if (spec.where == Where::own_page) {
      into.push_back(indicator_of(spec, read::nothing(not_of_groups)));
      continue;
    }
    if (!shown) {
      into.push_back(suppressed(spec));
      continue;
    }
    for (auto& mean : means(spec, parts_of(spec, group, as_of))) {
      if (mean.people > 0 && (mean.people < fewest_people || mean.practitioners < fewest_people)) {
        auto hidden = suppressed(spec);
        hidden->id = mean.id;
        hidden->title = mean.title;
        into.push_back(std::move(hidden));
        continue;
      }
      if (mean.people > 0)
        mean.reading.text = spec.about == About::client ? "mean per client" : "mean per practitioner";
      into.push_back(indicator_of(spec, mean));
    }
  }
  return rows;
}

}  // namespace alliance::host::indicators
