// SPDX-License-Identifier: Apache-2.0
#include "score_write.h"

#include <charconv>

namespace alliance::tools::score {
namespace {

template <class Number>
void put(std::string& to, Number value) {
  char digits[32];
  to.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

const char* word(std::uint8_t state) {
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

// A plugin may call its scales and bands what it likes.
std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string cell = "\"";
  for (const char c : text) cell += c == '"' ? "\"\"" : std::string(1, c);
  return cell + '"';
}

std::string json_string(const std::string& text) {
  static constexpr char hex[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20) {
      out += {'\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15]};
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

}  // namespace

Writer::Writer(const fb::InstrumentT& definition, const alliance_missing& missing, bool json) : json_(json) {
  const auto ready = [&](const std::string& text) { return json ? json_string(text) : text; };
  for (const auto& scale : definition.scales) {
    Scale made{ready(scale->id), {}, scale->items.size()};
    for (const auto& band : scale->bands) made.bands.push_back(json ? json_string(band->id) : csv_cell(band->id));
    scales_.push_back(std::move(made));
  }
  if (missing.rule == ALLIANCE_MISSING_PRORATE) rule_ = "prorate:" + std::to_string(missing.most);
}

std::string Writer::header() const {
  if (json_) return {};
  std::string line = "row";
  for (const Scale& scale : scales_) {
    for (const char* part : {"", ".state", ".answered"}) line += "," + csv_cell(scale.name + part);
    if (!scale.bands.empty()) line += "," + csv_cell(scale.name + ".band");
  }
  return line + "\n";
}

void Writer::row(const Scores& scores, std::string& to) const {
  if (json_) to += "{\"row\":";
  put(to, scores.row);
  if (json_) to += ",\"scores\":[";
  for (std::size_t i = 0; i < scales_.size(); ++i) {
    const Scale& scale = scales_[i];
    const std::int32_t band = scores.bands[i];
    const bool in_band = band >= 0 && static_cast<std::size_t>(band) < scale.bands.size();
    if (!json_) {
      to += ',';
      if (has_value(scores.states[i])) put(to, scores.values[i]);
      to += ',';
      to += word(scores.states[i]);
      to += ',';
      put(to, scores.answered[i]);
      if (scale.bands.empty()) continue;
      to += ',';
      if (in_band) to += scale.bands[static_cast<std::size_t>(band)];
      continue;
    }
    to += i == 0 ? "{\"scale\":" : ",{\"scale\":";
    to += scale.name;
    if (has_value(scores.states[i])) {
      to += ",\"value\":";
      put(to, scores.values[i]);
    }
    to += ",\"state\":\"";
    to += word(scores.states[i]);
    to += "\",\"answered\":";
    put(to, scores.answered[i]);
    to += ",\"items\":";
    put(to, scale.items);
    if (in_band) to += ",\"band\":" + scale.bands[static_cast<std::size_t>(band)];
    if (scores.states[i] == ALLIANCE_PRORATED) to += ",\"rule\":\"" + rule_ + '"';
    to += '}';
  }
  to += json_ ? "]}\n" : "\n";
}

}  // namespace alliance::tools::score
