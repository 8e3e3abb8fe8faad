// SPDX-License-Identifier: Apache-2.0
// One row per case, sheet and scale; one per answer; and what each variable means.
#include <set>

#include "export_model.h"
#include "measure/rests_on.h"
#include "written.h"

namespace alliance::tools::study {
namespace {

using written::number;
using Line = std::vector<std::string>;

struct Variable {
  const char *file, *name, *type, *values, *description;
};

// One look shows the columns, in their order. `arm` is left out of a blinded export.
constexpr Variable variables[] = {
    {"scores.csv", "case", "text", "32 hex digits", "keyed hash of the case's id (HMAC-SHA256, cut to 128 bits)"},
    {"scores.csv", "arm", "text", "", "the arm that the case is allocated to"},
    {"scores.csv", "site", "text", "", "the site that the case is allocated at"},
    {"scores.csv", "protocol", "text", "", "version of the protocol at the allocation"},
    {"scores.csv", "observed_only", "integer", "0;1", "1: the answers are collected and shown to nobody"},
    {"scores.csv", "sheet", "text", "32 hex digits", "keyed hash of the answer sheet; the same in answers.csv"},
    {"scores.csv", "time", "instant", "ISO 8601, UTC", "when the sheet was answered, moved where the manifest says so"},
    {"scores.csv", "days", "number", "days", "from the opening of the case to the sheet"},
    {"scores.csv", "session", "integer", "", "number of the session that the sheet belongs to; empty: none"},
    {"scores.csv", "instrument", "text", "", "id of the instrument"},
    {"scores.csv", "version", "text", "", "version of the definition that scored it"},
    {"scores.csv", "hash", "text", "64 hex digits", "sha256 of that definition"},
    {"scores.csv", "rater", "text", "client;practitioner;observer", "who answered"},
    {"scores.csv", "target", "text", "none;practitioner;programme", "whom or what an alliance is with"},
    {"scores.csv", "scale", "text", "", "id of the scale; empty where the sheet is not scored yet"},
    {"scores.csv", "roles", "text", "separated by ;", "what the scale measures, in words that all instruments share"},
    {"scores.csv", "value", "number", "", "the score; empty unless scored or prorated"},
    {"scores.csv", "state", "text", "scored;prorated;not-scorable;unscored",
     "whether there is a score, and how it was made"},
    {"scores.csv", "answered", "integer", "", "how many items of the scale were answered"},
    {"scores.csv", "items", "integer", "", "how many items the scale has"},
    {"scores.csv", "rule", "text", "prorate:N;centre:N", "the rule that made up for missing answers"},
    {"scores.csv", "band", "text", "", "the band that the score falls in"},
    {"scores.csv", "unverified", "text", "key;bands;missing",
     "what the score rests on whose source nobody has verified"},
    {"scores.csv", "warnings", "text", "straight-line;fast", "reasons to look at how the sheet was filled in"},
    {"scores.csv", "not_validated", "integer", "0;1", "1: the instrument says of itself that it is not validated"},
    {"answers.csv", "case", "text", "32 hex digits", "as in scores.csv"},
    {"answers.csv", "arm", "text", "", "as in scores.csv"},
    {"answers.csv", "site", "text", "", "as in scores.csv"},
    {"answers.csv", "sheet", "text", "32 hex digits", "as in scores.csv"},
    {"answers.csv", "time", "instant", "ISO 8601, UTC", "as in scores.csv"},
    {"answers.csv", "session", "integer", "", "as in scores.csv"},
    {"answers.csv", "instrument", "text", "", "as in scores.csv"},
    {"answers.csv", "version", "text", "", "as in scores.csv"},
    {"answers.csv", "rater", "text", "client;practitioner;observer", "as in scores.csv"},
    {"answers.csv", "item", "text", "", "id of the item; its text is the licensee's"},
    {"answers.csv", "state", "text", "answered;skipped;refused;not-applicable;not-presented",
     "an item that the sheet does not mention was skipped"},
    {"answers.csv", "value", "number", "", "the answer; empty unless answered"},
    {"answers.csv", "code", "text", "", "code of the option, where the definition gives it one"},
    {"answers.csv", "seconds", "number", "seconds", "how long the item was before the eyes, where that is known"},
};

void put(Rows& to, const Line& cells) {
  to.text += csv_line(cells);
  ++to.rows;
}

Line columns_of(const char* file, bool blinded) {
  Line names;
  for (const auto& variable : variables) {
    if (std::string_view(variable.file) == file && !(blinded && std::string_view(variable.name) == "arm")) {
      names.emplace_back(variable.name);
    }
  }
  return names;
}

std::string session_text(const fb::StudySheetT& sheet) {
  return sheet.given->session == 0 ? "" : number(sheet.given->session);
}

std::string days_text(const fb::StudyCaseT& one, const fb::StudySheetT& sheet) {
  if (one.opened == 0) return {};
  const auto minutes = (sheet.time - one.opened) / 60'000'000;
  return number(static_cast<double>(minutes) / 1440);
}

void scores_of(const Study& study, const fb::StudyCaseT& one, const fb::StudySheetT& sheet, Rows& to) {
  const auto* definition = study.definition(sheet);
  const auto* scored = sheet.scored.get();
  Line begin = {one.id};
  if (!study.blinded) begin.push_back(one.arm);
  const auto rater = scored != nullptr ? scored->rater : sheet.given->rater;
  const auto target =
      scored != nullptr ? scored->target : (definition != nullptr ? definition->target : fb::Target::none);
  begin.insert(
      begin.end(),
      {one.site, one.protocol_version, one.observe_only ? "1" : "0", sheet.sheet, instant_text(sheet.time),
       days_text(one, sheet), session_text(sheet), sheet.given->instrument, version_of(sheet),
       scored != nullptr ? scored->definition_hash : "", fb::EnumNameRater(rater), fb::EnumNameTarget(target)});
  const auto row = [&](const Line& end) {
    Line cells = begin;
    cells.insert(cells.end(), end.begin(), end.end());
    put(to, cells);
  };
  if (scored == nullptr) {
    row({"", "", "", "unscored", "", "", "", "", "", "", ""});
    return;
  }
  Line warnings;
  for (const auto& warning : scored->warnings) warnings.push_back(warning->code);
  for (const auto& score : scored->scores) {
    row({score->scale, joined(score->roles), score->value ? number(*score->value) : "",
         hyphens(fb::EnumNameScoreState(score->state)), number(score->answered), number(score->items), score->rule,
         score->band, joined(score->unverified), joined(warnings), scored->not_validated ? "1" : "0"});
  }
}

void answers_of(const Study& study, const fb::StudyCaseT& one, const fb::StudySheetT& sheet, Rows& to) {
  const auto* definition = study.definition(sheet);
  Line begin = {one.id};
  if (!study.blinded) begin.push_back(one.arm);
  begin.insert(begin.end(),
               {one.site, sheet.sheet, instant_text(sheet.time), session_text(sheet), sheet.given->instrument,
                version_of(sheet), fb::EnumNameRater(sheet.scored ? sheet.scored->rater : sheet.given->rater)});
  const auto row = [&](const std::string& id, const fb::ItemT* item, const fb::AnswerT* answer) {
    Line cells = begin;
    const auto state = answer == nullptr ? fb::AnswerState::skipped : answer->state;
    const auto value = answer == nullptr ? std::nullopt : value_of(*answer, definition, item);
    std::string code = answer == nullptr ? "" : answer->code;
    if (code.empty() && value && definition != nullptr && item != nullptr) code = code_of(*value, *definition, *item);
    cells.insert(cells.end(), {id, hyphens(fb::EnumNameAnswerState(state)), value ? number(*value) : "", code,
                               answer != nullptr && answer->milliseconds ? number(*answer->milliseconds / 1e3) : ""});
    put(to, cells);
  };
  const auto given = [&](const std::string& id) -> const fb::AnswerT* {
    for (const auto& answer : sheet.given->answers) {
      if (answer->item == id) return answer.get();
    }
    return nullptr;
  };
  if (definition == nullptr) {
    for (const auto& answer : sheet.given->answers) row(answer->item, nullptr, answer.get());
    return;
  }
  for (const auto& item : definition->items) {
    const auto* answer = given(item->id);
    if (answer != nullptr || !item->optional) row(item->id, item.get(), answer);
  }
}

std::string source_of(const fb::ProvenanceT* provenance) { return provenance == nullptr ? "" : provenance->source; }
std::string certainty_of(const fb::ProvenanceT* provenance) {
  return provenance == nullptr ? "" : fb::EnumNameCertainty(provenance->certainty);
}

// The scales of a definition: where their keys, bands and missing rules come from.
void long_explain(const fb::InstrumentT& definition, Rows& to) {
  const std::string which = definition.id + " " + definition.version;
  for (const auto& scale : definition.scales) {
    std::string range = (scale->min ? number(*scale->min) : "") + ".." + (scale->max ? number(*scale->max) : "");
    put(to, {"scores.csv", "value", "number", "points", range,
             which + ", scale " + scale->id + ": " + fb::EnumNameMethod(scale->method) + " of " +
                 number(scale->items.size()) + " items, " +
                 (scale->direction == fb::Direction::lower_is_better ? "lower is better" : "higher is better") +
                 (definition.not_validated ? ", not validated" : ""),
             source_of(definition.keys_provenance.get()), certainty_of(definition.keys_provenance.get())});
    Line bands;
    for (const auto& band : scale->bands) {
      bands.push_back(band->id + "=" + (band->from ? number(*band->from) : "") + ".." +
                      (band->to ? number(*band->to) : ""));
    }
    if (bands.empty()) continue;
    put(to, {"scores.csv", "band", "text", "", joined(bands), which + ", scale " + scale->id,
             source_of(scale->bands_provenance.get()), certainty_of(scale->bands_provenance.get())});
  }
  if (definition.missing) {
    const auto rule =
        measure::missing_rule_name(static_cast<std::int32_t>(definition.missing->rule), definition.missing->most);
    put(to,
        {"scores.csv", "rule", "text", "", rule.empty() ? "none" : rule, which + ": what is done about missing answers",
         source_of(definition.missing->provenance.get()), certainty_of(definition.missing->provenance.get())});
  }
  for (const auto& item : definition.items) {
    const auto* response = response_of(definition, *item);
    if (response == nullptr) continue;
    Line values;
    for (const auto& option : response->options) {
      if (option->value) values.push_back(number(*option->value) + (option->code.empty() ? "" : "=" + option->code));
    }
    if (values.empty()) {
      values.push_back((response->min ? number(*response->min) : "") + ".." +
                       (response->max ? number(*response->max) : ""));
    }
    put(to, {"answers.csv", "value", "number", "", joined(values), which + ", item " + item->id,
             source_of(definition.keys_provenance.get()), certainty_of(definition.keys_provenance.get())});
  }
}

}  // namespace

Files long_files(const Study& study) {
  Files files;
  auto& scores = files["scores.csv"];
  auto& answers = files["answers.csv"];
  auto& codebook = files["codebook.csv"];
  scores.text = csv_line(columns_of("scores.csv", study.blinded));
  answers.text = csv_line(columns_of("answers.csv", study.blinded));
  for (const auto& one : study.extract.cases) {
    for (const auto& sheet : one->sheets) {
      scores_of(study, *one, *sheet, scores);
      answers_of(study, *one, *sheet, answers);
    }
  }
  codebook.text = csv_line({"file", "variable", "type", "unit", "values", "description", "source", "certainty"});
  for (const auto& variable : variables) {
    if (study.blinded && std::string_view(variable.name) == "arm") continue;
    const std::string unit =
        std::string_view(variable.values) == "days" || std::string_view(variable.values) == "seconds" ? variable.values
                                                                                                      : "";
    put(codebook, {variable.file, variable.name, variable.type, unit, unit.empty() ? variable.values : "",
                   variable.description, "", ""});
  }
  for (const auto& [key, definition] : study.definitions) long_explain(definition, codebook);
  for (const auto& name : study.not_loaded) {
    put(codebook, {"answers.csv", "value", "number", "", "", name + ": no definition of it is loaded", "", ""});
  }
  return files;
}

}  // namespace alliance::tools::study
