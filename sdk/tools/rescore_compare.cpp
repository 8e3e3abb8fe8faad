// SPDX-License-Identifier: Apache-2.0
#include "rescore_compare.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "score_write.h"
#include "written.h"

namespace alliance::tools::rescore {
namespace {

using written::csv_cell;
using written::json_string;
using written::number;

std::ptrdiff_t place_of(const fb::InstrumentT& definition, const std::string& scale) {
  for (std::size_t i = 0; i < definition.scales.size(); ++i) {
    if (definition.scales[i]->id == scale) return static_cast<std::ptrdiff_t>(i);
  }
  return -1;
}

struct Told {
  std::optional<double> value;
  std::string state = "absent", band = {};
  bool operator==(const Told&) const = default;
};

Told told(const fb::InstrumentT& definition, const Scored& scored, std::ptrdiff_t place) {
  Told out;
  if (place < 0) return out;
  const auto at = static_cast<std::size_t>(place);
  out.state = score::state_word(scored.states[at]);
  if (score::has_value(scored.states[at])) out.value = scored.values[at];
  const auto& bands = definition.scales[at]->bands;
  if (scored.bands[at] >= 0 && static_cast<std::size_t>(scored.bands[at]) < bands.size()) {
    out.band = bands[static_cast<std::size_t>(scored.bands[at])]->id;
  }
  return out;
}

std::string compared_json_of(const Told& one) {
  return std::string("{") + (one.value ? "\"value\":" + number(*one.value) + "," : "") +
         "\"state\":" + json_string(one.state) + (one.band.empty() ? "" : ",\"band\":" + json_string(one.band)) + "}";
}

}  // namespace

Scored::Scored(const score::Scores& scores, std::size_t scales)
    : values(scores.values, scores.values + scales),
      states(scores.states, scores.states + scales),
      bands(scores.bands, scores.bands + scales) {}

Comparison::Comparison(const fb::InstrumentT& from, const fb::InstrumentT& to, std::vector<std::string> labels,
                       bool json, bool only_changed)
    : from_(from), to_(to), labels_(std::move(labels)), json_(json), only_changed_(only_changed) {
  const auto take = [&](const fb::InstrumentT& definition) {
    for (const auto& scale : definition.scales) {
      const auto known = [&](const Change& change) { return change.scale == scale->id; };
      if (std::any_of(changes_.begin(), changes_.end(), known)) continue;
      changes_.push_back({scale->id, 0, 0, 0, 0, {}});
      pairs_.push_back({place_of(from, scale->id), place_of(to, scale->id)});
    }
  };
  take(from);
  take(to);
}

std::string Comparison::header() const {
  if (json_) return {};
  std::string line;
  for (const auto& label : labels_) line += csv_cell(label) + ",";
  return line + "scale,from,from.state,from.band,to,to.state,to.band,difference\n";
}

std::string Comparison::line(const std::vector<std::string>& sheet, std::size_t scale, const Scored& from,
                             const Scored& to) {
  const Told before = told(from_, from, pairs_[scale].from), after = told(to_, to, pairs_[scale].to);
  const std::optional<double> difference =
      before.value && after.value ? std::optional(*after.value - *before.value) : std::nullopt;
  Change& change = changes_[scale];
  ++change.sheets;
  const bool changed = before.value != after.value || before.state != after.state;
  change.changed += changed;
  change.bands_changed += before.band != after.band;
  if (difference && std::fabs(*difference) > change.largest) {
    change.largest = std::fabs(*difference);
    change.largest_at.clear();
    for (const auto& part : sheet) change.largest_at += (change.largest_at.empty() ? "" : " ") + part;
  }
  if (only_changed_ && before == after) return {};
  std::string out;
  if (json_) {
    for (std::size_t i = 0; i < labels_.size(); ++i) {
      out += (out.empty() ? "{" : ",") + json_string(labels_[i]) + ":" +
             (labels_[i] == "row" ? sheet[i] : json_string(sheet[i]));
    }
    out += ",\"scale\":" + json_string(change.scale) + ",\"from\":" + compared_json_of(before) +
           ",\"to\":" + compared_json_of(after);
    if (difference) out += ",\"difference\":" + number(*difference);
    return out + "}\n";
  }
  for (const auto& part : sheet) out += csv_cell(part) + ",";
  out += csv_cell(change.scale);
  for (const auto* one : {&before, &after}) {
    out += "," + (one->value ? number(*one->value) : "") + "," + one->state + "," + csv_cell(one->band);
  }
  return out + "," + (difference ? number(*difference) : "") + "\n";
}

std::string Comparison::add(const std::vector<std::string>& sheet, const Scored& from, const Scored& to) {
  std::string lines;
  for (std::size_t scale = 0; scale < changes_.size(); ++scale) lines += line(sheet, scale, from, to);
  return lines;
}

std::string Comparison::summary() const {
  std::string out;
  for (const auto& change : changes_) {
    if (json_) {
      out += (out.empty() ? "" : ",") + ("{\"scale\":" + json_string(change.scale)) +
             ",\"sheets\":" + number(change.sheets) + ",\"changed\":" + number(change.changed) +
             ",\"bands_changed\":" + number(change.bands_changed) + ",\"largest\":" + number(change.largest) +
             (change.largest_at.empty() ? "" : ",\"largest_at\":" + json_string(change.largest_at)) + "}";
      continue;
    }
    out += change.scale + ": " + number(change.changed) + " of " + number(change.sheets) + " sheets changed";
    if (!change.largest_at.empty()) {
      out += ", by " + number(change.largest) + " at most (" + labels_.front() + " " + change.largest_at + ")";
    }
    out += "; " + number(change.bands_changed) + " changed their band\n";
  }
  if (!json_) return out;
  return "{\"summary\":[" + out + "],\"from\":" + json_string(from_.version) +
         ",\"from_hash\":" + json_string(from_.hash) + ",\"to\":" + json_string(to_.version) +
         ",\"to_hash\":" + json_string(to_.hash) + "}\n";
}

}  // namespace alliance::tools::rescore
