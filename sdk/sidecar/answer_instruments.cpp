// SPDX-License-Identifier: Apache-2.0
// Instruments, their words, and scores that are not stored.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <ctime>

#include "languages.h"
#include "sidecar.h"

namespace alliance::sidecar {
namespace {

namespace json = boost::json;

Response list_instruments(Sidecar&, const Context& context) {
  auto list = asked([&] { return context.tenant.host.instruments(); });
  return list ? tagged(context.request, std::move(*list)) : problem(list.error());
}

Response get_instrument(Sidecar&, const Context& context) {
  const auto found = context.tenant.definition(context.asked.text("instrument"), context.asked.text("version"));
  return found ? tagged(context.request, json::serialize(**found)) : problem(found.error());
}

std::string word_of(const json::object& from, std::string_view name) {
  const auto* found = from.if_contains(name);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

std::vector<std::string> languages_of(const json::object& definition) {
  std::vector<std::string> out;
  if (const auto* list = definition.if_contains("languages")) {
    for (const auto& one : list->get_array()) out.emplace_back(one.get_string());
  }
  return out;
}

std::string today(std::int64_t now) {
  const auto seconds = static_cast<std::time_t>(now / 1'000'000);
  std::tm parts{};
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d", gmtime_r(&seconds, &parts));
  return text;
}

struct Standing {
  const char* state;
  std::string why;  // empty: it may be shown
};

// May these words be shown, here and today?
Standing standing_of(const json::object& definition, const json::object* pack, std::int64_t now) {
  if (const std::string denied = word_of(definition, "denied"); !denied.empty()) return {"denied", denied};
  if (pack == nullptr) {
    const auto& licence = definition.at("licence").get_object();
    return {"no_pack", "The words of this questionnaire are not here. " + word_of(licence, "holder") + ": " +
                           word_of(licence, "terms") + "."};
  }
  const auto& licence = pack->at("licence").get_object();
  const auto* may_ship = licence.if_contains("text_may_ship");
  if (may_ship != nullptr && may_ship->is_bool() && may_ship->get_bool()) return {"free", ""};
  const auto* record = pack->if_contains("record");
  if (record == nullptr) {
    return {"no_record", "The words of this questionnaire belong to " + word_of(licence, "holder") +
                             ", and no licence to show them is on record here."};
  }
  const std::string expires = word_of(record->get_object(), "expires");
  if (expires != "never" && expires < today(now)) {
    return {"expired", "The licence to show this questionnaire ended on " + expires + "."};
  }
  return {"licensed", ""};
}

Response get_content(Sidecar& sidecar, const Context& context) {
  const std::string id = context.asked.text("instrument");
  const auto found = context.tenant.definition(id, context.asked.text("version"));
  if (!found) return problem(found.error());
  const json::object& definition = (*found)->get_object();
  const std::string version = word_of(definition, "version");
  const auto languages = languages_of(definition);
  std::string wanted = context.asked.text("language");
  if (wanted.empty()) wanted = "en";
  const std::string language = best_language(wanted, languages);
  json::value pack;
  if (!language.empty()) {
    const auto text = asked([&] { return context.tenant.host.content(id, version, language); });
    if (!text && text.error().status != ALLIANCE_E_NOT_FOUND) return problem(text.error());
    if (text) pack = json::parse(*text);
  }
  const auto standing = standing_of(definition, pack.if_object(), context.now);
  json::object out = {{"instrument", id},
                      {"version", version},
                      {"languages", json::array(languages.begin(), languages.end())},
                      {"shown", standing.why.empty()},
                      {"state", standing.state},
                      {"definition", definition}};
  if (pack.is_object()) out["language"] = language;
  if (standing.why.empty()) {
    out["pack"] = std::move(pack);
  } else {
    out["why"] = standing.why;
  }
  // In the language of the page, rather than that of the questionnaire.
  if (const auto* told = told_to_clients(sidecar.settings(), wanted + "," + language)) out["deployment"] = *told;
  return tagged(context.request, json::serialize(out));
}

Response score(Sidecar&, const Context& context) {
  auto scored = asked([&] { return context.tenant.host.score_answers(json::serialize(context.asked.body)); });
  if (scored) return json_response(200, std::move(*scored));
  // Of the sentence the part that is about an event does not fit here.
  constexpr std::string_view prefix = "event: body.";
  Failure said = scored.error();
  if (said.message.starts_with(prefix)) said.message.erase(0, prefix.size());
  return problem(said);
}

constexpr Route table_of_instruments[] = {
    {"listInstruments", &list_instruments},
    {"getInstrument", &get_instrument, false},
    {"getContent", &get_content, false},
    {"score", &score, false},
};

}  // namespace

std::span<const Route> instrument_routes() { return table_of_instruments; }

}  // namespace alliance::sidecar
