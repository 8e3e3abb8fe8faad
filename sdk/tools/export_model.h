// SPDX-License-Identifier: Apache-2.0
// A study as it is written out. The writers are plain functions from it to the text of a file.
#pragma once

#include <alliance_schema/instrument_generated.h>
#include <alliance_schema/study_generated.h>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace alliance::tools::study {

using Definitions = std::map<std::pair<std::string, std::string>, fb::InstrumentT>;  // by id and version

struct Study {
  std::string id;  // as the trial is called
  fb::StudyExtractT extract;
  Definitions definitions;              // of the sheets, as far as they are loaded
  std::vector<std::string> not_loaded;  // "gad-7 0.9.0"
  bool blinded = false;                 // the arm is left out

  // Null when it is not loaded.
  const fb::InstrumentT* definition(const fb::StudySheetT& sheet) const;
};

struct Rows {
  std::string text;
  std::size_t rows = 0;  // without the header
};
using Files = std::map<std::string, Rows>;  // by name

// The version that a sheet was scored by, or was given under; empty when neither is known.
std::string version_of(const fb::StudySheetT& sheet);

// An answer in the item's numbers; nothing when it has none, or the definition does not know its code.
std::optional<double> value_of(const fb::AnswerT& answer, const fb::InstrumentT* definition, const fb::ItemT* item);
// The code of the option with that value; empty where there is none.
std::string code_of(double value, const fb::InstrumentT& definition, const fb::ItemT& item);
const fb::ResponseT* response_of(const fb::InstrumentT& definition, const fb::ItemT& item);

// "2026-03-02T09:15:00Z"; empty for 0.
std::string instant_text(std::int64_t instant);
// "not_applicable" and so on, with hyphens: "not-applicable".
std::string hyphens(std::string word);
// Texts with a comma between them, as one CSV line.
std::string csv_line(const std::vector<std::string>& cells);
// Separated by semicolons.
std::string joined(const std::vector<std::string>& words);

Files long_files(const Study& study);    // scores.csv, answers.csv, codebook.csv
Files redcap_files(const Study& study);  // redcap_dictionary.csv, redcap_data.csv
Files sdtm_files(const Study& study);    // qs.csv, qs_variables.csv

}  // namespace alliance::tools::study
