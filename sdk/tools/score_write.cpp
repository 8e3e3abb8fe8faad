// SPDX-License-Identifier: Apache-2.0
#include "score_write.h"

#include "measure/rests_on.h"
#include "written.h"

namespace alliance::tools::score {
namespace {

using written::csv_cell;  // a plugin may call its scales and bands what it likes
using written::json_string;
using written::put;

// As one CSV cell, or as a JSON array.
std::string list_of(const std::vector<std::string>& words, bool json) {
  std::string list;
  for (const auto& word : words) {
    list += list.empty() ? "" : (json ? "," : ";");
    list += json ? json_string(word) : word;
  }
  return json ? "[" + list + "]" : csv_cell(list);
}

void put_warning(const fb::WarningT& warning, std::string& to) {
  to += "{\"code\":" + json_string(warning.code) + ",\"sentence\":" + json_string(warning.sentence);
  if (warning.value) put(to += ",\"value\":", *warning.value);
  if (warning.threshold) put(to += ",\"threshold\":", *warning.threshold);
  if (warning.provenance) to += ",\"source\":" + json_string(warning.provenance->source);
  to += '}';
}

}  // namespace

const char* state_word(std::uint8_t state) {
  switch (state) {
    case ALLIANCE_SCORED:
      return "scored";
    case ALLIANCE_PRORATED:
      return "prorated";
    default:
      return "not-scorable";
  }
}

bool has_value(std::uint8_t state) { return state == ALLIANCE_SCORED || state == ALLIANCE_PRORATED; }

Writer::Writer(const fb::InstrumentT& definition, const std::optional<alliance_missing>& missing, Form form)
    : form_(form) {
  const bool json = form == Form::json;
  if (missing) {
    rule_ = measure::missing_rule_name(missing->rule, missing->most);
  } else if (definition.missing) {
    rule_ = measure::missing_rule_name(static_cast<std::int32_t>(definition.missing->rule), definition.missing->most);
  }
  for (const auto& scale : definition.scales) {
    Scale made{json ? json_string(scale->id) : scale->id, {}, scale->items.size(), {}};
    for (const auto& band : scale->bands) made.bands.push_back(json ? json_string(band->id) : csv_cell(band->id));
    for (std::size_t which = 0; which < made.unverified.size(); ++which) {
      fb::ScoreT score;
      score.value = 0;
      if ((which & 1) != 0) score.band = "some";
      if ((which & 2) != 0) score.rule = rule_;
      made.unverified[which] = measure::unverified(definition, *scale, score);
    }
    scales_.push_back(std::move(made));
  }
  if (json) {
    instrument_ = ",\"instrument\":" + json_string(definition.id) + ",\"version\":" + json_string(definition.version) +
                  ",\"hash\":" + json_string(definition.hash) +
                  (definition.not_validated ? ",\"not_validated\":true" : "");
  } else {
    instrument_ = csv_cell(definition.id) + "," + csv_cell(definition.version) + "," + csv_cell(definition.hash);
  }
}

std::string Writer::header() const {
  if (form_ == Form::json) return {};
  std::string line = "row";
  for (const Scale& scale : scales_) {
    for (const char* part : {"", ".state", ".answered"}) line += "," + csv_cell(scale.name + part);
    if (!scale.bands.empty()) line += "," + csv_cell(scale.name + ".band");
  }
  if (form_ == Form::details) {
    for (const Scale& scale : scales_) {
      for (const char* part : {".items", ".rule", ".unverified"}) line += "," + csv_cell(scale.name + part);
    }
    line += ",warnings,instrument,version,hash";
  }
  return line + "\n";
}

bool Writer::in_band(const Scores& scores, std::size_t scale) const {
  const std::int32_t band = scores.bands[scale];
  return band >= 0 && static_cast<std::size_t>(band) < scales_[scale].bands.size();
}

std::vector<std::string> Writer::unverified(const Scores& scores) const {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < scales_.size(); ++i) {
    const auto& some = rests_on(scores, i);
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

const std::vector<std::string>& Writer::rests_on(const Scores& scores, std::size_t scale) const {
  static const std::vector<std::string> none;
  if (!has_value(scores.states[scale])) return none;
  return scales_[scale]
      .unverified[(in_band(scores, scale) ? 1u : 0u) + (scores.states[scale] == ALLIANCE_PRORATED ? 2u : 0u)];
}

void Writer::row(const Scores& scores, std::string& to) const {
  form_ == Form::json ? json_row(scores, to) : csv_row(scores, to);
}

void Writer::csv_row(const Scores& scores, std::string& to) const {
  put(to, scores.row);
  for (std::size_t i = 0; i < scales_.size(); ++i) {
    to += ',';
    if (has_value(scores.states[i])) put(to, scores.values[i]);
    to += ',';
    to += state_word(scores.states[i]);
    put(to += ',', scores.answered[i]);
    if (scales_[i].bands.empty()) continue;
    to += ',';
    if (in_band(scores, i)) to += scales_[i].bands[static_cast<std::size_t>(scores.bands[i])];
  }
  if (form_ == Form::details) {
    for (std::size_t i = 0; i < scales_.size(); ++i) {
      put(to += ',', scales_[i].items);
      to += ',';
      if (scores.states[i] == ALLIANCE_PRORATED) to += rule_;
      (to += ',') += list_of(rests_on(scores, i), false);
    }
    std::vector<std::string> codes;
    for (const auto& warning : *scores.warnings) codes.push_back(warning.code);
    to += "," + list_of(codes, false) + "," + instrument_;
  }
  to += '\n';
}

void Writer::json_row(const Scores& scores, std::string& to) const {
  put(to += "{\"row\":", scores.row);
  to += instrument_ + ",\"scores\":[";
  for (std::size_t i = 0; i < scales_.size(); ++i) {
    (to += i == 0 ? "{\"scale\":" : ",{\"scale\":") += scales_[i].name;
    if (has_value(scores.states[i])) put(to += ",\"value\":", scores.values[i]);
    ((to += ",\"state\":\"") += state_word(scores.states[i])) += '"';
    put(to += ",\"answered\":", scores.answered[i]);
    put(to += ",\"items\":", scales_[i].items);
    if (in_band(scores, i)) to += ",\"band\":" + scales_[i].bands[static_cast<std::size_t>(scores.bands[i])];
    if (scores.states[i] == ALLIANCE_PRORATED) to += ",\"rule\":" + json_string(rule_);
    if (const auto& some = rests_on(scores, i); !some.empty()) to += ",\"unverified\":" + list_of(some, true);
    to += '}';
  }
  to += "],\"warnings\":[";
  for (const auto& warning : *scores.warnings) {
    if (to.back() == '}') to += ',';
    put_warning(warning, to);
  }
  to += "]}\n";
}

}  // namespace alliance::tools::score
