// SPDX-License-Identifier: Apache-2.0
// A REDCap project: its data dictionary, and the data to import into it. A sheet is an instance of a repeating
// instrument. Items go by their ids and answers by their numbers: the words are the licensee's to add.
#include <algorithm>
#include <set>

#include "export_model.h"
#include "written.h"

namespace alliance::tools::study {
namespace {

using written::number;
using RedcapLine = std::vector<std::string>;

// As REDCap writes the header of a dictionary, and reads it again.
const RedcapLine dictionary_header = {"Variable / Field Name",
                                      "Form Name",
                                      "Section Header",
                                      "Field Type",
                                      "Field Label",
                                      "Choices, Calculations, OR Slider Labels",
                                      "Field Note",
                                      "Text Validation Type OR Show Slider Number",
                                      "Text Validation Min",
                                      "Text Validation Max",
                                      "Identifier?",
                                      "Branching Logic (Show field only if...)",
                                      "Required Field?",
                                      "Custom Alignment",
                                      "Question Number (surveys only)",
                                      "Matrix Group Name",
                                      "Matrix Ranking?",
                                      "Field Annotation"};

struct Field {
  std::string name, form, type, label, choices = {}, note = {}, validation = {}, low = {}, high = {}, annotation = {};
};

void redcap_put(Rows& to, const Field& f) {
  to.text += csv_line({f.name, f.form, "", f.type, f.label, f.choices, f.note, f.validation, f.low, f.high, "", "", "",
                       "", "", "", "", f.annotation});
  ++to.rows;
}

// Lower-case letters, digits and underscores, a letter first, no name twice.
class Names {
 public:
  std::string operator()(const std::string& wanted) {
    std::string name;
    for (const char c : wanted) {
      const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      const bool upper = c >= 'A' && c <= 'Z';
      if (!plain && !upper && (name.empty() || name.back() == '_')) continue;
      name += plain ? c : (upper ? static_cast<char>(c - 'A' + 'a') : '_');
    }
    while (!name.empty() && name.back() == '_') name.pop_back();
    if (name.empty() || name[0] < 'a') name = "x_" + name;
    if (name.size() > longest) name.resize(longest);
    std::string free = name;
    for (int next = 2; !taken_.insert(free).second; ++next) free = name + "_" + number(next);
    return free;
  }

 private:
  static constexpr std::size_t longest = 90;  // REDCap takes 100
  std::set<std::string> taken_;
};

struct Form {
  const fb::InstrumentT* definition = nullptr;  // the newest of which there are sheets
  std::string name, time, version, session;
  std::map<std::string, std::string> items, scales, states;  // the fields of each
};

// Each version of an instrument is a form of its own: another key may ask other items.
std::vector<Form> forms_of(const Study& study, Names& names) {
  std::vector<Form> forms;
  for (const auto& [key, definition] : study.definitions) {
    const bool another = !forms.empty() && forms.back().definition->id == key.first;
    Form form;
    form.definition = &definition;
    form.name = names(another ? key.first + "_v" + key.second : key.first);
    form.time = names(form.name + "_time");
    form.version = names(form.name + "_version");
    form.session = names(form.name + "_session");
    for (const auto& item : definition.items) form.items[item->id] = names(form.name + "_" + item->id);
    for (const auto& scale : definition.scales) {
      form.scales[scale->id] = names(form.name + "_score_" + scale->id);
      form.states[scale->id] = names(form.name + "_state_" + scale->id);
    }
    forms.push_back(std::move(form));
  }
  return forms;
}

std::string text_of(const flatbuffers::Optional<double>& value) { return value ? number(*value) : ""; }

void item_field(const Form& form, const fb::ItemT& item, Rows& to) {
  Field field{form.items.at(item.id), form.name, "text", "item " + item.id};
  if (const auto* response = response_of(*form.definition, item); response != nullptr && !response->options.empty()) {
    field.type = "radio";
    for (const auto& option : response->options) {
      if (!option->value) continue;
      const auto value = number(*option->value);
      field.choices += (field.choices.empty() ? "" : " | ") + value + ", " + value;
    }
  } else if (response != nullptr) {
    field.validation = "number";
    field.low = text_of(response->min);
    field.high = text_of(response->max);
  }
  redcap_put(to, field);
}

void dictionary_of(const Form& form, Rows& to) {
  redcap_put(to, {form.time, form.name, "text", "answered at", "", "UTC", "datetime_seconds_ymd", "", "", ""});
  redcap_put(to, {form.version, form.name, "text", "version of the definition", "", "", "", "", "", "@READONLY"});
  redcap_put(to, {form.session, form.name, "text", "session", "", "", "integer", "", "", ""});
  for (const auto& item : form.definition->items) item_field(form, *item, to);
  for (const auto& scale : form.definition->scales) {
    redcap_put(to, {form.scales.at(scale->id), form.name, "text", "score " + scale->id, "", "", "number",
                    text_of(scale->min), text_of(scale->max), "@READONLY"});
    redcap_put(to, {form.states.at(scale->id), form.name, "radio", "how it was scored: " + scale->id,
                    "scored, scored | prorated, prorated | not_scorable, not scorable | unscored, not scored yet", "",
                    "", "", "", "@READONLY"});
  }
}

// "2026-03-02 09:15:00", as REDCap takes it in.
std::string redcap_time(std::int64_t instant) {
  std::string text = instant_text(instant);
  if (text.size() < 20) return text;
  text[10] = ' ';
  text.pop_back();
  return text;
}

// The cells of one sheet, by field.
std::map<std::string, std::string> cells_of(const Form& form, const fb::StudySheetT& sheet) {
  std::map<std::string, std::string> cells = {{form.time, redcap_time(sheet.time)}, {form.version, version_of(sheet)}};
  if (sheet.given->session != 0) cells[form.session] = number(sheet.given->session);
  for (const auto& item : form.definition->items) {
    for (const auto& answer : sheet.given->answers) {
      if (answer->item != item->id) continue;
      if (const auto value = value_of(*answer, form.definition, item.get()))
        cells[form.items.at(item->id)] = number(*value);
    }
  }
  for (const auto& [scale, field] : form.states) cells[field] = "unscored";
  if (!sheet.scored) return cells;
  for (const auto& score : sheet.scored->scores) {
    if (!form.scales.contains(score->scale)) continue;
    if (score->value) cells[form.scales.at(score->scale)] = number(*score->value);
    cells[form.states.at(score->scale)] = fb::EnumNameScoreState(score->state);
  }
  return cells;
}

}  // namespace

Files redcap_files(const Study& study) {
  Names names;
  const std::string record = names("record_id"), arm = names("arm"), site = names("site");
  const auto forms = forms_of(study, names);
  Files files;
  auto& dictionary = files["redcap_dictionary.csv"];
  dictionary.text = csv_line(dictionary_header);
  redcap_put(dictionary, {record, "case", "text", "keyed hash of the case's id"});
  if (!study.blinded) redcap_put(dictionary, {arm, "case", "text", "arm"});
  redcap_put(dictionary, {site, "case", "text", "site"});
  for (const auto& form : forms) dictionary_of(form, dictionary);

  RedcapLine fields;
  for (const auto& form : forms) {
    fields.insert(fields.end(), {form.time, form.version, form.session});
    for (const auto& item : form.definition->items) fields.push_back(form.items.at(item->id));
    for (const auto& scale : form.definition->scales) {
      fields.insert(fields.end(), {form.scales.at(scale->id), form.states.at(scale->id)});
    }
  }
  auto& data = files["redcap_data.csv"];
  RedcapLine header = {record, "redcap_repeat_instrument", "redcap_repeat_instance"};
  if (!study.blinded) header.push_back(arm);
  header.push_back(site);
  const std::size_t own = header.size();
  header.insert(header.end(), fields.begin(), fields.end());
  data.text = csv_line(header);
  const auto row = [&](RedcapLine cells) {
    cells.resize(header.size());
    data.text += csv_line(cells);
    ++data.rows;
  };
  for (const auto& one : study.extract.cases) {
    RedcapLine begin = {one->id, "", ""};
    if (!study.blinded) begin.push_back(one->arm);
    begin.push_back(one->site);
    row(begin);
    std::map<std::string, int> instances;
    for (const auto& sheet : one->sheets) {
      const auto form = std::find_if(forms.begin(), forms.end(),
                                     [&](const Form& f) { return f.definition == study.definition(*sheet); });
      if (form == forms.end()) continue;  // the manifest names what is not loaded
      RedcapLine cells = {one->id, form->name, number(++instances[form->name])};
      cells.resize(own);
      auto known = cells_of(*form, *sheet);
      for (const auto& field : fields) cells.push_back(known[field]);
      row(std::move(cells));
    }
  }
  return files;
}

}  // namespace alliance::tools::study
