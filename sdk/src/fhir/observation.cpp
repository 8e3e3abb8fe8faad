// SPDX-License-Identifier: Apache-2.0
#include "fhir/observation.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>

#include "fhir/primitives.h"
#include "fhir/values.h"
#include "schema/comparator.h"

namespace alliance::fhir {
namespace {

constexpr std::string_view ucum = R"("unit":"{score}","system":"http://unitsofmeasure.org","code":"{score}"})";

using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

Digest digest_of(std::string_view text) {
  Digest digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return digest;
}

std::string hex_of(std::span<const unsigned char> bytes) {
  static constexpr char hex[] = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : bytes) {
    text += hex[byte >> 4];
    text += hex[byte & 15];
  }
  return text;
}

// RFC 9562, version 8: a UUID of our own making, here from a hash.
std::string uuid_of(std::string_view text) {
  Digest digest = digest_of(text);
  digest[6] = static_cast<unsigned char>((digest[6] & 0x0F) | 0x80);
  digest[8] = static_cast<unsigned char>((digest[8] & 0x3F) | 0x80);
  std::string id = hex_of(std::span(digest).first(16));
  for (const std::size_t at : {20u, 16u, 12u, 8u}) id.insert(at, 1, '-');
  return id;
}

void put_member(std::string& to, std::string_view name, std::string_view text) {
  to += '"';
  to += name;
  to += "\":";
  put_string(to, text);
}

void put_coding(std::string& to, std::string_view system, std::string_view code) {
  to += '{';
  put_member(to, "system", system);
  to += ',';
  put_member(to, "code", code);
  to += '}';
}

// {"url":NAME,"valueX":...}, with a comma before it.
void put_part(std::string& to, std::string_view name, std::string_view type, std::string_view text) {
  to += ",{";
  put_member(to, "url", name);
  to += ',';
  put_member(to, std::string("value") + std::string(type), text);
  to += '}';
}
void put_part(std::string& to, std::string_view name, std::string_view type, double value) {
  to += ",{";
  put_member(to, "url", name);
  to += ",\"value";
  to += type;
  to += "\":";
  put_number(to, value);
  to += '}';
}

bool unverified(const std::unique_ptr<fb::ProvenanceT>& provenance) {
  return provenance && provenance->certainty == fb::Certainty::unverified;
}

// A Reference without its display, which may hold a name; nothing when it points into the response or nowhere.
bool put_reference(std::string& to, std::string_view name, const std::optional<Json>& from) {
  if (!from) return false;
  const auto reference = text_of(*from, "reference").value_or("");
  const auto identifier = member(*from, "identifier");
  const auto value = identifier ? text_of(*identifier, "value").value_or("") : std::string_view();
  const bool points = !reference.empty() && !reference.starts_with('#');
  if (!points && value.empty()) return false;
  to += ",\"";
  to += name;
  to += name == "performer" ? "\":[{" : "\":{";
  const std::size_t empty = to.size();
  if (points) put_member(to, "reference", reference);
  if (const auto type = text_of(*from, "type"); type && !type->empty()) {
    if (to.size() != empty) to += ',';
    put_member(to, "type", *type);
  }
  if (!value.empty()) {
    if (to.size() != empty) to += ',';
    to += "\"identifier\":{";
    if (const auto system = text_of(*identifier, "system"); system && !system->empty()) {
      put_member(to, "system", *system);
      to += ',';
    }
    put_member(to, "value", value);
    to += '}';
  }
  to += name == "performer" ? "}]" : "}";
  return true;
}

// "derivedFrom", and what the Observations' ids are made from.
std::string put_derived(std::string& to, const Json& response, const Place& place) {
  to += R"("derivedFrom":[{)";
  std::string origin = reference_to(response, place);
  if (!origin.empty()) {
    put_member(to, "reference", origin);
    to += "}]";
    return origin;
  }
  const auto identifier = member(response, "identifier");
  std::string system = identifier ? string_of(*identifier, "system") : std::string();
  std::string value = identifier ? string_of(*identifier, "value") : std::string();
  if (value.empty()) {
    system = response_hash_system;
    value = hex_of(digest_of(simdjson::minify(response)));
  }
  to += R"("type":"QuestionnaireResponse","identifier":{)";
  if (!system.empty()) {
    put_member(to, "system", system);
    to += ',';
  }
  put_member(to, "value", value);
  to += "}}]";
  return system + "|" + value;
}

const char* status_for(std::string_view response) {
  if (response == "amended") return "amended";
  return response == "completed" ? "final" : "preliminary";
}

bool has_value(const Score& score) { return score.state == ALLIANCE_SCORED || score.state == ALLIANCE_PRORATED; }

}  // namespace

ObservationWriter::ObservationWriter(const fb::InstrumentT& definition, const alliance_missing& missing) {
  const std::string most = std::to_string(missing.most);
  rule_ = missing.rule == ALLIANCE_MISSING_PRORATE  ? "prorate:" + most
          : missing.rule == ALLIANCE_MISSING_CENTRE ? "centre:" + most
                                                    : "none";
  instrument_ = definition.id + "|" + definition.version + "|" + definition.hash + "|" + rule_ + "|";
  const auto index_of = [&](const std::string& id) {
    return static_cast<std::size_t>(std::find_if(definition.items.begin(), definition.items.end(),
                                                 [&](const auto& item) { return item->id == id; }) -
                                    definition.items.begin());
  };
  for (const auto& from : definition.scales) {
    Scale scale;
    scale.id = from->id;
    const std::string own = definition.id + "/" + from->id;
    scale.code = R"("category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category",)"
                 R"("code":"survey"}]}],"code":{"coding":[)";
    for (const auto& code : from->codes) {
      put_coding(scale.code, code->system, code->code);
      scale.code += ',';
    }
    put_coding(scale.code, scale_system, own);
    scale.code += "],";
    put_member(scale.code, "text", definition.title + ": " + from->id);
    scale.code += '}';

    std::string& parts = scale.extension;
    parts = R"("extension":[{"url":")" + std::string(score_extension) + R"(","extension":[)";
    parts += R"({"url":"instrument","valueString":)";
    put_string(parts, definition.id);
    parts += '}';
    put_part(parts, "version", "String", definition.version);
    if (!definition.hash.empty()) put_part(parts, "definitionHash", "String", definition.hash);
    put_part(parts, "scale", "String", from->id);
    put_part(parts, "missingRule", "String", rule_);
    put_part(parts, "items", "Integer", static_cast<double>(from->items.size()));
    if (definition.keys_provenance) {
      put_part(parts, "keyCertainty", "Code", fb::EnumNameCertainty(definition.keys_provenance->certainty));
    }
    if (definition.not_validated) {
      parts += R"(,{"url":"notValidated","valueBoolean":true})";
      scale.note += "This instrument is not validated. ";
    }
    if (unverified(definition.keys_provenance)) scale.note += "The scoring key is not verified. ";
    if (unverified(from->bands_provenance)) scale.band_note = "The bands are not verified. ";
    for (const auto& band : from->bands) {
      std::string text = R"(,"interpretation":[{"coding":[)";
      put_coding(text, band_system, own + "/" + band->id);
      text += "],";
      put_member(text, "text", band->id);
      scale.bands.push_back(text + "}]");
    }
    for (const auto& id : from->items) {
      const std::size_t item = index_of(id);
      if (item == definition.items.size()) continue;
      scale.items.push_back(item);
      if (const auto& rule = definition.items[item]->safety) {
        scale.safety.push_back({item, id, *rule});
      }
    }
    scales_.push_back(std::move(scale));
  }
}

// One reason where all that is missing has it, else "unknown".
void ObservationWriter::absent(const Scale& scale, const Checked& checked, std::string& to) const {
  std::size_t missing = 0;
  std::uint8_t state = ALLIANCE_ANSWERED;
  bool same = true;
  for (const std::size_t item : scale.items) {
    const std::uint8_t found = checked.states[item];
    if (found == ALLIANCE_ANSWERED) continue;
    same = same && (missing == 0 || state == found);
    state = found;
    ++missing;
  }
  const char* reason = "unknown";
  if (same && state == ALLIANCE_REFUSED) reason = "asked-declined";
  if (same && state == ALLIANCE_NOT_APPLICABLE) reason = "not-applicable";
  if (same && state == ALLIANCE_NOT_PRESENTED) reason = "not-asked";
  to += R"("dataAbsentReason":{"coding":[)";
  put_coding(to, "http://terminology.hl7.org/CodeSystem/data-absent-reason", reason);
  to += "],";
  put_member(to, "text",
             "not scorable: " + std::to_string(missing) + " of " + std::to_string(scale.items.size()) +
                 " items have no answer; missing rule " + rule_);
  to += '}';
}

Result<void> ObservationWriter::write(const Json& response, const Place& place, const Checked& checked,
                                      std::span<const Score> scores, const Out& out) const {
  const auto status = text_of(response, "status").value_or("");
  if (status == "entered-in-error") {
    return fail(ALLIANCE_E_BAD_INPUT, "its status is entered-in-error: it is not scored");
  }
  std::string middle, derived;
  put_reference(middle, "subject", member(response, "subject"));
  put_reference(middle, "encounter", member(response, "encounter"));
  if (const auto authored = text_of(response, "authored")) {
    middle += ',';
    put_member(middle, "effectiveDateTime", *authored);
  }
  put_reference(middle, "performer", member(response, "source"));
  const std::string origin = put_derived(derived, response, place);

  std::string json;
  for (std::size_t at = 0; at < scales_.size() && at < scores.size(); ++at) {
    const Scale& scale = scales_[at];
    const Score& score = scores[at];
    const std::string id = uuid_of(instrument_ + scale.id + "|" + origin);
    std::string note = scale.note;
    json = R"({"resourceType":"Observation","id":")" + id + "\",";
    json += scale.extension;
    put_part(json, "answered", "Integer", score.answered);
    if (score.state == ALLIANCE_PRORATED) {
      json += R"(,{"url":"prorated","valueBoolean":true})";
      note += "Prorated by the rule " + rule_ + ": " + std::to_string(score.answered) + " of " +
              std::to_string(scale.items.size()) + " items were answered. ";
    }
    if (const auto& stated = checked.stated[at]; stated && !(has_value(score) && *stated == score.value)) {
      put_part(json, "statedScore", "Decimal", *stated);
      note += "The response states another score than its items give. ";
    }
    for (const Watched& safety : scale.safety) {
      const auto found = safety_of(safety.rule, checked.states[safety.item], checked.values[safety.item]);
      if (found == Safety::clear) continue;
      json += R"(,{"url":"safety","extension":[{"url":"item","valueString":)";
      put_string(json, safety.id);
      json += '}';
      put_part(json, "state", "Code", found == Safety::raised ? "raised" : "unknown");
      json += "]}";
    }
    json += "]}],\"status\":\"";
    json += status_for(status);
    json += "\",";
    json += scale.code;
    json += middle;
    json += ',';
    if (has_value(score)) {
      json += R"("valueQuantity":{"value":)";
      put_number(json, score.value);
      json += ',';
      json += ucum;
      if (score.band >= 0 && static_cast<std::size_t>(score.band) < scale.bands.size()) {
        json += scale.bands[static_cast<std::size_t>(score.band)];
        note += scale.band_note;
      }
    } else {
      absent(scale, checked, json);
    }
    if (!note.empty()) {
      note.pop_back();
      json += R"(,"note":[{)";
      put_member(json, "text", note);
      json += "}]";
    }
    json += ',';
    json += derived;
    json += '}';
    out.take(id, json);
  }
  return {};
}

Safety safety_of(const fb::SafetyRuleT& rule, std::uint8_t state, double value) {
  if (state != ALLIANCE_ANSWERED) return Safety::unknown;
  return schema::holds(rule.comparator, value, rule.threshold) ? Safety::raised : Safety::clear;
}

std::string reference_to(const Json& response, const Place& place) {
  const auto id = text_of(response, "id").value_or("");
  if (is_id(id)) return "QuestionnaireResponse/" + std::string(id);
  return place.full_url;
}

std::vector<std::string> stated_otherwise(const fb::InstrumentT& definition, const Checked& checked,
                                          std::span<const Score> scores) {
  std::vector<std::string> differing;
  for (std::size_t at = 0; at < scores.size() && at < checked.stated.size(); ++at) {
    if (checked.stated[at] && !(has_value(scores[at]) && *checked.stated[at] == scores[at].value)) {
      differing.push_back(definition.scales[at]->id);
    }
  }
  return differing;
}

std::vector<StatedScore> stated_in(const Json& observation, const fb::InstrumentT& definition) {
  std::vector<StatedScore> stated;
  if (text_of(observation, "resourceType") != "Observation") return stated;
  const auto code = member(observation, "code");
  const auto value = value_of(observation);
  if (!code || !value) return stated;
  const auto number = value->type == "Quantity" ? number_of(value->value, "value") : number_of(value->value);
  if (!number) return stated;
  std::vector<std::string> origins;
  each(observation, "derivedFrom", [&](const Json& one, std::size_t) {
    if (const auto reference = text_of(one, "reference")) origins.emplace_back(*reference);
  });
  for (std::size_t at = 0; at < definition.scales.size(); ++at) {
    bool same = false;
    each(*code, "coding", [&](const Json& coding, std::size_t) {
      const auto system = text_of(coding, "system").value_or(""), given = text_of(coding, "code").value_or("");
      same = same || (system == scale_system && given == definition.id + "/" + definition.scales[at]->id);
      for (const auto& own : definition.scales[at]->codes) same = same || (own->system == system && own->code == given);
    });
    if (same) stated.push_back({at, *number, origins});
  }
  return stated;
}

}  // namespace alliance::fhir
